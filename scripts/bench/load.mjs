// Load test of the sandbox with a small and a large organisation, on SQLite and PostgreSQL, compared with bare Hono routes
// that answer the same bytes from memory. All targets alternate in one run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { openDatabases } from './fixtures/databases.mjs';
import { fill, startSandbox } from './fixtures/sandbox.mjs';

const sizes = [1000, 100_000];
const connections = 16;
/** Duration of one measurement. Short, so that other load on the machine affects all targets alike. */
const seconds = 2;
/** The first round is a warm-up and is not counted. */
const rounds = 5;
/** Number of sessions to read from and send to. */
const sampleSize = 1000;
/** The API's documented rate limit per key, in requests per minute. */
const rateLimit = 100;

export const title = 'The sandbox under load';

export async function measure() {
  const databases = await openDatabases('bench_load');
  const targets = [];
  try {
    for (const engine of databases.engines) {
      for (const size of sizes) {
        const database = await databases.create(engine);
        const fillSeconds = fill(database, size);
        const sandbox = await startSandbox(database);
        targets.push({ engine, size, fillSeconds, ...sandbox, requests: await prepareRequests(sandbox) });
      }
    }
    await databases.vacuum();
    const operations = Object.keys(targets[0].requests);
    const bare = await startBare(targets.at(-1), operations);
    targets.unshift(bare);

    const rows = [];
    for (const operation of operations) {
      const times = new Map(targets.map((target) => [target, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const target of targets) {
          const ms = await load(target, target.requests[operation]);
          if (round > 0) times.get(target).push(...ms);
        }
      }
      rows.push({ operation, figures: targets.map((target) => figures(times.get(target))) });
    }
    return page(targets, rows);
  } finally {
    for (const { stop } of targets) stop();
    await databases.close();
  }
}

/** @returns a pool of requests for each operation. */
async function prepareRequests({ url, key }) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const get = (path) => ({ method: 'GET', path, headers });
  const read = async (path) => (await fetch(url + path, { headers })).json();

  // Samples sessions at random times. The demo data is spread evenly over time.
  const oldest = await findOldest(read);
  const ids = [];
  const starts = [];
  while (ids.length < sampleSize) {
    const at = oldest + Math.random() * (Date.now() - oldest);
    starts.push(new Date(at).toISOString());
    const { items } = await read(`/chat/sessions?created_before=${starts.at(-1)}`);
    ids.push(...items.map(({ id }) => id));
  }
  const { next } = await read(`/chat/sessions?created_before=${starts[0]}`);
  const day = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const filters = [
    '',
    '?status=open',
    '?status=closed_resolved&channel_type=email',
    '?handed_off=true&status=open',
    `?updated_after=${day}`,
    ...(next === null ? [] : [`?cursor=${next}`]),
    ...starts.slice(0, 4).map((start) => `?created_before=${start}`),
  ];
  const body = JSON.stringify({
    sender: 'agent',
    message: {
      type: 'text',
      text: 'The carrier has your parcel at its depot; it goes out tomorrow before noon.',
    },
    custom_data: { stage: 'answered' },
  });
  return {
    list: filters.map((filter) => get(`/chat/sessions${filter}`)),
    search: ['tent', 'refund invoice', 'the', 'ord_20042', 'ada', 'wareh'].map((words) =>
      get(`/chat/sessions/search?q=${encodeURIComponent(words)}`),
    ),
    get: ids.map((id) => get(`/chat/sessions/${id}`)),
    history: ids.map((id) => get(`/chat/sessions/${id}/history`)),
    send: ids.map((id) => ({ method: 'POST', path: `/chat/sessions/${id}/send`, headers, body })),
  };
}

/** Finds the start of the oldest session, to within a day, by binary search. */
async function findOldest(read) {
  const day = 24 * 3_600_000;
  let [late, early] = [Date.now(), Date.now() - 10_000 * day];
  while (late - early > day) {
    const middle = (late + early) / 2;
    const { items } = await read(`/chat/sessions?created_before=${new Date(middle).toISOString()}`);
    if (items.length > 0) late = middle;
    else early = middle;
  }
  return late;
}

/** Sends random requests over all connections. @returns the duration of each in milliseconds. */
async function load({ url }, requests) {
  const ms = [];
  const run = autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        setupRequest(request) {
          const picked = requests[Math.floor(Math.random() * requests.length)];
          // A copy, because autocannon adds Content-Length to the headers.
          return { ...request, ...picked, headers: { ...picked.headers } };
        },
      },
    ],
  });
  run.on('response', (_client, _status, _bytes, took) => ms.push(took));
  const { errors, non2xx } = await run;
  if (errors + non2xx > 0) throw new Error(`${url}: ${errors} errors, ${non2xx} responses other than 2xx`);
  return ms;
}

function figures(ms) {
  ms.sort((a, b) => a - b);
  const quantile = (fraction) => ms[Math.floor(ms.length * fraction)];
  return { perSecond: ms.length / ((rounds - 1) * seconds), median: quantile(0.5), p99: quantile(0.99) };
}

async function startBare({ url, requests }, operations) {
  const child = spawn(process.execPath, ['scripts/bench/fixtures/bare.mjs'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const bodies = {};
  for (const operation of operations) {
    const { path, ...rest } = requests[operation][0];
    bodies[`/${operation}`] = await (await fetch(url + path, rest)).text();
  }
  child.stdin.end(JSON.stringify(bodies));
  const [line] = await once(child.stdout, 'data');
  const bareRequests = operations.map((operation) => {
    const { path: _, ...rest } = requests[operation][0];
    return [operation, [{ ...rest, path: `/${operation}` }]];
  });
  return { url: String(line).trim(), requests: Object.fromEntries(bareRequests), stop: () => child.kill() };
}

function page([, ...sandboxes], rows) {
  const whole = (number) => Math.round(number).toLocaleString('en');
  const names = sandboxes.map(({ engine, size }) => `${engine}, ${whole(size)} sessions`);
  const cell = ({ perSecond, median, p99 }) =>
    `${whole(perSecond)} (${median.toFixed(1)}, ${p99.toFixed(1)})`;
  const table = rows.map(({ operation, figures }) => `| ${[operation, ...figures.map(cell)].join(' | ')} |`);
  const filled = sandboxes.map(({ fillSeconds }, index) => `${names[index]}: ${fillSeconds.toFixed(0)} s`);
  const perSecond = (operation, index) =>
    rows.find((row) => row.operation === operation).figures[index + 1].perSecond;
  const capacities = sandboxes.flatMap(({ engine, size }, index) =>
    size === sizes.at(-1)
      ? [
          `${whole((perSecond('get', index) * 60) / rateLimit)} clients that read sessions or ${whole((perSecond('send', index) * 60) / rateLimit)} that send messages (${engine})`,
        ]
      : [],
  );
  return `Each sandbox is one process with its rate limit off. It is filled with demo data of the size in the column header (\`--seed\`, about six events per
session). For each figure, ${connections} connections send requests without pause for a total of ${(rounds - 1) * seconds} s. All columns alternate in one run. \`list\` uses ten
combinations of filters and positions, \`search\` uses six queries, and the other operations use sessions from the whole organisation. The bare
routes answer the same bytes from memory, without checking a key and without a database. The load generator, the sandbox and PostgreSQL share
the machine's cores.

| requests per second (median ms, p99 ms) | bare Hono route | ${names.join(' | ')} |
| --- | ${['---', ...names.map(() => '---')].join(' | ')} |
${table.join('\n')}

Time to fill: ${filled.join('; ')}.

A sandbox is one process and uses one core.

- On SQLite, queries run on that core too. Each write waits for the disk and blocks all other requests, so more clients do not increase the writes
  per second.
- On PostgreSQL, writes wait for the disk in groups of ten. Each read adds a round trip to the database server.
- Both databases rank only the newest 1,000 matches of a search, but SQLite counts all of them.
- On PostgreSQL, more sandboxes behind a load balancer use more cores, until the database server runs out of cores. On the same machine, as here, they
  compete with the database server for cores.

At the documented ${rateLimit} requests per minute, one sandbox with ${whole(sizes.at(-1))} sessions serves
${capacities.join('; ')}.`;
}
