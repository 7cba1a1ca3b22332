// What is measured of one server, in a fresh process each time.
import { setTimeout as sleep } from 'node:timers/promises';
import { listTools, startChild } from './child.mjs';
import { median } from './statistics.mjs';

const warmUp = 2000;
const oneByOne = 500;
const atOnce = 8000;
const inFlight = 32;
/** For what a server does by itself after its first answer, so that its memory counts. */
const settleMs = 300;

/** @returns milliseconds from the spawn to the list of tools, MB then, and milliseconds of the first call. */
export async function measureStart(contender, sessionId) {
  const from = performance.now();
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const startMs = performance.now() - from;
  await sleep(settleMs);
  const memoryMb = child.memoryMb();
  const firstMs = await timed(() => calls.get(child, tools, sessionId));
  await child.end();
  return { startMs, memoryMb, firstMs };
}

/** @returns the median of calls one after another in milliseconds, and of many at once calls a second and CPU µs a call. */
export async function measureCalls(contender, sessionId) {
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const call = () => calls.get(child, tools, sessionId);
  await repeat(warmUp, inFlight, call);

  const times = [];
  await repeat(oneByOne, 1, async () => times.push(await timed(call)));

  const cpuBefore = child.cpuMs();
  const ms = await timed(() => repeat(atOnce, inFlight, call));
  const cpuUs = ((child.cpuMs() - cpuBefore) * 1000) / atOnce;
  await child.end();
  return { callMs: median(times), perSecond: (atOnce * 1000) / ms, cpuUs };
}

/** Twenty calls as people's questions lead to them, each for the next session. */
const sitting =
  'get list get history get get history list get history get get history list get history get list get history';

/**
 * A sitting: the start, and calls one after another from the first moment on.
 * @returns milliseconds from the spawn to the list of tools, of the first call, and of all threads' CPU up to the last
 * answer.
 */
export async function measureSitting(contender, sessionIds) {
  const from = performance.now();
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const startMs = performance.now() - from;
  const times = [];
  for (const [index, kind] of sitting.split(' ').entries()) {
    const sessionId = sessionIds[index % sessionIds.length];
    times.push(await timed(() => calls[kind](child, tools, sessionId)));
  }
  const cpuMs = child.cpuMs();
  await child.end();
  return { startMs, firstMs: times[0], cpuMs };
}

/** @returns the list of tools as JSON, and the texts of an answer to each kind of read, where the server has it. */
export async function sampleAnswers(contender, sessionId) {
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const answers = {
    tools: JSON.stringify(tools),
    session: (await calls.get(child, tools, sessionId)).content[0].text,
    sessions: toolFor(tools, operations.list) && (await calls.list(child, tools)).content[0].text,
  };
  await child.end();
  return answers;
}

const operations = {
  get: /^get(chat)?session$/,
  list: /^list(chat)?sessions$/,
  history: /^(get|list)(chat)?(session)?history$/,
};

const calls = {
  get: (child, tools, id) => call(child, toolFor(tools, operations.get), { session_id: id }, id),
  list: (child, tools) => call(child, toolFor(tools, operations.list), { status: 'open' }, 'open'),
  history: (child, tools, id) =>
    call(child, toolFor(tools, operations.history), { session_id: id }, 'contact'),
};

/** @throws when the answer is an error, or does not hold what it must. */
async function call(child, name, given, expected) {
  const result = await child.request('tools/call', { name, arguments: given });
  if (result.isError || !result.content[0].text.includes(expected)) throw new Error(JSON.stringify(result));
  return result;
}

/** Bridges name a tool after the operation, each in its own way. */
function toolFor(tools, pattern) {
  const plain = (name) =>
    name
      .replace(/^.*--/, '')
      .replace('lst', 'list')
      .replace(/[^a-z]/gi, '')
      .toLowerCase();
  return tools.find(({ name }) => pattern.test(plain(name)))?.name;
}

async function repeat(times, inFlight, work) {
  let left = times;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

async function timed(work) {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
