import { createClient, type SessionsClient } from '../../client/client.ts';
import type { Context } from '../../conversations/context.ts';
import { openAccess } from '../../inbox/access.ts';
import { type InboxApp, inboxApp } from '../../inbox/app.ts';
import { pollList } from '../../inbox/live/poll-list.ts';
import { ruleTexts } from '../../pipeline/audience.ts';
import { callBegan } from '../../pipeline/call-began.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { SendLog } from '../../state/send-log.ts';
import { systemClock } from '../../time/clock.ts';
import { Deadline } from '../../time/deadline.ts';
import type { ApiTarget } from '../setup/api-target.ts';
import type { Logger } from '../setup/logger.ts';
import { newPrincipal } from '../setup/new-principal.ts';
import { refusingClient } from '../setup/refusing-client.ts';
import { pageSecret } from './page-secret.ts';
import { webFiles } from './web-files.ts';

/** The live API tells nothing by itself, and has a rate limit. */
const pollMs = 15_000;

export interface Inbox {
  readonly app: InboxApp;
  /** Another address of the page, which opens it once. */
  newLink(): string;
  close(): Promise<void>;
}

interface InboxSetup {
  readonly target: Pick<ApiTarget, 'baseUrl' | 'apiKey' | 'account' | 'proxy' | 'problem'>;
  readonly sandbox?: Sandbox | undefined;
  readonly sendLog: SendLog;
  /** Folder for the secret of the page; undefined if there is none. */
  readonly stateFolder: string | undefined;
  readonly callTimeoutMs: number;
  readonly requestsPerMinute: number;
  readonly version: string;
  readonly logger: Logger;
  /** Where the page is served, known as soon as a request can arrive. */
  url(): string;
}

/** The inbox page on an API. With a sandbox, changes show within a second, and visitors can write. */
export async function openInbox(setup: InboxSetup): Promise<Inbox> {
  const { target, sandbox, logger } = setup;
  const client =
    target.problem === undefined
      ? createClient({
          apiKey: target.apiKey,
          baseUrl: target.baseUrl,
          timeoutMs: setup.callTimeoutMs,
          requestsPerMinute: setup.requestsPerMinute,
          userAgent: `opencx-sessions-mcp/${setup.version}`,
          proxy: target.proxy,
        })
      : refusingClient(target.problem);
  const access = openAccess(await pageSecret(setup.stateFolder, target.account), systemClock);
  const onLookFailed = (err: unknown) => logger.info({ err }, 'changes could not be read');
  const app = inboxApp({
    files: webFiles(),
    access,
    port: () => Number(new URL(setup.url()).port || 80),
    contextOf: contexts(client, setup),
    ...(sandbox
      ? { watch: (signal) => sandbox.changes(signal), live: 'Live', visitor: sandbox.visitor }
      : {
          watch: pollList({ client, everyMs: pollMs, onError: onLookFailed }),
          live: `Updates every ${pollMs / 1000} s`,
        }),
    onError: (err) => logger.error({ err }, 'inbox error'),
  });
  return {
    app,
    newLink: () => `${setup.url()}/inbox#code=${access.newCode()}`,
    async close() {
      app.close();
      await client.close();
    },
  };
}

/** What a request of the page works with. All of them are made for the same person. */
function contexts(
  client: SessionsClient,
  { sendLog, callTimeoutMs }: InboxSetup,
): (signal: AbortSignal) => Context {
  const { lastRead, histories, tickets, partialResults } = newPrincipal();
  return (signal) => {
    const began = callBegan(client, systemClock);
    return {
      client,
      clock: systemClock,
      get now() {
        return began();
      },
      call: { signal, deadline: Deadline.after(callTimeoutMs) },
      sendLog,
      lastRead,
      histories,
      tickets,
      partialResults,
      allowVerified: false,
      confirmSends: false,
      ruleTexts: ruleTexts.operator,
      progress() {},
    };
  };
}
