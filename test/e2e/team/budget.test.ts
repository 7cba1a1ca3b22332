import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countingApi } from '../../support/replicas/counting-api.ts';
import { callTool, isAnswer } from '../../support/replicas/request-by-hand.ts';
import { serveTeam } from '../../support/replicas/served-team.ts';
import { postgresUrl } from '../../support/state/postgres.ts';
import { redisUrl } from '../../support/state/redis.ts';

/** `npm run soak -- budgets` sets it to the seconds of a longer run. */
const seconds = Number(process.env['SOAK_SIZE'] ?? 0);
const perMinute = seconds > 0 ? 600 : 40;
/** What a person who is alone leaves to whoever comes next. */
const spare = perMinute / 20;
const windowMs = 60_000;

/** Many more than the replicas, so that all of them are always asked. */
const connections = seconds > 0 ? 48 : 12;

/** A team with one busy person, who calls without end over this many connections, and a calm one. */
async function setUp() {
  const api = await countingApi();
  const team = await serveTeam({
    replicas: 3,
    workspaces: { acme: api },
    people: ['busy', 'calm'].map((name) => ({ name, workspace: 'acme' })),
    requestsPerMinute: perMinute,
  });
  const agent = new Agent({ keepAlive: true });
  let isOver = false;
  const get = (name: string, session_id: string) =>
    callTool({ ...team.person(name), agent }, 'get_session', { session_id });
  const worker = async () => {
    while (!isOver) await get('busy', 'b').catch(() => {});
  };
  const working = Array.from({ length: connections }, worker);
  onTestFinished(async () => {
    isOver = true;
    agent.destroy();
    await team.close();
    await api.close();
    await Promise.all(working);
  });
  return { api, calm: () => get('calm', 'c') };
}

/** The most requests that arrived within any minute. */
function mostInAMinute(arrivals: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [last, at] of arrivals.entries()) {
    while ((arrivals[first] ?? 0) <= at - windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

describe.skipIf(postgresUrl === undefined || redisUrl === undefined)('three replicas', () => {
  it('let one person take all but a twentieth of the budget, and give that to another at once', async () => {
    const { api, calm } = await setUp();
    while (api.arrivals.length < perMinute - spare) await pause(10);
    expect(await calm()).toSatisfy(isAnswer);
    expect(api.arrivals).toHaveLength(perMinute - spare + 1);
  });

  it.runIf(seconds > 0)(
    'never exceed the budget together, and nobody starves',
    async () => {
      const { api, calm } = await setUp();
      const waits: number[] = [];
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        const from = performance.now();
        expect(await calm()).toSatisfy(isAnswer);
        waits.push(performance.now() - from);
        await pause(1500);
      }
      waits.sort((a, b) => a - b);
      const most = mostInAMinute(api.arrivals);
      const longest = waits.at(-1) ?? 0;
      process.stderr.write(
        `${JSON.stringify({ perMinute, most, requests: api.arrivals.length, calls: waits.length, medianWaitMs: waits[waits.length >> 1], longest })}\n`,
      );
      expect(most).toBeLessThanOrEqual(perMinute * 1.02);
      expect(most).toBeGreaterThan(perMinute * 0.9);
      // Less than a call may take: it is slow only because the machine is busy.
      expect(longest).toBeLessThan(10_000);
    },
    seconds * 1000 + 60_000,
  );
});
