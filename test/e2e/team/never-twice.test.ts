import { expect, it } from 'vitest';
import { sendStorm } from '../../support/replicas/send-storm.ts';
import { postgresUrl } from '../../support/state/postgres.ts';
import { redisUrl } from '../../support/state/redis.ts';

/** `npm run soak -- replicas` sets these for a longer run. */
const messages = Number(process.env['SOAK_SIZE'] ?? 12);
const seed = Number(process.env['SOAK_SEED'] ?? 1);
/** One is left when another is killed. */
const replicas = process.env['SOAK_SIZE'] ? 3 : 2;
const callTimeoutMs = process.env['SOAK_SIZE'] ? 3000 : 1200;
const patienceMs = process.env['SOAK_SIZE'] ? 300_000 : 30_000;
const rounds = Math.max(1, Math.round(messages / 33));

it.skipIf(postgresUrl === undefined || redisUrl === undefined)(
  `confirmed messages arrive once while replicas are killed, Redis is emptied and PostgreSQL is cut off (seed ${seed})`,
  async () => {
    const { size, ...storm } = await sendStorm({
      seed,
      replicas,
      messages,
      rounds,
      callTimeoutMs,
      patienceMs,
    });
    if (process.env['SOAK_SIZE']) process.stderr.write(`${JSON.stringify({ ...size, ...storm })}\n`);
    expect(storm).toEqual({ doubled: [], lost: [], undecided: [], open: 0, brokenLines: 0 });
    expect(size.kills).toBe(rounds);
    // Each message takes the question and the answer to it.
    expect(size.calls).toBeGreaterThanOrEqual(2 * messages);
  },
  60_000 + messages * 1000,
);
