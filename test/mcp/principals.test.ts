import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPrincipal } from '../../src/cli/setup/new-principal.ts';
import type { SessionsClient } from '../../src/client/client.ts';
import { offerOf } from '../../src/mcp/offer.ts';
import type { Principal } from '../../src/mcp/principal.ts';
import { createServer } from '../../src/mcp/v1/server.ts';
import { CallsUnderWay } from '../../src/pipeline/calls-under-way.ts';
import { tools } from '../../src/tools/index.ts';
import { contextOf, message, pagesOf, session } from '../support/fakes/fakes.ts';

/** An API with one session, in which the customer has written. */
function setUp() {
  const requests = { lists: 0, histories: 0 };
  const api: Partial<SessionsClient> = {
    getSession: async (id) => session(id),
    historyPages: () => {
      requests.histories += 1;
      return pagesOf([message('m1', Date.now() - 60_000)], 50).pages;
    },
    async *sessionPages() {
      requests.lists += 1;
      yield { items: [session('abc')], next: null, cursor: undefined };
    },
  };
  const callsUnderWay = new CallsUnderWay();

  /** Connects a client to a new server for the given principal. */
  async function connect(principal: Principal) {
    const questions: string[] = [];
    const server = createServer({
      version: '0.0.0',
      offer: offerOf(tools),
      dependencies: {
        client: contextOf(api).client,
        sendLog: contextOf({}).sendLog,
        allowVerified: false,
        confirmSends: true,
        logger: { info: () => {}, error: () => {} },
      },
      principal,
      callsUnderWay,
      callTimeoutMs: 5000,
    });
    const client = new Client(
      { name: 'test', version: '0.0.0' },
      { capabilities: { elicitation: { form: {} } } },
    );
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      questions.push(params.message);
      return { action: 'decline' };
    });
    const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
    await Promise.all([server.connect(serverSide), client.connect(clientSide)]);
    onTestFinished(() => client.close());
    return {
      questions,
      read: () => client.callTool({ name: 'get_session_history', arguments: { session_id: 's1' } }),
      send: () =>
        client.callTool({
          name: 'send_message',
          arguments: { session_id: 's1', sender: 'agent', text: 'Hi' },
        }),
      readAgain: () =>
        client.callTool({ name: 'get_session_history', arguments: { session_id: 's1', before: 'm1' } }),
      complete: () =>
        client.complete({
          ref: { type: 'ref/resource', uri: 'opencx://sessions/{session_id}' },
          argument: { name: 'session_id', value: 'a' },
        }),
    };
  }
  return { connect, requests };
}

const notRead = 'WARNING: this conversation was not read before answering.';

describe('two servers in one process', () => {
  it('do not share what their principals have read', async () => {
    const { connect } = setUp();
    const [one, other] = [await connect(newPrincipal()), await connect(newPrincipal())];
    await one.read();
    await one.send();
    await other.send();
    expect(one.questions[0]).not.toContain(notRead);
    expect(other.questions[0]).toContain(notRead);
  });

  it('do not share the histories that they have read', async () => {
    const { connect, requests } = setUp();
    const principal = newPrincipal();
    const [one, same] = [await connect(principal), await connect(principal)];
    const other = await connect(newPrincipal());
    await one.read();
    await same.readAgain();
    expect(requests.histories).toBe(1);
    await other.readAgain();
    expect(requests.histories).toBe(2);
  });

  it('do not share the sessions remembered for completion', async () => {
    const { connect, requests } = setUp();
    const [one, other] = [await connect(newPrincipal()), await connect(newPrincipal())];
    for (const client of [one, one, other]) {
      expect((await client.complete()).completion.values).toEqual(['abc']);
    }
    expect(requests.lists).toBe(2);
  });

  it('share the memory of the same principal', async () => {
    const { connect, requests } = setUp();
    const principal = newPrincipal();
    const [one, other] = [await connect(principal), await connect(principal)];
    await one.read();
    await other.send();
    expect(other.questions[0]).not.toContain(notRead);
    await one.complete();
    await other.complete();
    expect(requests.lists).toBe(1);
  });
});
