import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';
import { cuttableRelay } from '../../support/state/relay.ts';

describe.skipIf(redisUrl === undefined)('a replica on Redis', () => {
  let keys: ReturnType<typeof testPrefix>;
  beforeEach(() => {
    keys = testPrefix();
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await keys.close();
  });

  const present = async () => {
    const members = await keys.client.zrange(`${keys.prefix}replicas`, '0', '-1', 'WITHSCORES');
    return members.filter((_, index) => index % 2 === 1).map(Number);
  };
  /** Counts scripts that are sent, by their hash or as a whole. */
  const countScripts = () => {
    const spies = [vi.spyOn(Redis.prototype, 'evalsha'), vi.spyOn(Redis.prototype, 'eval')];
    return () => Math.max(...spies.map((spy) => spy.mock.calls.length));
  };
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
  };

  it('knows how many there are only after it looked', async () => {
    const one = keys.open();
    expect(one.servers()).toBeUndefined();
    await one.ready();
    expect(one.servers()).toBe(1);
  });

  it.each([
    ['of Redis', undefined],
    ['that it is given', () => 1_700_000_000_000],
  ])('says that it is there, by the time %s', async (_, now) => {
    const before = Number((await keys.client.time())[0]) * 1000;
    await keys.open({ ...(now && { now }) }).ready();
    const [at = 0] = await present();
    if (now) expect(at).toBe(now());
    else expect(at).toBeGreaterThanOrEqual(before);
  });

  it('looks every five seconds, once, and notices others that came', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const one = keys.open();
    await one.ready();
    one.rateLimiter('account', 12);
    await one.ready();
    await keys.open().ready();
    expect(one.servers()).toBe(1);
    const scripts = countScripts();
    await vi.advanceTimersByTimeAsync(4999);
    expect(scripts()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await until(() => one.servers() === 2);
    // One look of each of the two.
    expect(scripts()).toBe(2);
  });

  it('looks again after a look that failed', async () => {
    const relay = await cuttableRelay(redisUrl ?? '');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const one = keys.open({}, relay.url);
    await one.ready();
    await relay.cut();
    await keys.open().ready();
    await vi.advanceTimersByTimeAsync(5000);
    await relay.restore();
    await until(async () => {
      await vi.advanceTimersByTimeAsync(5000);
      return one.servers() === 2;
    });
    await one.close();
    await relay.close();
  });

  it('has one limiter for each account and budget', () => {
    const one = keys.open();
    const limiter = one.rateLimiter('account', 12);
    expect(one.rateLimiter('account', 12)).toBe(limiter);
    expect(one.rateLimiter('account', 13)).not.toBe(limiter);
    expect(one.rateLimiter('other', 12)).not.toBe(limiter);
  });

  it('looks with its first limiter, if it did not yet', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const one = keys.open();
    one.rateLimiter('account', 12);
    await until(() => one.servers() === 1);
    const scripts = countScripts();
    one.rateLimiter('other', 12);
    // A command of its own comes after all that were sent before.
    expect(await one.lastRead('ann').get('session-1')).toBeUndefined();
    expect(scripts()).toBe(0);
  });

  it('that is closed is not there any more, and looks no more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const [one, other] = [keys.open(), keys.open()];
    await one.ready();
    await other.ready();
    expect(await present()).toHaveLength(2);
    await other.close();
    expect(await present()).toHaveLength(1);
    await one.ready();
    expect(one.servers()).toBe(1);
    await one.close();
    expect(await present()).toEqual([]);
    const scripts = countScripts();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(scripts()).toBe(0);
    await expect(one.ready()).rejects.toThrow('Redis cannot be reached');
  });

  it('that is closed without Redis is closed all the same', async () => {
    const relay = await cuttableRelay(redisUrl ?? '');
    await relay.cut();
    await keys.open({}, relay.url).close();
  });
});
