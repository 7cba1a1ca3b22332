// Starts servers that print the address of their MCP endpoint, and measures them under load.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { people, requestOf } from './contenders.mjs';

const connections = 64;
/** Calls at once while people connect. */
const inFlight = 16;
/** Before that, a server spends much of its time compiling code. */
export const warmUpCalls = 6000;
const calls = 1500;
/** Wait before memory is measured, so that garbage of the last call is collected. */
const settleMs = 500;

/** Starts a server. `ready` is the time in ms from spawn to the answer to `tools/list`. */
export async function start({ args, env, era }) {
  const from = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-2000);
  });
  let url;
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    url = /http:\/\/[\d.]+:\d+\/mcp/.exec(printed)?.[0];
    if (url) break;
  }
  if (!url) throw new Error(`${args.join(' ')} exited:\n${stderr}`);
  child.stdout.resume();
  const first = requestOf(era, 0, 'tools/list', {});
  // fastmcp tells its address before it listens.
  while (!(await post(url, first, 'get_session').then(() => true, ifRefused))) await sleep(5);
  return {
    url,
    readyMs: performance.now() - from,
    stop() {
      process.off('exit', kill);
      kill();
    },
    /** CPU time of all threads so far, in milliseconds. Linux only. */
    cpuMs() {
      const ns = readdirSync(`/proc/${child.pid}/task`).map((thread) =>
        Number(readFileSync(`/proc/${child.pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
      );
      return ns.reduce((sum, one) => sum + one) / 1_000_000;
    },
    memoryMb() {
      const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      return Number(kb) / 1024;
    },
  };
}

/** Calls `get_session` over all connections, spread over the servers, before anything is measured. */
export const warmUp = (servers, era, sessionIds) => load(servers, era, sessionIds, warmUpCalls);

/** @returns calls per second, CPU of the servers per call in µs, and the 99th percentile of the time of a call in ms. */
export async function measureLoad(servers, era, sessionIds) {
  const cpuBefore = total(servers.map((server) => server.cpuMs()));
  const from = performance.now();
  const { times, endedAt } = await load(servers, era, sessionIds, calls);
  const seconds = (endedAt - from) / 1000;
  const cpuMs = total(servers.map((server) => server.cpuMs())) - cpuBefore;
  times.sort((a, b) => a - b);
  return {
    perSecond: times.length / seconds,
    cpuUs: (cpuMs * 1000) / times.length,
    p99Ms: times[Math.floor(times.length * 0.99)],
  };
}

async function load(servers, era, sessionIds, amount) {
  const times = [];
  let endedAt = 0;
  let sent = 0;
  await Promise.all(
    servers.map(async ({ url }) => {
      const run = autocannon({
        url,
        connections: Math.ceil(connections / servers.length),
        amount: Math.ceil(amount / servers.length),
        // On a busy machine, the slow servers take longer than the usual ten seconds.
        timeout: 60,
        requests: [
          {
            setupRequest(one) {
              sent += 1;
              const session_id = sessionIds[sent % sessionIds.length];
              const params = { name: 'get_session', arguments: { session_id } };
              return { ...one, ...requestOf(era, sent % people, 'tools/call', params) };
            },
          },
        ],
      });
      run.on('response', (_client, _status, _bytes, ms) => {
        times.push(ms);
        // autocannon itself ends at a full second.
        endedAt = performance.now();
      });
      const { errors, non2xx } = await run;
      if (errors + non2xx > 0)
        throw new Error(`${url}: ${errors} errors, ${non2xx} responses other than 2xx`);
    }),
  );
  return { times, endedAt };
}

/**
 * @returns the memory of a server in MB when 1,000 people are connected, and each has called it. A person has a
 * connection of their own.
 */
export async function measureMemory(server, era, sessionIds) {
  const agents = Array.from({ length: people }, () => new Agent({ keepAlive: true }));
  let next = 0;
  const worker = async () => {
    for (let person = next++; person < people; person = next++) {
      const session_id = sessionIds[person % sessionIds.length];
      const params = { name: 'get_session', arguments: { session_id } };
      await post(server.url, requestOf(era, person, 'tools/call', params), session_id, agents[person]);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  await sleep(settleMs);
  const memoryMb = server.memoryMb();
  for (const agent of agents) agent.destroy();
  return { memoryMb };
}

/** @throws if the answer does not contain the expected text. */
async function post(url, { body, ...options }, expected, agent) {
  const response = await new Promise((resolve, reject) => {
    request(url, { ...options, agent }, resolve)
      .on('error', reject)
      .end(body);
  });
  const answer = await text(response);
  if (!answer.includes(expected)) throw new Error(`${url}: ${response.statusCode} ${answer.slice(0, 500)}`);
}

function ifRefused(error) {
  if (error.code !== 'ECONNREFUSED') throw error;
  return false;
}

const total = (numbers) => numbers.reduce((sum, one) => sum + one, 0);
