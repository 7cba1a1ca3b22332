import { expect, it } from 'vitest';
import { mixWorkspaces } from '../../support/replicas/two-workspaces.ts';
import { postgresUrl } from '../../support/state/postgres.ts';
import { redisUrl } from '../../support/state/redis.ts';

/** `npm run soak -- isolation` sets these for a longer run. */
const calls = Number(process.env['SOAK_SIZE'] ?? 150);
const seed = Number(process.env['SOAK_SEED'] ?? 1);
const replicas = process.env['SOAK_SIZE'] ? 3 : 1;

it.skipIf(postgresUrl === undefined || redisUrl === undefined)(
  `nothing of one workspace reaches people of another, and nothing of one person another (seed ${seed})`,
  async () => {
    const { size, ...mixture } = await mixWorkspaces({ seed, calls, replicas });
    if (process.env['SOAK_SIZE']) process.stderr.write(`${JSON.stringify({ ...size, ...mixture })}\n`);
    expect(mixture).toEqual({ crossed: [], leaked: [], allowed: [], wrongMarks: [], foreignRecords: 0 });
    expect(size.sends).toBeGreaterThan(calls / 50);
    expect(size.attacks).toBeGreaterThan(calls / 10);
  },
  60_000 + calls * 300,
);
