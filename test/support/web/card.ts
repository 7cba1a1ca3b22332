import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Frame } from 'playwright-core';
import { beforeAll } from 'vitest';
import { newPrincipal } from '../../../src/cli/setup/new-principal.ts';
import { readCard } from '../../../src/cli/setup/read-card.ts';
import { createClient, type SessionsClient } from '../../../src/client/client.ts';
import { cardUri } from '../../../src/mcp/card/extension.ts';
import { offerOf } from '../../../src/mcp/offer.ts';
import { createServer } from '../../../src/mcp/v1/server.ts';
import { CallsUnderWay } from '../../../src/pipeline/calls-under-way.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { memoryOutbox } from '../../../src/state/memory/outbox.ts';
import { tools } from '../../../src/tools/index.ts';
import { contextOf } from '../fakes/fakes.ts';
import { showsCard } from '../shows-card.ts';
import { newPage, type Watched } from './browser.ts';

/** A sandbox, a server on it, and a client that shows apps. For all tests of a file. */
export function desk() {
  let api: SessionsClient;
  let client: Client;
  let html = '';
  let hostScript = '';
  beforeAll(async () => {
    const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false });
    const { url } = await sandbox.listen({ port: 0 });
    api = createClient({ apiKey: sandbox.key, baseUrl: url, requestsPerMinute: 0 });
    const server = createServer({
      version: '0.0.0',
      offer: offerOf(tools, { readCard }),
      dependencies: {
        client: api,
        sendLog: contextOf({}).sendLog,
        allowVerified: true,
        confirmSends: false,
        outbox: memoryOutbox(),
        logger: { info: () => {}, error: () => {} },
      },
      principal: newPrincipal(),
      callsUnderWay: new CallsUnderWay(),
      callTimeoutMs: 10_000,
    });
    const [here, there] = InMemoryTransport.createLinkedPair();
    client = new Client({ name: 'test', version: '1.0.0' }, { capabilities: { extensions: showsCard } });
    await server.connect(there);
    await client.connect(here);
    const { contents } = await client.readResource({ uri: cardUri });
    html = String((contents[0] as { text?: string } | undefined)?.text);
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('./card-host.mjs', import.meta.url))],
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'iife',
      logLevel: 'error',
      minify: true,
      // Compiled parsers would need `eval`, which the policy of the page forbids.
      banner: { js: 'globalThis.__zod_globalConfig = { jitless: true };' },
    });
    hostScript = outputFiles[0]?.text ?? '';
    return async () => {
      await client.close();
      await server.close();
      await api.close();
      await sandbox.close();
    };
  });
  return {
    get api() {
      return api;
    },
    get html() {
      return html;
    },
    get hostScript() {
      return hostScript;
    },
    call: (name: string, args: Record<string, unknown>) =>
      client.callTool({ name, arguments: args }) as Promise<CallToolResult>,
  };
}

export type Desk = ReturnType<typeof desk>;

export interface OpenCard extends Watched {
  /** The document of the card. */
  readonly card: Frame;
  /** Calls of tools that the card asked for. */
  readonly calls: { name: string; arguments?: Record<string, unknown> }[];
  /** Messages that the card asked the host to send, as text. */
  readonly messages: string[];
  input(args: Record<string, unknown>): Promise<void>;
  result(result: object): Promise<void>;
}

interface HostOptions extends BrowserContextOptions {
  /** What the host can do; everything that the card uses by default. */
  capabilities?: object;
  /** What it tells about itself. */
  context?: object;
  /** Holds the time of the pages: it passes only when the test says so. */
  clock?: boolean;
  /** A script for each page, before its own. */
  axe?: string;
  /** Answers instead of the server. */
  onCall?: (name: string, args: Record<string, unknown>) => Promise<object>;
}

const origin = 'https://host.example';

/** What the specification tells hosts to allow an app that names no domains. */
const policy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'; object-src 'none'";

/** A page of a host, without a card. */
export async function openHostPage(
  browser: Browser,
  { hostScript }: Pick<Desk, 'hostScript'>,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const watched = await newPage(browser, origin, { viewport: { width: 720, height: 900 }, ...options });
  const page = `<!doctype html><html lang="en"><title>Host</title>
    <style>:root { color-scheme: light dark } body { margin: 0 } iframe { display: block; border: 0; width: 100% }</style>
    <body><script>${hostScript.replaceAll('</script', '<\\/script')}</script></body></html>`;
  await watched.context.route(`${origin}/`, (route) =>
    route.fulfill({ body: page, contentType: 'text/html', headers: { 'content-security-policy': policy } }),
  );
  return watched;
}

/** Shows the card in a host that answers. */
export async function openCard(
  browser: Browser,
  { html, hostScript, call }: Desk,
  {
    capabilities = { serverTools: {}, message: { text: {} } },
    context = {},
    onCall = call,
    clock = false,
    axe,
    ...options
  }: HostOptions = {},
): Promise<OpenCard> {
  const watched = await openHostPage(browser, { hostScript }, options);
  const { page } = watched;
  const calls: OpenCard['calls'] = [];
  const messages: string[] = [];
  await page.exposeFunction('onCallTool', (params: OpenCard['calls'][number]) => {
    calls.push(params);
    return onCall(params.name, params.arguments ?? {});
  });
  await page.exposeFunction('onMessage', ({ content }: { content: { text: string }[] }) => {
    messages.push(content.map(({ text }) => text).join());
    return {};
  });
  if (axe !== undefined) await page.addInitScript(axe);
  if (clock) await page.clock.install();
  await page.goto(`${origin}/`);
  await page.evaluate(`showCard(${JSON.stringify({ html, capabilities, context })})`);
  const card = page.frames().find((frame) => frame !== page.mainFrame());
  if (card === undefined) throw new Error('The host shows no card.');
  const tell = (what: string, value: object) =>
    page.evaluate(`bridge.${what}(${JSON.stringify(value)})`).then(() => {});
  return {
    ...watched,
    card,
    calls,
    messages,
    input: (args) => tell('sendToolInput', { arguments: args }),
    result: (result) => tell('sendToolResult', result),
  };
}
