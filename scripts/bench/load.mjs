// The sandbox under load, with a small and with a large organisation, on SQLite and on PostgreSQL, beside bare Hono routes
// that answer the same bytes from memory. All of them are alternated in one run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { openDatabases } from './fixtures/databases.mjs';
import { fill, startSandbox } from './fixtures/sandbox.mjs';

const sizes = [1000, 100_000];
const connections = 16;
/** Each is measured for so long at a time, so that what else the machine does meets all alike. */
const seconds = 2;
/** The first warms up and is not counted. */
const rounds = 5;
/** Sessions that are read and written. */
const sampled = 1000;
/** Requests a minute of one key, as the API documents it. */
const documented = 100;

export const title = 'The sandbox under load';

export async function measure() {
  const databases = await openDatabases('bench_load');
  const targets = [];
  try {
    for (const engine of databases.engines) {
      for (const size of sizes) {
        const database = await databases.make(engine);
        const filledIn = fill(database, size);
        const sandbox = await startSandbox(database);
        targets.push({ engine, size, filledIn, ...sandbox, requests: await requestsOf(sandbox) });
      }
    }
    await databases.settle();
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

/** What is asked of a sandbox: for each operation the requests that are drawn from. */
async function requestsOf({ url, key }) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const get = (path) => ({ method: 'GET', path, headers });
  const read = async (path) => (await fetch(url + path, { headers })).json();

  // Sessions from all over the list, found by time: the demo data goes back evenly.
  const oldest = await oldestOf(read);
  const ids = [];
  const starts = [];
  while (ids.length < sampled) {
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

/** When the oldest session began: the time before which there is none, to a day. */
async function oldestOf(read) {
  const day = 24 * 3_600_000;
  let [some, none] = [Date.now(), Date.now() - 10_000 * day];
  while (some - none > day) {
    const middle = (some + none) / 2;
    const { items } = await read(`/chat/sessions?created_before=${new Date(middle).toISOString()}`);
    if (items.length > 0) some = middle;
    else none = middle;
  }
  return some;
}

/** Sends requests, drawn at random, over all connections. @returns how many milliseconds each took. */
async function load({ url }, requests) {
  const ms = [];
  const run = autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        setupRequest(request) {
          const drawn = requests[Math.floor(Math.random() * requests.length)];
          // Its length is written into the headers.
          return { ...request, ...drawn, headers: { ...drawn.headers } };
        },
      },
    ],
  });
  run.on('response', (_client, _status, _bytes, took) => ms.push(took));
  const { errors, non2xx } = await run;
  if (errors + non2xx > 0) throw new Error(`${url}: ${errors} errors, ${non2xx} refusals`);
  return ms;
}

function figures(ms) {
  ms.sort((a, b) => a - b);
  const at = (part) => ms[Math.floor(ms.length * part)];
  return { perSecond: ms.length / ((rounds - 1) * seconds), median: at(0.5), p99: at(0.99) };
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
  const own = operations.map((operation) => {
    const { path: _, ...rest } = requests[operation][0];
    return [operation, [{ ...rest, path: `/${operation}` }]];
  });
  return { url: String(line).trim(), requests: Object.fromEntries(own), stop: () => child.kill() };
}

function page([, ...sandboxes], rows) {
  const whole = (number) => Math.round(number).toLocaleString('en');
  const names = sandboxes.map(({ engine, size }) => `${engine}, ${whole(size)} sessions`);
  const cell = ({ perSecond, median, p99 }) =>
    `${whole(perSecond)} (${median.toFixed(1)}, ${p99.toFixed(1)})`;
  const table = rows.map(({ operation, figures }) => `| ${[operation, ...figures.map(cell)].join(' | ')} |`);
  const filled = sandboxes.map(({ filledIn }, index) => `${names[index]} in ${filledIn.toFixed(0)} s`);
  const perSecond = (operation, index) =>
    rows.find((row) => row.operation === operation).figures[index + 1].perSecond;
  const largest = sandboxes.flatMap(({ engine, size }, index) =>
    size === sizes.at(-1)
      ? [
          `${whole((perSecond('get', index) * 60) / documented)} clients that read sessions, or ${whole((perSecond('send', index) * 60) / documented)} that send (${engine})`,
        ]
      : [],
  );
  return `Each sandbox is one process with its rate limit off, on demo data of the size that the column names (\`--seed\`; some six events a session). ${connections}
connections ask without a pause for ${(rounds - 1) * seconds} s a figure, all columns alternated in one run: \`list\` with ten filters and places in the list, \`search\` with six
queries, the others for sessions drawn from the whole organisation. The bare routes answer the same bytes from memory, without a key or a database.
The load, the sandbox and PostgreSQL share the machine's cores.

| requests a second (median ms, p99 ms) | bare Hono route | ${names.join(' | ')} |
| --- | ${['---', ...names.map(() => '---')].join(' | ')} |
${table.join('\n')}

Filled: ${filled.join(', ')}.

What limits it: a sandbox is one process, and works on one core. On SQLite its queries run on that core as well, and a write waits for the disk
alone while nothing else is answered: more clients make no more writes a second. On PostgreSQL writes wait for the disk together, ten at a
time, and reads cost the way to the server and back. Both rank only the newest 1,000 matches of a search, but SQLite counts all of them. On
PostgreSQL more sandboxes behind a load balancer add cores until the server has none left; on one machine with it, as here, they take them
from it. At the documented ${documented} requests a minute, one sandbox with ${whole(sizes.at(-1))} sessions
holds ${largest.join('; ')}.`;
}
