import { randomUUID } from 'node:crypto';
import { afterAll, describe } from 'vitest';
import { describeLastRead } from '../../support/state/last-read-contract.ts';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';
import { settableClock } from '../../support/state/settable-clock.ts';
import { describeSharedRateLimiter } from '../../support/state/shared-rate-limiter-contract.ts';

describe.skipIf(redisUrl === undefined)('Redis', () => {
  const keys = testPrefix();
  afterAll(() => keys.close());
  const clock = settableClock();
  let opened: ReturnType<typeof keys.open>[] = [];
  // The first test opens it. Whatever `beforeAll` uses, mutation tests count as used by every test.
  const replicas = () => {
    if (opened.length === 0) opened = [1, 2].map(() => keys.open({ clock, now: clock.now }));
    return opened;
  };

  describeSharedRateLimiter('a budget', {
    open(perMinute) {
      const account = randomUUID();
      const [one, other] = replicas().map((replica) => replica.rateLimiter(account, perMinute));
      let asked = 0;
      const next = () => {
        asked += 1;
        return (asked % 2 === 0 ? one : other) ?? one;
      };
      // Each request comes to another replica.
      return {
        of: (person) => ({
          take: async () => (await next())?.of(person).take() ?? Number.NaN,
          waitMs: async () => (await next())?.of(person).waitMs() ?? Number.NaN,
          block: async (seconds) => next()?.of(person).block(seconds),
        }),
        remaining: async () => next()?.remaining() ?? Number.NaN,
      };
    },
    pass: async (ms) => clock.pass(ms),
  });

  describeLastRead('last-read marks', () => {
    const place = randomUUID();
    let asked = 0;
    return (principal) => {
      asked += 1;
      return replicas()[asked % 2]?.lastRead(`${place} ${principal}`) as never;
    };
  });
});
