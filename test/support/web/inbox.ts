import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, onTestFinished } from 'vitest';
import { openInbox } from '../../../src/cli/inbox/open-inbox.ts';
import type { InboxApp } from '../../../src/inbox/app.ts';
import { type Listener, listen } from '../../../src/mcp/http/listen.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts';
import { accountScope } from '../../../src/state/account-scope.ts';
import { fileDrafts } from '../../../src/state/files/outbox.ts';
import { openSendLog } from '../../../src/state/files/send-log.ts';
import { storedOutbox } from '../../../src/state/outbox/draft-store.ts';
import type { Outbox } from '../../../src/state/outbox/outbox.ts';
import type { SendLog } from '../../../src/state/send-log.ts';
import { openPage, type Watched } from './browser.ts';

export interface RunningInbox {
  readonly sandbox: Sandbox;
  readonly app: InboxApp;
  readonly outbox: Outbox;
  readonly sendLog: SendLog;
  readonly stateFolder: string;
  readonly origin: string;
  /** An address that opens the page once. */
  newLink(): string;
  /** What was logged. */
  readonly log: string[];
  /** Ends it as a crash would, without a word to the page. */
  stop(): Promise<void>;
}

interface Options extends Partial<SandboxOptions> {
  /** The port of an earlier one that was stopped. */
  port?: number;
  stateFolder?: string;
  /** Reads as from the live API, which tells nothing by itself. */
  isLive?: boolean;
}

/** The inbox page on a sandbox in this process. Stopped after the test. */
export async function startInbox(options?: Options): Promise<RunningInbox> {
  const inbox = await runInbox(options);
  onTestFinished(inbox.stop);
  return inbox;
}

/**
 * One inbox and one window of it for all tests of a file: another window costs more than most tests. Each test opens
 * sessions of its own.
 */
export function sharedInbox(browser: () => Browser) {
  let inbox: RunningInbox | undefined;
  let window: Promise<Watched> | undefined;
  beforeAll(async () => {
    inbox = await runInbox();
    return inbox.stop;
  });
  const running = () => {
    if (!inbox) throw new Error('The inbox is available only in tests.');
    return inbox;
  };
  async function openWindow(): Promise<Watched> {
    const watched = await openPage(browser(), running().origin);
    await watched.page.goto(running().newLink());
    return watched;
  }
  return {
    get inbox() {
      return running();
    },
    /** Shows a session in the window, which has forgotten what it did before. */
    async show(id: string, name: string): Promise<Watched> {
      window ??= openWindow();
      const watched = await window;
      for (const seen of [watched.foreignRequests, watched.reports, watched.addresses]) seen.length = 0;
      await watched.page.evaluate(`location.hash = 's=${id}'`);
      await watched.page.getByRole('heading', { name, exact: true }).waitFor();
      return watched;
    },
  };
}

async function runInbox({
  port = 0,
  stateFolder,
  isLive = false,
  ...options
}: Options = {}): Promise<RunningInbox> {
  const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false, ...options });
  const { url } = await sandbox.listen({ port: 0 });
  const folder = stateFolder ?? mkdtempSync(join(tmpdir(), 'inbox-test-'));
  const log: string[] = [];
  const write = (...line: unknown[]) =>
    void log.push(JSON.stringify(line, (_, value) => (value instanceof Error ? value.stack : value)));
  const account = `sandbox ${options.database ?? folder}`;
  const sendLog = await openSendLog(join(folder, 'sends'), { account });
  const outbox = storedOutbox(fileDrafts(join(folder, 'outbox', accountScope(account))));
  let listener: Listener | undefined;
  const { app, newLink, close } = await openInbox({
    target: { baseUrl: url, apiKey: sandbox.key, account, proxy: {} },
    sandbox: isLive ? undefined : sandbox,
    sendLog,
    outbox,
    audit: undefined,
    rateLimiter: undefined,
    allowVerified: true,
    pageAccount: account,
    by: 'sam',
    secrets: [],
    stateFolder: folder,
    callTimeoutMs: 10_000,
    requestsPerMinute: 0,
    version: '0.0.0',
    logger: { info: write, warn: write, error: write, flushed: async () => {} },
    url: () => listener?.url ?? '',
  });
  listener = await listen(app.fetch, { port, host: '127.0.0.1' });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= (async () => {
      const closed = listener.close();
      listener.cut();
      await closed;
      await close();
      await sandbox.close();
    })();
    return stopped;
  };
  return {
    sandbox,
    app,
    outbox,
    sendLog,
    stateFolder: folder,
    origin: listener.url,
    newLink,
    log,
    stop,
  };
}
