import { once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { countingApi } from '../../support/replicas/counting-api.ts';
import { callTool, isAnswer } from '../../support/replicas/request-by-hand.ts';
import { serveTeam } from '../../support/replicas/served-team.ts';
import { postgresUrl } from '../../support/state/postgres.ts';
import { redisUrl } from '../../support/state/redis.ts';

/** `npm run soak -- drain` sets it: the number of replicas that are replaced. A replica takes five to ten seconds to end. */
const restarts = Number(process.env['SOAK_SIZE'] ?? 0);
const connections = 24;
/** How often the load balancer asks whether a replica is ready: seldom, so that it is late. */
const checkMs = 5000;

it.runIf(restarts > 0 && postgresUrl !== undefined && redisUrl !== undefined)(
  'replicas that end on SIGTERM under load fail no call',
  async () => {
    const api = await countingApi();
    const team = await serveTeam({
      replicas: 3,
      workspaces: { acme: api },
      people: [{ name: 'ada', workspace: 'acme' }],
      host: '0.0.0.0',
    });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(async () => {
      agent.destroy();
      await team.close();
      await api.close();
    });
    let isOver = false;
    let calls = 0;
    const failed: string[] = [];
    /** When the load balancer noticed that a replica is not ready. */
    const noticed = new Map<string, number>();
    let longestMs = 0;
    const worker = async (_: unknown, index: number) => {
      const caller = { ...team.person('ada'), agent, isLegacy: index % 2 === 0 };
      while (!isOver) {
        const answer = await callTool(caller, 'get_session', { session_id: 's' }).catch(String);
        calls += 1;
        if (typeof answer === 'string') failed.push(answer);
        else if (!isAnswer(answer)) failed.push(`${answer.status} ${answer.text}`);
      }
    };
    const checks = async () => {
      while (!isOver) {
        await pause(checkMs);
        for (const { url } of [...team.replicas]) {
          const ready = await fetch(`${url}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          );
          const at = team.balancer.targets.indexOf(url);
          if (ready || at < 0) continue;
          team.balancer.targets.splice(at, 1);
          noticed.set(url, performance.now());
        }
      }
    };
    const running = [...Array.from({ length: connections }, worker), checks()];
    for (let n = 0; n < restarts; n += 1) {
      const replica = team.replicas[n % team.replicas.length];
      if (replica === undefined) throw new Error('There is no replica left.');
      const ended = once(replica.process, 'exit');
      const from = performance.now();
      replica.process.kill('SIGTERM');
      await team.launch();
      expect(await ended).toEqual([0, null]);
      longestMs = Math.max(longestMs, (noticed.get(replica.url) ?? Number.POSITIVE_INFINITY) - from);
      team.replicas.splice(team.replicas.indexOf(replica), 1);
    }
    isOver = true;
    await Promise.all(running);
    process.stderr.write(`${JSON.stringify({ restarts, calls, failed: failed.length, longestMs })}\n`);
    // Otherwise the machine is too busy for a load balancer, and the server stops before it is noticed.
    expect(longestMs).toBeLessThan(11_000);
    expect({ failed, broken: team.balancer.broken }).toEqual({ failed: [], broken: [] });
    expect(calls).toBeGreaterThan(restarts * connections);
  },
  60_000 + restarts * 30_000,
);
