import { createHash } from 'node:crypto';
import type { LastReadMarks } from '../principal/last-read.ts';
import type { Connection } from './connection.ts';

/** A conversation that nobody read for longer is read again before somebody writes into it. */
const keepSeconds = 7 * 86_400;

/** Of this process, for all principals. */
const maxLocalMarks = 10_000;

/** Marks of this process, which count while Redis is away and after it lost its own. The oldest are dropped. */
export type LocalMarks = Map<string, string>;

/** The marks of one principal. A failure of Redis is no failure of a read: then only this process's marks are known. */
export function redisLastRead(
  connection: Connection,
  prefix: string,
  local: LocalMarks,
  principal: string,
): LastReadMarks {
  const keyOf = (sessionId: string) => {
    const hash = createHash('sha256').update(JSON.stringify([principal, sessionId]));
    return `${prefix}read:${hash.digest('base64url')}`;
  };
  return {
    async get(sessionId) {
      const key = keyOf(sessionId);
      const stored = await connection.run((redis) => redis.get(key)).catch(() => null);
      return later(local.get(key), stored ?? undefined);
    },
    async set(sessionId, newest) {
      const key = keyOf(sessionId);
      local.delete(key);
      local.set(key, newest);
      if (local.size > maxLocalMarks) local.delete(local.keys().next().value as string);
      await connection.run((redis) => redis.set(key, newest, 'EX', keepSeconds)).catch(() => {});
    },
  };
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || Date.parse(other ?? '') > Date.parse(one) ? other : one;
}
