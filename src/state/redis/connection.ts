import { createHash } from 'node:crypto';
import { Redis, ReplyError } from 'ioredis';
import { type Clock, systemClock } from '../../time/clock.ts';
import { StateError } from '../errors.ts';

const connectTimeoutMs = 2000;
/** Redis answers within a millisecond. Every request to the API waits for it, so it must not wait for long. */
const commandTimeoutMs = 500;
/** After a command that was not answered, the next ones do not wait for theirs. */
const restMs = 1000;

export interface Connection {
  /** @throws StateError at once while Redis is known to be away. */
  run<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
  /** Runs a script of ours, which is sent to Redis only once. */
  script(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens a connection with the first command. It is made again by itself when it was lost. */
export function openConnection(url: string, clock: Clock = systemClock): Connection {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A command that waits for a lost connection is of no use when it comes: fail, and take the local share.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(100 * times, 2000),
    // After a failover, this may be a replica of Redis that takes no writes.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    // Its timer runs to its end, also if the connection was closed before, and keeps the process alive: 2 s by default.
    disconnectTimeout: 50,
    connectionName: 'opencx-sessions-mcp',
  });
  let lastError: Error | undefined;
  // An unhandled error would be printed. The connection is made again.
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  let first: Promise<void> | undefined;
  let restsUntil = 0;
  const connection: Connection = {
    async run(work) {
      first ??= redis.connect().catch(() => {});
      await first;
      if (redis.status !== 'ready') throw unreachable(lastError);
      if (clock.monotonic() < restsUntil) throw new StateError('Redis did not answer in time');
      try {
        return await work(redis);
      } catch (error) {
        if (error instanceof ReplyError) {
          throw new StateError(`Redis refused a command (${codeOf(error as Error)})`, { cause: error });
        }
        if (isLate(error)) restsUntil = clock.monotonic() + restMs;
        throw unreachable(error as Error);
      }
    },
    script: (script, keys, values) =>
      connection.run((redis) =>
        redis.evalsha(sha1(script), keys.length, ...keys, ...values).catch((error: Error) => {
          if (!error.message.startsWith('NOSCRIPT')) throw error;
          return redis.eval(script, keys.length, ...keys, ...values);
        }),
      ),
    async close() {
      await first;
      redis.disconnect();
    },
  };
  return connection;
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** The code of an answer such as `NOAUTH Authentication required.`; the rest may hold values. */
function codeOf({ message }: Error): string {
  return /^[A-Z]{1,20}(?= )/.exec(message)?.[0] ?? 'ERR';
}

function isLate(error: unknown): boolean {
  return error instanceof Error && /timed out/i.test(error.message);
}

/** Says why without the address, which may hold a password. */
function unreachable(error: Error | undefined): StateError {
  const { code = '', message = '' } = Object(error) as { code?: string; message?: string };
  if (isLate(error)) return new StateError('Redis did not answer in time', { cause: error });
  // Such as WRONGPASS, before any command.
  const why = code || /^[A-Z]{4,20}(?= )/.exec(message)?.[0];
  return new StateError(`Redis cannot be reached${why ? ` (${why})` : ''}`, { cause: error });
}
