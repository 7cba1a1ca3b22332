import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/state/redis/connection.ts';
import { redisLastRead } from '../../../src/state/redis/last-read.ts';
import { redisRateLimiter } from '../../../src/state/redis/rate-limiter.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

type Answer = [wait: number, total: number, records: string] | Error;

/** A limiter of ten requests a minute, one of two replicas, and a Redis that gives these answers and is then away. */
function limiterWith(answers: Answer[], more: { replicas?: number; now?: () => number } = {}) {
  const clock = settableClock();
  clock.pass(5000);
  const sent: (string | number)[][] = [];
  const keys = new Set<string>();
  const connection = {
    async script(_: string, names: readonly string[], values: readonly (string | number)[]) {
      for (const name of names) keys.add(name);
      sent.push([...values]);
      const answer = answers.shift() ?? new Error('away');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as Connection;
  const { replicas = 2, now } = more;
  const options = { connection, prefix: 'p:', account: 'account', perMinute: 10, replicas: () => replicas };
  const limiter = redisRateLimiter({ ...options, clock, now });
  /** Of each command: what was asked, and which records it goes by. */
  const asked = () => sent.map((values) => [values[0], values[6]]);
  return { limiter, clock, sent, asked, keys, ann: limiter.of('ann') };
}

async function takeAll(limiter: { take(): Promise<number> }): Promise<number> {
  for (let n = 0; n < 20; n += 1) if ((await limiter.take()) > 0) return n;
  return 20;
}

describe('a rate limiter on Redis', () => {
  it('asks with hashes and the records that it knows, and does as it is told', async () => {
    const { ann, sent, keys } = limiterWith([
      [0, 1, 'r1'],
      [700, 10, 'r1'],
      [800, 10, 'r1'],
    ]);
    expect([await ann.take(), await ann.take(), await ann.waitMs()]).toEqual([0, 700, 800]);
    const person = expect.stringMatching(/^[\w-]{22}$/);
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(sent).toEqual([
      ['take', '', 10, person, id, 0, ''],
      ['take', '', 10, person, id, 0, 'r1'],
      ['wait', '', 10, person, id, 0, 'r1'],
    ]);
    const names = ['taken', 'counts', 'refused', 'block', 'records'];
    expect([...keys].map((key) => key.replace(/^p:budget:[\w-]{22}:/, ''))).toEqual(names);
    expect(JSON.stringify([sent, [...keys]])).not.toMatch(/ann|account/);
  });

  it('may give the time in place of Redis', async () => {
    const { ann, sent } = limiterWith([[0, 1, 'r1']], { now: () => 77 });
    await ann.take();
    expect(sent[0]?.[1]).toBe(77);
  });

  it('reports what it took if the records were lost, and asks again', async () => {
    const { ann, clock, sent, asked } = limiterWith([
      [0, 1, 'r1'],
      [-1, 0, 'r2'],
      [0, 1, 'r2'],
      [0, 2, 'r2'],
    ]);
    await ann.take();
    clock.pass(1500);
    expect(await ann.take()).toBe(0);
    expect(asked()).toEqual([
      ['take', ''],
      ['take', 'r1'],
      ['report', ''],
      ['take', 'r2'],
    ]);
    const [first, second, report, third] = sent;
    expect(report?.slice(7)).toEqual([`${first?.[4]} ${first?.[3]}`, 1500]);
    expect(third?.[4]).toBe(second?.[4]);
  });

  it('keeps to its share until the others have reported', async () => {
    const answers: Answer[] = [[-1, 0, 'r1'], ...Array.from({ length: 20 }, (): Answer => [0, 1, 'r1'])];
    const { ann, clock, sent } = limiterWith(answers);
    expect(await takeAll(ann)).toBe(5);
    expect(await ann.take()).toBe(10_000);
    clock.pass(9999);
    expect(await ann.take()).toBe(1);
    clock.pass(1);
    const before = sent.length;
    expect(await ann.take()).toBe(0);
    expect(sent).toHaveLength(before + 1);
  });

  it('gives up on records that are lost again and again, and owes a report', async () => {
    const lost: Answer[] = [1, 2, 3].flatMap((n): Answer[] => [
      [-1, 0, `r${n}`],
      [0, 0, `r${n}`],
    ]);
    const { ann, asked } = limiterWith([...lost, [0, 1, 'r4']]);
    expect(await ann.take()).toBe(0);
    expect(asked()).toHaveLength(6);
    await ann.take();
    expect(asked().at(-1)).toEqual(['take', 'report']);
  });
});

describe('while Redis is away', () => {
  it.each([
    [1, 10],
    [2, 5],
    [0, 10],
    [50, 1],
  ])('each of %i replicas takes its share', async (replicas, expected) => {
    expect(await takeAll(limiterWith([], { replicas }).ann)).toBe(expected);
  });

  it('a share is no larger than what was left', async () => {
    const { ann, clock } = limiterWith([[0, 6, 'r1']]);
    await ann.take();
    expect(await takeAll(ann)).toBe(1);
    clock.pass(59_999);
    expect(await ann.take()).toBeGreaterThan(0);
    clock.pass(1);
    expect(await takeAll(ann)).toBe(5);
  });

  it('who may take nothing waits for the end of the minute', async () => {
    const { ann, clock } = limiterWith([[900, 12, 'r1']]);
    expect(await ann.take()).toBe(900);
    clock.pass(20_000);
    expect(await ann.take()).toBe(40_000);
    expect(await ann.waitMs()).toBe(40_000);
  });

  it('waiting takes nothing', async () => {
    const { ann } = limiterWith([]);
    for (let n = 0; n < 9; n += 1) expect(await ann.waitMs()).toBe(0);
    expect(await takeAll(ann)).toBe(5);
    expect(await ann.waitMs()).toBe(60_000);
  });

  it('a block counts here, and is reported later', async () => {
    const { ann, limiter, asked, sent } = limiterWith([new Error('away'), new Error('away'), [0, 0, 'r1']]);
    await ann.block(30);
    expect(sent[0]?.slice(0, 1)).toEqual(['block']);
    expect(sent[0]?.[5]).toBe(30_000);
    expect(await ann.take()).toBe(30_000);
    await limiter.remaining();
    expect(asked().at(-1)).toEqual(['look', 'report']);
  });

  it('a block alone is reported later, too', async () => {
    const { ann, limiter, asked } = limiterWith([new Error('away'), [0, 0, 'r1']]);
    await ann.block(30);
    await limiter.remaining();
    expect(asked()).toEqual([
      ['block', ''],
      ['look', 'report'],
    ]);
  });
});

describe('a block', () => {
  it('is repeated if the records were lost', async () => {
    const { ann, asked } = limiterWith([
      [-1, 0, 'r1'],
      [0, 0, 'r1'],
      [0, 0, 'r1'],
    ]);
    await ann.block(30);
    expect(asked().map(([action]) => action)).toEqual(['block', 'report', 'block']);
  });
});

describe('what is left', () => {
  it.each<[string, Answer[], number]>([
    ['is what Redis says', [[0, 3, 'r1']], 7],
    ['is never negative', [[0, 13, 'r1']], 0],
    ['is nothing while there is a block', [[500, 3, 'r1']], 0],
    [
      'is asked again if the records were lost',
      [
        [-1, 0, 'r1'],
        [0, 0, 'r1'],
        [0, 4, 'r1'],
      ],
      6,
    ],
    ['is the share of this replica while Redis is away', [], 5],
  ])('%s', async (_, answers, expected) => {
    expect(await limiterWith(answers).limiter.remaining()).toBe(expected);
  });

  it('is not looked at for what was not taken', async () => {
    const { limiter, ann, asked } = limiterWith([
      [0, 3, 'r1'],
      [700, 10, 'r1'],
    ]);
    expect([await ann.waitMs(), await ann.take()]).toEqual([0, 700]);
    await limiter.check();
    expect(asked()).toHaveLength(2);
  });

  it('is looked at only if there is something to report', async () => {
    const { limiter, ann, asked } = limiterWith([
      [0, 1, 'r1'],
      [0, 1, 'r1'],
    ]);
    await limiter.check();
    expect(asked()).toEqual([]);
    await ann.take();
    await limiter.check();
    expect(asked()).toEqual([
      ['take', ''],
      ['look', 'r1'],
    ]);
    await expect(limiter.check()).rejects.toThrow('away');
  });
});

describe('last-read marks on Redis', () => {
  const [early, late] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:01.000Z'];

  /** The marks of one process. Redis has these, or is away. */
  function marksWith(stored: Map<string, unknown> | undefined, local = new Map<string, string>()) {
    const redis = {
      get: async (key: string) => stored?.get(key) ?? null,
      set: async (key: string, ...value: unknown[]) => void stored?.set(key, value),
    };
    const connection = {
      async run(work: (given: typeof redis) => unknown) {
        if (stored === undefined) throw new Error('away');
        return work(redis);
      },
    } as unknown as Connection;
    return { local, of: (principal: string) => redisLastRead(connection, 'p:', local, principal) };
  }

  it('are stored for a week, by hashes', async () => {
    const stored = new Map<string, unknown>();
    await marksWith(stored).of('ann').set('s1', early);
    expect([...stored]).toEqual([[expect.stringMatching(/^p:read:[\w-]{43}$/), [early, 'EX', 604_800]]]);
  });

  it('are the later ones of Redis and of this process', async () => {
    const stored = new Map<string, unknown>();
    const { of, local } = marksWith(stored);
    expect(await of('ann').get('s1')).toBeUndefined();
    await of('ann').set('s1', early);
    const [key = ''] = local.keys();
    for (const [there, here, expected] of [
      [late, early, late],
      [early, late, late],
      [undefined, early, early],
      [early, undefined, early],
    ] as const) {
      stored.set(key, there);
      if (here === undefined) local.delete(key);
      else local.set(key, here);
      expect(await of('ann').get('s1')).toBe(expected);
    }
    expect(await of('ben').get('s1')).toBeUndefined();
  });

  it('are those of this process while Redis is away', async () => {
    const marks = marksWith(undefined).of('ann');
    await marks.set('s1', early);
    expect(await marks.get('s1')).toBe(early);
  });

  it('that were set longest ago are forgotten here when there are too many', async () => {
    const { of, local } = marksWith(undefined);
    const marks = of('ann');
    await marks.set('s0', early);
    for (let n = 1; n < 10_000; n += 1) local.set(`k${n}`, early);
    await marks.set('s0', late);
    await marks.set('s1', late);
    expect([local.size, local.has('k1'), local.has('k2')]).toEqual([10_000, false, true]);
    expect(await marks.get('s0')).toBe(late);
  });
});
