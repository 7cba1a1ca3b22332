import { join } from 'node:path';
import type { RateLimiter } from '../../client/rate-limiter.ts';
import type { Audit } from '../../state/audit.ts';
import { openSendLog } from '../../state/files/send-log.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import type { SendLog } from '../../state/send-log.ts';
import { sendLogOnDemand } from '../commands/serve.ts';
import { type Environment, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import type { Logger } from '../setup/logger.ts';
import { openOutbox } from '../setup/outbox.ts';
import { openSharedState, secretsOf } from '../setup/shared-state.ts';

/** What approving a draft needs. All servers of the account share it. */
export interface PageState {
  readonly sendLog: SendLog;
  readonly outbox: Outbox;
  readonly audit: Audit | undefined;
  readonly rateLimiter: RateLimiter | undefined;
  close(): Promise<void>;
}

type StateSettings = Pick<Settings<'inbox'>, 'sandbox' | 'rateLimit'> &
  Partial<Pick<Settings<'inbox'>, 'stateDir' | 'databaseUrl' | 'redisUrl'>>;

/**
 * Opens the send log and the outbox of an account: in the database, if there is one, or in the state folder.
 * @param account address and key of the API.
 * @throws ConfigurationError when a place cannot be used.
 */
export async function openPageState(
  settings: StateSettings,
  env: Environment,
  account: string,
  logger: Logger,
  secrets: string[],
): Promise<PageState> {
  const { databaseUrl, redisUrl } = settings;
  for (const url of [databaseUrl, redisUrl]) if (url) secrets.push(...secretsOf(url));
  const onLost = (err: Error) => logger.error({ err }, 'outcome not recorded');
  const shared = databaseUrl || redisUrl ? await openSharedState(settings, account, onLost) : undefined;
  const files = async () => openSendLog(join(stateDirectory(settings, env), 'sends'), { account, onLost });
  return {
    sendLog: shared?.sendLog ?? sendLogOnDemand(files),
    outbox: openOutbox(settings, env, account, { database: shared?.outbox }),
    audit: shared?.audit,
    rateLimiter: shared?.rateLimiter,
    close: async () => shared?.close(),
  };
}
