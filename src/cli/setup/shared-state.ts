import { hostname } from 'node:os';
import { accountScope } from '../../state/account-scope.ts';
import { recordedSendLog } from '../../state/attempts/recorded-send-log.ts';
import type { Audit } from '../../state/audit.ts';
import { StateError } from '../../state/errors.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import type { RateLimiter } from '../../state/rate-limiter.ts';
import type { SendLog } from '../../state/send-log.ts';
import type { PostgresState, RedisState } from '../../state/shared-state.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Settings } from '../settings/settings.ts';
import { thisUser } from './this-user.ts';

/** What one server keeps in PostgreSQL and Redis. Absent where the service is not set. */
export interface SharedState {
  readonly sendLog?: SendLog;
  readonly audit?: Audit;
  readonly outbox?: Outbox;
  readonly rateLimiter?: RateLimiter;
  close(): Promise<void>;
}

interface ServiceSettings {
  readonly databaseUrl?: string | undefined;
  readonly redisUrl?: string | undefined;
}

type StateSettings = Pick<Settings<'serve'>, 'databaseUrl' | 'redisUrl' | 'rateLimit'>;

/**
 * Opens the state of a server for one person. Connects only when it is used.
 * @param account address and key of the API.
 * @throws ConfigurationError if an address cannot be used.
 */
export async function openSharedState(
  { databaseUrl, redisUrl, rateLimit }: StateSettings,
  account: string,
  onLost: (error: Error) => void,
): Promise<SharedState> {
  const { database, redis, close } = await openServices({ databaseUrl, redisUrl });
  const scope = accountScope(account);
  return {
    ...(database && {
      sendLog: recordedSendLog(database.attempts(scope), { account, onLost }),
      audit: auditByWorkspace(database, scope),
      outbox: database.outbox(scope),
    }),
    ...(redis && rateLimit > 0 && { rateLimiter: redis.rateLimiter(account, rateLimit).of(thisPerson()) }),
    close,
  };
}

/** A message that somebody in a workspace wrote belongs to the log of the workspace, whoever decides about it. */
function auditByWorkspace(database: PostgresState, scope: string): Audit {
  const audits = new Map<string, Audit>();
  const auditOf = (name: string) => {
    const audit = audits.get(name) ?? database.audit(name);
    audits.set(name, audit);
    return audit;
  };
  return {
    write: (record) => auditOf(record.workspace ?? scope).write(record),
    ready: async () => {
      for (const audit of audits.values()) await audit.ready();
    },
  };
}

/** PostgreSQL and Redis, where they are set. */
export interface Services {
  readonly database?: PostgresState | undefined;
  readonly redis?: RedisState | undefined;
  close(): Promise<void>;
}

/**
 * Opens the services of the settings. Loads the packages of those that are set, and connects to nothing.
 * @throws ConfigurationError if an address cannot be used.
 */
export async function openServices({ databaseUrl, redisUrl }: ServiceSettings): Promise<Services> {
  const database = databaseUrl === undefined ? undefined : await openDatabase(databaseUrl);
  const redis =
    redisUrl === undefined
      ? undefined
      : (await import('../../state/redis/state.ts')).openRedisState(redisUrl);
  return {
    database,
    redis,
    async close() {
      await Promise.all([database?.close(), redis?.close()]);
    },
  };
}

async function openDatabase(url: string) {
  const { openPostgresState } = await import('../../state/postgres/state.ts');
  try {
    return openPostgresState(url);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw new ConfigurationError(`OPENCX_DATABASE_URL: ${error.message}.`);
  }
}

/** All servers that one person starts on a machine have one share of the budget. */
const thisPerson = () => `${thisUser()} ${hostname()}`;

/** What of an address must not show anywhere: its password, and, because a short one may be part of any word, both names. */
export function secretsOf(url: string): string[] {
  const { username, password } = new URL(url);
  return password === '' ? [] : [password, safelyDecoded(password), `${username}:${password}@`];
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
