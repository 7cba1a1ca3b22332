import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { memorySharedRateLimiter } from '../../../src/state/memory/rate-limiter.ts';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

/** `SOAK_SIZE=2000 npx vitest run test/state/redis/budget-script.test.ts` compares for longer. */
const size = Number(process.env['SOAK_SIZE'] ?? 25);

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ take: fc.nat(3), times: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ wait: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ pass: fc.nat(40_000) }) },
  { weight: 1, arbitrary: fc.record({ block: fc.nat(50) }) },
);

describe.skipIf(redisUrl === undefined)('the budget in Redis', () => {
  const keys = testPrefix();
  afterAll(() => keys.close());

  it('gives the same answers as the one in memory', { timeout: 20_000 + size * 200 }, async () => {
    const clock = settableClock();
    const redis = keys.open({ clock, now: clock.now });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.array(step, { maxLength: 40 }), async (more, steps) => {
        const perMinute = more + 1;
        const one = redis.rateLimiter(randomUUID(), perMinute);
        const other = memorySharedRateLimiter(perMinute, clock);
        for (const now of steps) {
          if ('take' in now) {
            const person = `person-${now.take}`;
            for (let n = 0; n < now.times; n += 1) {
              const [ms, expected] = [await one.of(person).take(), await other.of(person).take()];
              expect(ms).toBe(expected);
              if (ms > 0) refused += 1;
            }
          } else if ('wait' in now) {
            const person = `person-${now.wait}`;
            expect(await one.of(person).waitMs()).toBe(await other.of(person).waitMs());
          } else if ('block' in now) {
            for (const limiter of [one, other]) await limiter.of('person-0').block(now.block);
          } else clock.pass(now.pass);
        }
      }),
      { numRuns: size, seed: Number(process.env['SOAK_SEED'] ?? 1) },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('goes on when the clock of Redis is set back', async () => {
    const clock = settableClock();
    const limiter = keys.open({ clock, now: clock.now }).rateLimiter(randomUUID(), 3);
    for (let n = 0; n < 3; n += 1) await limiter.of('ann').take();
    clock.set(-3_600_000);
    expect(await limiter.of('ann').take()).toBe(0);
    clock.pass(60_000);
    expect(await limiter.of('ann').take()).toBe(0);
  });

  it('takes the time from Redis, which is the same for all replicas', async () => {
    const account = randomUUID();
    const limiters = [keys.open(), keys.open()].map((replica) => replica.rateLimiter(account, 2));
    for (const limiter of limiters) expect(await limiter.of('ann').take()).toBe(0);
    for (const limiter of limiters) {
      const ms = await limiter.of('ann').take();
      expect(ms).toBeGreaterThan(50_000);
      expect(ms).toBeLessThanOrEqual(60_000);
    }
  });

  it('is one for all replicas, however many ask at once', async () => {
    const account = randomUUID();
    const limiters = [keys.open(), keys.open(), keys.open()].map((replica) =>
      replica.rateLimiter(account, 50),
    );
    const waits = await Promise.all(
      Array.from({ length: 300 }, (_, n) => limiters[n % 3]?.of(`person-${n % 5}`).take()),
    );
    // Whoever was refused once may leave a part of the spare twentieth to others.
    const taken = waits.filter((ms) => ms === 0).length;
    expect(taken).toBeGreaterThanOrEqual(48);
    expect(taken).toBeLessThanOrEqual(50);
  });

  it('is another one for another key of the API', async () => {
    const redis = keys.open();
    const [one, other] = [redis.rateLimiter('key-1', 1), redis.rateLimiter('key-2', 1)];
    expect([await one.of('ann').take(), await other.of('ann').take()]).toEqual([0, 0]);
  });

  it('has neither keys of the API nor names in Redis', async () => {
    const redis = keys.open();
    await redis.rateLimiter('https://api.example api-key-1', 1).of('ann@example.com').take();
    await redis.rateLimiter('https://api.example api-key-1', 1).of('ann@example.com').take();
    await redis.lastRead('ann@example.com').set('session-1', '2026-03-01T12:00:00.000Z');
    const dump: string[] = await keys.keys();
    for (const key of [...dump]) {
      const type = await keys.client.type(key);
      if (type === 'hash') dump.push(...Object.keys(await keys.client.hgetall(key)));
      if (type === 'zset') dump.push(...(await keys.client.zrange(key, '0', '-1')));
    }
    expect(dump.length).toBeGreaterThan(6);
    expect(dump.join('\n')).not.toMatch(/ann@|example|api-key|session-1/);
  });

  it('has only keys that expire', async () => {
    const redis = keys.open();
    const limiter = redis.rateLimiter('key-3', 1);
    await limiter.of('ann').take();
    await limiter.of('ann').take();
    await limiter.of('ann').block(10);
    await redis.lastRead('ann').set('session-1', '2026-03-01T12:00:00.000Z');
    await redis.ready();
    const names = await keys.keys();
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(await keys.client.pttl(name), name).toBeGreaterThan(0);
  });
});
