// Compares the HTTP door with other servers: calls, start and memory, and one replica with three.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { contenders, people } from './http/contenders.mjs';
import { measureLoad, measureMemory, start, warmUp, warmUpCalls } from './http/measures.mjs';
import { alternate, median } from './server/statistics.mjs';
import { startUpstream } from './server/upstream.mjs';

const loadRounds = 5;
const startRounds = 3;
/** Ratios compare each server with the plain server on the second generation of the SDK, in the same version. */
const baseline = ({ era }) => `v2, ${era}`;

export const title = 'The server for a team';

export async function measure() {
  // Each server that runs is stopped at the end of this process.
  process.setMaxListeners(30);
  const upstream = await startUpstream();
  const shared = await openShared();
  try {
    const servers = await contenders(upstream, shared?.env);
    for (const server of servers) server.label = `${server.name}, ${server.era}`;
    const named = servers.map((server) => ({ server, name: server.label }));
    const starts = await alternate(startRounds, named, async ({ server }) => {
      const started = await start(server);
      const memory = await measureMemory(started, server.era, upstream.sessionIds);
      started.stop();
      return { startMs: started.readyMs, ...memory };
    });
    const loads = await measureLoads(named, upstream.sessionIds);
    const growth = shared && (await measureGrowth(servers.at(-1), upstream.sessionIds));
    return page(servers, { ...starts, ...loads }, growth);
  } finally {
    await shared?.close();
    upstream.end();
  }
}

/** All servers run at once, and are loaded in turn. */
async function measureLoads(named, sessionIds) {
  const running = new Map();
  try {
    for (const { server, name } of named) {
      const started = await start(server);
      running.set(name, started);
      await warmUp([started], server.era, sessionIds);
    }
    return await alternate(loadRounds, named, ({ server, name }) =>
      measureLoad([running.get(name)], server.era, sessionIds),
    );
  } finally {
    for (const { stop } of running.values()) stop();
  }
}

/** The last contender shares its state. @returns its figures for one replica and for three. */
async function measureGrowth(server, sessionIds) {
  const replicas = [];
  try {
    for (let n = 0; n < 3; n += 1) replicas.push(await start(server));
    await warmUp(replicas, server.era, sessionIds);
    const sizes = [1, 3].map((size) => ({ name: String(size), used: replicas.slice(0, size) }));
    return await alternate(loadRounds, sizes, ({ used }) => measureLoad(used, server.era, sessionIds));
  } finally {
    for (const { stop } of replicas) stop();
  }
}

/** A schema and a prefix of our own on the services of this machine; undefined without them. */
async function openShared() {
  const postgres = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test';
  const redis = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
  const schema = `bench_http_${randomUUID().replaceAll('-', '')}`;
  const database = new pg.Client({ connectionString: postgres, connectionTimeoutMillis: 3000 });
  const cache = new Redis(redis, { lazyConnect: true, retryStrategy: () => null });
  cache.on('error', () => {});
  try {
    await database.connect();
    await cache.connect();
  } catch (error) {
    process.stderr.write(`Without shared state: ${error.message}\n`);
    await database.end().catch(() => {});
    return undefined;
  }
  const [databaseUrl, redisUrl] = [new URL(postgres), new URL(redis)];
  databaseUrl.searchParams.set('schema', schema);
  redisUrl.searchParams.set('keyPrefix', `${schema}:`);
  return {
    env: { OPENCX_DATABASE_URL: databaseUrl.href, OPENCX_REDIS_URL: redisUrl.href },
    async close() {
      await database.query(`drop schema if exists ${schema} cascade`);
      await database.end();
      const keys = await cache.keys(`${schema}:*`);
      if (keys.length > 0) await cache.del(keys);
      cache.disconnect();
    },
  };
}

function page(servers, figures, growth) {
  const columns = [
    ['cpuUs', 0],
    ['perSecond', 0],
    ['p99Ms', 0],
    ['startMs', 0],
    ['memoryMb', 0],
  ];
  const rows = servers.map((server) => {
    const cells = columns.map(([figure, digits]) => {
      const values = figures[figure][server.label];
      const ratios = values.map((value, round) => value / figures[figure][baseline(server)][round]);
      return `${median(values).toFixed(digits)} (${median(ratios).toFixed(2)})`;
    });
    return `| ${[server.name, server.era, ...cells].join(' | ')} |`;
  });
  return `Every server answers \`get_session\` at one address, from the API of the first section. ${people.toLocaleString('en')} people with tokens call it, over 64 connections.

- \`this server\` signs them in, keeps to a budget, checks arguments, presents the session, and remembers what each has read. With \`shared state\`
  it uses PostgreSQL and Redis.
- \`v1\` and \`v2\`: servers with this one tool and \`fetch\`, written as the guides of both generations of the SDK show; \`v1\` without sessions.
- \`fastmcp\`: the same, as the guide of fastmcp shows, without sessions. It has only the older version of the protocol.
- \`bare route\`: JSON-RPC by hand on \`node:http\`, with undici. It checks nothing.

Each of the ${loadRounds} rounds loads every server, one after another (${startRounds} rounds for start and memory), after ${warmUpCalls.toLocaleString('en')} calls to warm it up. Values are medians.
The number in brackets is the median of the ratios to \`v2\` in the same version of the protocol and the same round. The servers, the load generator, the API and the services
share the machine's cores with whatever else runs there, so the ratios of CPU per call say more than times and calls per second. Memory is that of the process with ${people.toLocaleString('en')} people connected,
after a call of each.

| | version | CPU per call, µs | calls per second | p99, ms | start to \`tools/list\`, ms | memory, MB |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
${growth ? growthText(growth) : ''}`;
}

function growthText({ perSecond, cpuUs, p99Ms }) {
  const ratio = median(perSecond[3].map((value, round) => value / perSecond[1][round]));
  const figures = (size) =>
    `${median(perSecond[size]).toFixed(0)} calls per second, ${median(cpuUs[size]).toFixed(0)} µs of CPU per call, p99 ${median(p99Ms[size]).toFixed(0)} ms`;
  return `
One replica with shared state: ${figures(1)}. Three replicas: ${figures(3)}, ${ratio.toFixed(1)} times as many calls by the median of the ratios.
`;
}
