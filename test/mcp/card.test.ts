import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type SessionsClient } from '../../src/client/client.ts';
import { canShowCard, cardUri } from '../../src/mcp/card/extension.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { connectThrough, doors } from '../support/doors/doors.ts';
import { toolNames } from '../support/every-tool/covers-every-tool.ts';
import { contextOf } from '../support/fakes/fakes.ts';
import { showsCard } from '../support/shows-card.ts';

describe('the card at each door', () => {
  let sandbox: Sandbox;
  let api: SessionsClient;

  beforeAll(async () => {
    sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false });
    const { url } = await sandbox.listen({ port: 0 });
    api = createClient({ apiKey: sandbox.key, baseUrl: url, requestsPerMinute: 0 });
  });
  afterAll(async () => {
    await api.close();
    await sandbox.close();
  });

  const readCard = async () => '<!doctype html><title>Card</title>';
  const dependencies = () => ({ client: api, sendLog: contextOf({}).sendLog });

  it.each(doors)('%s: is offered to clients that declare the extension', async (door) => {
    const client = await connectThrough(door, {
      dependencies: dependencies(),
      readCard,
      extensions: showsCard,
    });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([...toolNames, 'show_session', 'view_session']);
    expect(tools.slice(-2).map(({ _meta }) => _meta)).toEqual([
      { ui: { resourceUri: cardUri, visibility: ['model'] }, 'ui/resourceUri': cardUri },
      { ui: { visibility: ['app'] } },
    ]);
    const { contents } = await client.readResource({ uri: cardUri });
    expect(contents).toEqual([
      {
        uri: cardUri,
        mimeType: 'text/html;profile=mcp-app',
        text: await readCard(),
        _meta: { ui: { csp: {}, prefersBorder: true } },
      },
    ]);
    const { id } = await api.createSession({ contact: { name: 'Ada' } });
    await api.sendMessage(id, { sender: 'contact', message: { type: 'text', text: 'Hello' } });
    const answers = await Promise.all(
      ['get_session', 'show_session', 'view_session'].map((name) =>
        client.callTool({ name, arguments: { session_id: id, history_limit: 5 } }),
      ),
    );
    const [same, ...others] = answers.map(({ structuredContent, isError }) => ({
      structuredContent,
      isError,
    }));
    expect(same?.structuredContent).toMatchObject({ id, customer_waiting: true });
    expect(others).toEqual([same, same]);
  });

  it.each(doors)('%s: other clients see what they would see without it', async (door) => {
    const withCard = await connectThrough(door, { dependencies: dependencies(), readCard });
    const without = await connectThrough(door, { dependencies: dependencies() });
    const everything = async (client: typeof without) =>
      JSON.stringify([
        client.getServerCapabilities(),
        client.getInstructions(),
        await client.listTools(),
        await client.listResources(),
        await client.listResourceTemplates(),
        await client.listPrompts(),
      ]);
    expect(await everything(withCard)).toBe(await everything(without));
    for (const client of [withCard, without]) {
      await expect(client.readResource({ uri: cardUri })).rejects.toThrow('not found');
      await expect(client.callTool({ name: 'show_session', arguments: {} })).rejects.toThrow('Unknown tool');
    }
  });

  it('that cannot be read is an error without a path in it', async () => {
    const broken = async () => {
      throw new Error('ENOENT: /home/somebody');
    };
    const client = await connectThrough(doors[0], {
      dependencies: dependencies(),
      readCard: broken,
      extensions: showsCard,
    });
    await expect(client.readResource({ uri: cardUri })).rejects.toThrow('The card could not be read.');
  });

  it('is not offered where it is not selected', async () => {
    const client = await connectThrough(doors[0], { dependencies: dependencies(), extensions: showsCard });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(toolNames);
  });
});

it.each([
  [undefined, false],
  [{}, false],
  [{ extensions: null }, false],
  [{ extensions: { 'io.modelcontextprotocol/ui': true } }, false],
  [{ extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/plain'] } } }, false],
  [{ extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: 'text/html;profile=mcp-app' } } }, false],
  [{ extensions: { 'io.modelcontextprotocol/ui': {} } }, true],
  [{ extensions: showsCard }, true],
])('canShowCard(%j) is %s', (capabilities, expected) => {
  expect(canShowCard(capabilities)).toBe(expected);
});
