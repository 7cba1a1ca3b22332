import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { build } from 'esbuild';
import type { Browser, Frame, Page } from 'playwright-core';
import { beforeAll, expect } from 'vitest';
import { newPrincipal } from '../../../src/cli/setup/new-principal.ts';
import { readCard } from '../../../src/cli/setup/read-card.ts';
import type { SessionsClient } from '../../../src/client/client.ts';
import { cardUri } from '../../../src/mcp/card/extension.ts';
import { offerOf } from '../../../src/mcp/offer.ts';
import { createServer } from '../../../src/mcp/v1/server.ts';
import { CallsUnderWay } from '../../../src/pipeline/calls-under-way.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { memoryOutbox } from '../../../src/state/memory/outbox.ts';
import { tools } from '../../../src/tools/index.ts';
import { contextOf } from '../fakes/fakes.ts';
import { clientOf } from '../sandbox/in-process.ts';
import { showsCard } from '../shows-card.ts';
import { newPage, openPage, type Watched } from './browser.ts';

/** A sandbox, a server on it, and a client that shows apps. For all tests of a file. */
export function desk() {
  let api: SessionsClient;
  let client: Client;
  let html = '';
  let hostScript = '';
  let shared: Promise<HostPage> | undefined;
  beforeAll(async () => {
    const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false });
    api = clientOf(sandbox);
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
    /** A page of a host. Tests share one, because it costs more than the card: each shows a card of its own. */
    hostPage(browser: Browser): Promise<HostPage> {
      shared ??= openPage(browser, origin, hostOptions).then((opened) => loadHost(opened, hostScript));
      return shared;
    },
    /** Another one, for one test. */
    async ownHostPage(browser: Browser): Promise<HostPage> {
      return loadHost(await newPage(browser, origin, hostOptions), hostScript);
    },
    call: (name: string, args: Record<string, unknown>) =>
      client.callTool({ name, arguments: args }) as Promise<CallToolResult>,
  };
}

export type Desk = ReturnType<typeof desk>;

type Call = { name: string; arguments?: Record<string, unknown> };

interface HostPage extends Watched {
  /** Who answers the card that it shows. */
  answers: { onCallTool(call: Call): Promise<object>; onMessage(text: string): void };
}

export interface OpenCard extends Watched {
  /** The document of the card. */
  readonly card: Frame;
  /** Calls of tools that the card asked for. */
  readonly calls: Call[];
  /** Messages that the card asked the host to send, as text. */
  readonly messages: string[];
  input(args: Record<string, unknown>): Promise<void>;
  result(result: object): Promise<void>;
}

interface HostOptions {
  /** What the host can do; everything that the card uses by default. */
  capabilities?: object;
  /** What it tells about itself. */
  context?: object;
  /** Holds the long timers of the card: see `passTime`. */
  holdTime?: boolean;
  /** For a test that changes the page itself, or makes it report something: no other test uses the page. */
  ownPage?: boolean;
  /** Answers instead of the server. */
  onCall?: (name: string, args: Record<string, unknown>) => Promise<object>;
}

const origin = 'https://host.example';

const hostOptions = { viewport: { width: 720, height: 900 } };

/** What the specification tells hosts to allow an app that names no domains. */
const policy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'; object-src 'none'";

async function loadHost(watched: Watched, hostScript: string): Promise<HostPage> {
  const { page, context } = watched;
  const html = `<!doctype html><html lang="en"><title>Host</title>
    <style>:root { color-scheme: light dark } body { margin: 0 } iframe { display: block; border: 0; width: 100% }</style>
    <body><script>${hostScript.replaceAll('</script', '<\\/script')}</script></body></html>`;
  await context.route(`${origin}/`, (route) =>
    route.fulfill({ body: html, contentType: 'text/html', headers: { 'content-security-policy': policy } }),
  );
  const host: HostPage = { ...watched, answers: { onCallTool: async () => ({}), onMessage() {} } };
  await page.exposeFunction('onCallTool', (call: Call) => host.answers.onCallTool(call));
  await page.exposeFunction('onMessage', ({ content }: { content: { text: string }[] }) => {
    host.answers.onMessage(content.map(({ text }) => text).join());
    return {};
  });
  await page.goto(`${origin}/`);
  return host;
}

/** The page without what an earlier test showed and saw in it. */
async function clearedPage(page: Promise<HostPage>): Promise<HostPage> {
  const host = await page;
  await host.page.evaluate('clearPage()');
  for (const seen of [host.foreignRequests, host.reports, host.addresses]) seen.length = 0;
  return host;
}

function cardIn(page: Page): Frame {
  const card = page.frames().find((frame) => frame !== page.mainFrame());
  if (card === undefined) throw new Error('The host shows no card.');
  return card;
}

/** The clock of the browser's driver would come too late for the first timer of a frame. */
function withHeldTime(html: string): string {
  const hold = `const timers = new Map(), start = setTimeout, stop = clearTimeout;
    globalThis.setTimeout = (run, ms = 0, ...given) => {
      const timer = start(ms < 1000 ? run : () => {}, ms, ...given);
      if (ms >= 1000) timers.set(timer, { run, ms });
      return timer;
    };
    globalThis.clearTimeout = (timer) => { timers.delete(timer); stop(timer); };
    globalThis.passTime = (ms) => {
      const due = [...timers].filter(([, timer]) => timer.ms <= ms);
      for (const [timer, { run }] of due) { timers.delete(timer); run(); }
      return due.length;
    };`;
  return html.replace('<meta', `<script>{ ${hold} }</script><meta`);
}

/** Lets time pass in a card that holds it, as soon as something waits for it. */
export async function passTime(card: Frame, ms: number): Promise<void> {
  await expect.poll(() => card.evaluate(`passTime(${ms})`)).toBe(1);
}

/** Shows a new card in a host that says nothing by itself. The time of the card is held. */
export async function openSilently(browser: Browser, { html, hostPage }: Desk) {
  const { page } = await clearedPage(hostPage(browser));
  await page.evaluate(`showSilently(${JSON.stringify({ html: withHeldTime(html) })})`);
  return { page, card: cardIn(page) };
}

/** Shows a new card in a host that answers. */
export async function openCard(
  browser: Browser,
  { html, hostPage, ownHostPage, call }: Desk,
  {
    capabilities = { serverTools: {}, message: { text: {} } },
    context = {},
    onCall = call,
    holdTime = false,
    ownPage = false,
  }: HostOptions = {},
): Promise<OpenCard> {
  const host = await (ownPage ? ownHostPage(browser) : clearedPage(hostPage(browser)));
  const { page } = host;
  const calls: Call[] = [];
  const messages: string[] = [];
  host.answers = {
    onCallTool(params) {
      calls.push(params);
      return onCall(params.name, params.arguments ?? {});
    },
    onMessage: (text) => void messages.push(text),
  };
  await page.evaluate(
    `showCard(${JSON.stringify({ html: holdTime ? withHeldTime(html) : html, capabilities, context })})`,
  );
  const card = cardIn(page);
  const tell = (what: string, value: object) =>
    page.evaluate(`bridge.${what}(${JSON.stringify(value)})`).then(() => {});
  return {
    ...host,
    card,
    calls,
    messages,
    input: (args) => tell('sendToolInput', { arguments: args }),
    result: (result) => tell('sendToolResult', result),
  };
}
