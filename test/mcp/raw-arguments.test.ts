import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect, it, onTestFinished } from 'vitest';
import { newPrincipal } from '../../src/cli/setup/new-principal.ts';
import { offerOf } from '../../src/mcp/offer.ts';
import { createServer } from '../../src/mcp/v1/server.ts';
import { CallsUnderWay } from '../../src/pipeline/calls-under-way.ts';
import { tools } from '../../src/tools/index.ts';
import { contextOf, session } from '../support/fakes/fakes.ts';

/** Calls a tool with arguments that the SDK's client would not send. */
async function call(rawArguments: unknown) {
  const { client: api, sendLog } = contextOf({ getSession: async (id) => session(id) });
  const server = createServer({
    version: '0.0.0',
    offer: offerOf(tools),
    dependencies: {
      client: api,
      sendLog,
      allowVerified: false,
      confirmSends: false,
      logger: { info: () => {}, error: () => {} },
    },
    principal: newPrincipal(),
    callsUnderWay: new CallsUnderWay(),
    callTimeoutMs: 5000,
  });
  const client = new Client({ name: 'test', version: '0.0.0' });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(serverSide), client.connect(clientSide)]);
  onTestFinished(() => client.close());
  const params = { name: 'get_session', arguments: rawArguments } as { name: string };
  const { content } = await client.request({ method: 'tools/call', params }, CallToolResultSchema);
  return content[0]?.type === 'text' ? content[0].text : '';
}

it.each([
  ['an object', { session_id: 's1' }, /^Session s1,/],
  ['an object as JSON text', '{"session_id":"s1"}', /^Session s1,/],
  ['null', null, /^`session_id` is required\./],
  ['nothing', undefined, /^`session_id` is required\./],
  ['text', 'no JSON', /^The arguments must be an object/],
  ['a list', [1], /^The arguments must be an object/],
  ['a key __proto__', JSON.parse('{"session_id":"s1","__proto__":1}'), /^`__proto__` is not an argument/],
])('%s as arguments reaches the pipeline unchanged', async (_, rawArguments, answer) => {
  expect(await call(rawArguments)).toMatch(answer);
});
