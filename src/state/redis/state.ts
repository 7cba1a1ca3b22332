import { randomUUID } from 'node:crypto';
import type { Clock } from '../../time/clock.ts';
import type { RedisState } from '../shared-state.ts';
import { presenceScript } from './budget-script.ts';
import { openConnection } from './connection.ts';
import { type LocalMarks, redisLastRead } from './last-read.ts';
import { type RedisRateLimiter, redisRateLimiter } from './rate-limiter.ts';

/** A replica that did not say for this long that it is there does not count. */
const presenceMs = 60_000;
const lookEveryMs = 5000;

/** A replica that never reached Redis cannot know how many others there are. */
const assumedReplicas = 4;

export interface RedisStateOptions {
  /** The start of all keys. */
  readonly prefix?: string;
  readonly clock?: Clock;
  /** The time for Redis, in milliseconds since 1970; by default its own. */
  readonly now?: () => number;
}

/**
 * Opens what all replicas share in Redis. It connects when it is first used, and by itself again after Redis was away.
 * @param url `redis://user:password@host:port/number`, or `rediss://` with TLS.
 */
export function openRedisState(
  url: string,
  { prefix = 'opencx-mcp:', clock, now }: RedisStateOptions = {},
): RedisState {
  const connection = openConnection(url, clock);
  const replica = randomUUID();
  const localMarks: LocalMarks = new Map();
  const limiters = new Map<string, RedisRateLimiter>();
  let replicas: number | undefined;

  /** Says that this replica is there, and looks whether Redis still has its records. */
  const look = async () => {
    const values = [replica, now?.() ?? '', presenceMs];
    replicas = (await connection.script(presenceScript, [`${prefix}replicas`], values)) as number;
    await Promise.all([...limiters.values()].map((limiter) => limiter.check()));
  };
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer ??= setInterval(() => void look().catch(() => {}), lookEveryMs).unref();
  };

  return {
    rateLimiter(account, perMinute) {
      const name = `${perMinute} ${account}`;
      const known = limiters.get(name);
      if (known) return known;
      const limiter = redisRateLimiter({
        connection,
        prefix,
        account,
        perMinute,
        replicas: () => replicas ?? assumedReplicas,
        ...(clock && { clock }),
        now,
      });
      limiters.set(name, limiter);
      start();
      if (replicas === undefined) void look().catch(() => {});
      return limiter;
    },
    lastRead: (principal) => redisLastRead(connection, prefix, localMarks, principal),
    servers: () => replicas,
    async ready() {
      start();
      await look();
    },
    async close() {
      clearInterval(timer);
      await connection.run((redis) => redis.zrem(`${prefix}replicas`, replica)).catch(() => {});
      await connection.close();
    },
  };
}
