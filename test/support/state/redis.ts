import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openRedisState, type RedisStateOptions } from '../../../src/state/redis/state.ts';

/** The server to test on; undefined if there is none. Set by vitest.config.ts. */
export const redisUrl = process.env['STATE_TEST_REDIS'] || undefined;

/** Begins all keys of a test run that may be ended in the middle. Set by scripts/mutate. */
const names = process.env['STATE_TEST_NAMES'] ?? 'state-test:';

/** A prefix for the tests of one file, on the server that vitest.config.ts found. It has no keys at first. */
export function testPrefix(url = redisUrl ?? '') {
  const prefix = `${names}${randomUUID()}:`;
  const client = new Redis(url, { lazyConnect: true });
  const opened: { close(): Promise<void> }[] = [];
  return {
    prefix,
    client,
    /** Opens the state as another replica would. */
    open(options: RedisStateOptions = {}, address = url) {
      const state = openRedisState(address, { prefix, ...options });
      opened.push(state);
      return state;
    },
    keys: () => client.keys(`${prefix}*`),
    /** How many members the sorted set has whose name ends like this. */
    async members(end: string): Promise<number> {
      const key = (await client.keys(`${prefix}*`)).find((name) => name.endsWith(end));
      return key === undefined ? 0 : client.zcard(key);
    },
    /** Resolves when it has so many. */
    async untilMembers(end: string, count: number): Promise<void> {
      while ((await this.members(end)) < count) await new Promise((resolve) => setImmediate(resolve));
    },
    /** Removes all keys, as when Redis is emptied. */
    async flush() {
      const keys = await client.keys(`${prefix}*`);
      if (keys.length > 0) await client.del(keys);
    },
    async close() {
      await Promise.all(opened.map((state) => state.close()));
      await this.flush();
      client.disconnect();
    },
  };
}
