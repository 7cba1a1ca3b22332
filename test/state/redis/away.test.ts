import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SharedRateLimiter } from '../../../src/state/rate-limiter.ts';
import { settleMs } from '../../../src/state/redis/rate-limiter.ts';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';
import { cuttableRelay, type Relay } from '../../support/state/relay.ts';
import { type SettableClock, settableClock } from '../../support/state/settable-clock.ts';

const minute = 60_000;

describe.skipIf(redisUrl === undefined)('replicas whose Redis', () => {
  let keys: ReturnType<typeof testPrefix>;
  let relay: Relay;
  let clock: SettableClock;
  let account: string;
  beforeEach(async () => {
    keys = testPrefix();
    relay = await cuttableRelay(redisUrl ?? '');
    clock = settableClock();
    account = randomUUID();
  });
  afterEach(async () => {
    await keys.close();
    await relay.close();
  });

  const open = () => keys.open({ clock, now: clock.now }, relay.url);
  /** Replicas that know of each other. */
  async function openReplicas(count: number) {
    const replicas = Array.from({ length: count }, open);
    for (const replica of [...replicas, ...replicas]) await replica.ready();
    return replicas;
  }
  async function takeAll(limiter: SharedRateLimiter | undefined, person = 'ann'): Promise<number> {
    for (let n = 0; ; n += 1) if ((await limiter?.of(person).take()) !== 0) return n;
  }

  it('goes away each take an equal share of the budget', async () => {
    const limiters = (await openReplicas(3)).map((replica) => replica.rateLimiter(account, 12));
    await relay.cut();
    expect(await limiters[0]?.remaining()).toBe(4);
    expect(await Promise.all(limiters.map((limiter) => takeAll(limiter)))).toEqual([4, 4, 4]);
    expect(await limiters[0]?.remaining()).toBe(0);
    clock.pass(minute);
    expect(await Promise.all(limiters.map((limiter) => takeAll(limiter)))).toEqual([4, 4, 4]);
  });

  it('goes away do not take again what was taken in the minute before', async () => {
    const limiters = (await openReplicas(3)).map((replica) => replica.rateLimiter(account, 12));
    expect(await takeAll(limiters[0])).toBe(12);
    for (const limiter of limiters) await limiter.of('ann').waitMs();
    await relay.cut();
    expect(await Promise.all(limiters.map((limiter) => takeAll(limiter)))).toEqual([0, 0, 0]);
    clock.pass(minute - 1);
    for (const limiter of limiters) expect(await limiter.of('ann').waitMs()).toBe(1);
    clock.pass(1);
    expect(await Promise.all(limiters.map((limiter) => takeAll(limiter)))).toEqual([4, 4, 4]);
  });

  it('was never there take a quarter of the budget', async () => {
    await relay.cut();
    const limiter = open().rateLimiter(account, 12);
    expect(await takeAll(limiter)).toBe(3);
    expect(await limiter.of('ann').waitMs()).toBe(minute);
  });

  it('comes back share the budget again, less what they took meanwhile', async () => {
    const replicas = await openReplicas(2);
    const [one, other] = replicas.map((replica) => replica.rateLimiter(account, 12));
    await relay.cut();
    expect([await takeAll(one), await takeAll(other)]).toEqual([6, 6]);
    await relay.restore();
    await Promise.all(replicas.map((replica) => untilReady(replica)));
    expect([await takeAll(one), await takeAll(other)]).toEqual([0, 0]);
    clock.pass(minute);
    expect([await takeAll(one), await takeAll(other)]).toEqual([12, 0]);
  });

  it('comes back keep to their share until the others have reported', async () => {
    const elsewhere = await cuttableRelay(redisUrl ?? '');
    const replicas = [open(), keys.open({ clock, now: clock.now }, elsewhere.url)];
    for (const replica of [...replicas, ...replicas]) await replica.ready();
    const [one, other] = replicas.map((replica) => replica.rateLimiter(account, 12));
    await Promise.all([relay.cut(), elsewhere.cut()]);
    expect([await takeAll(one), await takeAll(other)]).toEqual([6, 6]);
    await relay.restore();
    await Promise.all(replicas.slice(0, 1).map(untilReady));
    expect([await takeAll(one), await one?.of('ann').take()]).toEqual([0, settleMs]);
    await elsewhere.restore();
    await Promise.all(replicas.map(untilReady));
    clock.pass(settleMs);
    expect([await takeAll(one), await takeAll(other)]).toEqual([0, 0]);
    await elsewhere.close();
  });

  it('is emptied do not take more than the budget', async () => {
    const [one, other] = (await openReplicas(2)).map((replica) => replica.rateLimiter(account, 12));
    for (let n = 0; n < 5; n += 1) {
      await one?.of('ann').take();
      await other?.of('bob').take();
    }
    await keys.flush();
    await one?.of('ann').waitMs();
    await other?.of('ann').waitMs();
    expect([await takeAll(one, 'ann'), await takeAll(other, 'bob')]).toEqual([1, 1]);
    clock.pass(settleMs);
    expect([await takeAll(one, 'ann'), await takeAll(other, 'bob')]).toEqual([0, 0]);
  });

  it('goes away obey a block of the API as before', async () => {
    const [replica] = await openReplicas(1);
    const limiter = replica?.rateLimiter(account, 12);
    await limiter?.of('ann').block(30);
    await relay.cut();
    expect(await limiter?.of('bob').take()).toBe(30_000);
  });

  it('goes away remember what their own people read', async () => {
    const [replica] = await openReplicas(1);
    const marks = replica?.lastRead('ann');
    await marks?.set('session-1', '2026-03-01T12:00:00.000Z');
    await relay.cut();
    await marks?.set('session-2', '2026-03-01T12:00:00.000Z');
    expect(await marks?.get('session-1')).toBe('2026-03-01T12:00:00.000Z');
    expect(await marks?.get('session-2')).toBe('2026-03-01T12:00:00.000Z');
    expect(await replica?.lastRead('bob').get('session-1')).toBeUndefined();
  });

  it('is away are not ready, and say why without the address', async () => {
    await relay.cut();
    const replica = open();
    await expect(replica.ready()).rejects.toMatchObject({
      name: 'StateError',
      message: 'Redis cannot be reached (ECONNREFUSED)',
    });
    await relay.restore();
    await untilReady(replica);
  });

  it('does not answer wait for it once, then take their share at once', async () => {
    const [replica] = await openReplicas(1);
    const limiter = replica?.rateLimiter(account, 12);
    await limiter?.of('ann').take();
    relay.pause();
    expect(await limiter?.of('ann').take()).toBe(0);
    await expect(replica?.ready()).rejects.toThrow('Redis did not answer in time');
  });
});

/** Its connection is made again by itself; there is no event to wait for. */
async function untilReady(state: { ready(): Promise<void> }): Promise<void> {
  while (true) {
    const isReady = await state.ready().then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
