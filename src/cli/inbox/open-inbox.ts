import { createClient } from '../../client/client.ts';
import { openAccess } from '../../inbox/access-codes.ts';
import { type InboxApp, inboxApp } from '../../inbox/app.ts';
import { outboxDesk } from '../../pipeline/outbox-desk.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { newMemory } from '../../state/memory/principal-memory.ts';
import { systemClock } from '../../time/clock.ts';
import type { ApiTarget } from '../setup/api/api-target.ts';
import { refusingClient } from '../setup/api/refusing-client.ts';
import type { Logger } from '../setup/logger.ts';
import { pageContext } from './page-context.ts';
import { pageSecret } from './page-secret.ts';
import type { PageState } from './page-state.ts';
import { watchOf } from './watch.ts';
import { webFiles } from './web-files.ts';

export interface Inbox {
  readonly app: InboxApp;
  /** Another address of the page, which opens it once. */
  newLink(): string;
  close(): Promise<void>;
}

interface InboxSetup extends Omit<PageState, 'close'> {
  readonly target: Pick<ApiTarget, 'baseUrl' | 'apiKey' | 'account' | 'proxy' | 'problem'>;
  readonly sandbox?: Sandbox | undefined;
  readonly allowVerified: boolean;
  /** Folder for the secret of the page; undefined if there is none. */
  readonly stateFolder: string | undefined;
  /** What the page shows. Keys for one of them open no other one. */
  readonly pageAccount: string;
  readonly callTimeoutMs: number;
  readonly requestsPerMinute: number;
  readonly version: string;
  readonly logger: Logger;
  readonly secrets: readonly string[];
  /** Who decides about drafts, in words for people. */
  readonly by: string;
  /** Where the page is served, known as soon as a request can arrive. */
  url(): string;
}

/** The inbox page on an API. With a sandbox, changes show within a second, and visitors can write. */
export async function openInbox(setup: InboxSetup): Promise<Inbox> {
  const { target, sandbox, outbox, logger, callTimeoutMs: timeoutMs } = setup;
  const client =
    target.problem === undefined
      ? createClient({
          apiKey: target.apiKey,
          baseUrl: target.baseUrl,
          timeoutMs,
          requestsPerMinute: setup.requestsPerMinute,
          ...(setup.rateLimiter && { rateLimiter: setup.rateLimiter }),
          userAgent: `opencx-sessions-mcp/${setup.version}`,
          proxy: target.proxy,
        })
      : refusingClient(target.problem);
  const { sendLog, audit, allowVerified, secrets } = setup;
  const dependencies = { client, sendLog, audit, allowVerified, confirmSends: false, logger, secrets };
  const memory = newMemory();
  const access = openAccess(await pageSecret(setup.stateFolder, setup.pageAccount), systemClock);
  const onLookFailed = (err: unknown) => logger.info({ err }, 'changes could not be read');
  const { watch, live } = watchOf({ client, outbox, sandbox, onError: onLookFailed });
  const app = inboxApp({
    files: webFiles(),
    access,
    port: () => Number(new URL(setup.url()).port || 80),
    contextOf: (signal) => pageContext({ dependencies, memory, timeoutMs }, signal),
    watch,
    live,
    visitor: sandbox?.visitor,
    drafts: outboxDesk({ dependencies: { ...dependencies, outbox }, by: setup.by, memory, timeoutMs }),
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
