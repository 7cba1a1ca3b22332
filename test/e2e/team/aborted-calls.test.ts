import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { seeded } from '../../support/fakes/fakes.ts';
import { type Holdings, inspect, inspectorAddress } from '../../support/faults/inspector.ts';
import { countingApi } from '../../support/replicas/counting-api.ts';
import { callTool, isAnswer } from '../../support/replicas/request-by-hand.ts';
import { serveTeam } from '../../support/replicas/served-team.ts';
import { postgresUrl } from '../../support/state/postgres.ts';
import { redisUrl } from '../../support/state/redis.ts';

/** `npm run soak -- abort` sets these for a longer run. */
const size = Number(process.env['SOAK_SIZE'] ?? 100);
const seed = Number(process.env['SOAK_SEED'] ?? 1);
const atOnce = 32;
/** Before the first look, so that code is compiled and pools are filled. */
const warmUp = Math.min(1500, size);
/** For compiled code and caches. A run of 10,000 calls shows a leak of 200 bytes a call. */
const settlingBytes = 2_000_000;

it.skipIf(postgresUrl === undefined || redisUrl === undefined)(
  `calls that clients abort leave nothing behind (seed ${seed})`,
  async () => {
    // Half of the sessions are never answered.
    const api = await countingApi((path) => path.endsWith('held'));
    const team = await serveTeam({
      replicas: 1,
      workspaces: { acme: api },
      people: [{ name: 'ada', workspace: 'acme' }],
      env: { NODE_OPTIONS: '--inspect=127.0.0.1:0', OPENCX_LOG_LEVEL: 'warn' },
    });
    onTestFinished(async () => {
      await team.close();
      await api.close();
    });
    const [replica] = team.replicas;
    const inspector = await inspect(inspectorAddress.exec(replica?.log() ?? '')?.[0] ?? '');
    onTestFinished(() => inspector.close());
    const random = seeded(seed);

    /** @returns how many calls were aborted before they were answered. */
    async function abortCalls(count: number): Promise<number> {
      // Connections are cut with their calls, and those of the others end here.
      const agent = new Agent({ keepAlive: true });
      let left = count;
      let aborted = 0;
      const worker = async () => {
        while (left > 0) {
          left -= 1;
          const cancel = new AbortController();
          const caller = {
            token: team.person('ada').token,
            url: `${replica?.url}/mcp`,
            agent,
            isLegacy: random.chance(0.5),
          };
          // With progress, an older version answers by a stream.
          const params = caller.isLegacy && random.chance(0.5) ? { _meta: { progressToken: 1 } } : {};
          const session_id = random.chance(0.5) ? 'held' : 'answered';
          const call = callTool(caller, 'get_session', { session_id }, { signal: cancel.signal, ...params });
          const outcome = call.then(
            () => 0,
            () => 1,
          );
          // At any point: before the request has left, while it waits for the API, or while it is answered.
          if (random.chance(0.8)) await pause(random.below(30));
          cancel.abort();
          aborted += await outcome;
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      agent.destroy();
      return aborted;
    }
    /** What is held once nothing is under way. */
    async function look(): Promise<Holdings> {
      let before = await inspector.look();
      for (let tries = 0; tries < 100; tries += 1) {
        await pause(100);
        const now = await inspector.look();
        const isStill = JSON.stringify(now.resources) === JSON.stringify(before.resources);
        if (isStill && api.held() === 0) return now;
        before = now;
      }
      return before;
    }

    await abortCalls(warmUp);
    const first = await look();
    const aborted = await abortCalls(size);
    const last = await look();
    expect(aborted).toBeGreaterThan(size / 2);
    expect(api.held()).toBe(0);
    const growth = last.heap - first.heap;
    if (process.env['SOAK_SIZE'])
      process.stderr.write(`${JSON.stringify({ size, aborted, growth, first, last })}\n`);
    for (const [kind, count] of Object.entries(last.resources)) {
      // The pool keeps up to one connection for each call at once, and each has a timer.
      expect
        .soft({ kind, grows: count > (first.resources[kind] ?? 0) + atOnce })
        .toEqual({ kind, grows: false });
    }
    expect(last.listeners).toBeLessThanOrEqual(first.listeners);
    expect(growth).toBeLessThan(settlingBytes);
    // It still answers.
    const answer = await callTool(team.person('ada'), 'get_session', { session_id: 'answered' });
    expect(isAnswer(answer)).toBe(true);
  },
  60_000 + size * 50,
);
