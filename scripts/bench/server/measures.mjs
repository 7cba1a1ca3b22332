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
  const firstMs = await timed(() => getSession(child, tools, sessionId));
  await child.end();
  return { startMs, memoryMb, firstMs };
}

/** @returns the median of calls one after another in milliseconds, and of many at once calls a second and CPU µs a call. */
export async function measureCalls(contender, sessionId) {
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const call = () => getSession(child, tools, sessionId);
  await repeat(warmUp, inFlight, call);

  const times = [];
  await repeat(oneByOne, 1, async () => times.push(await timed(call)));

  const cpuBefore = child.cpuMs();
  const ms = await timed(() => repeat(atOnce, inFlight, call));
  const cpuUs = ((child.cpuMs() - cpuBefore) * 1000) / atOnce;
  await child.end();
  return { callMs: median(times), perSecond: (atOnce * 1000) / ms, cpuUs };
}

/** @returns the list of tools as JSON, and the texts of an answer to each kind of read, where the server has it. */
export async function sampleAnswers(contender, sessionId) {
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const call = async (name, given) =>
    (await child.request('tools/call', { name, arguments: given })).content[0].text;
  const list = toolFor(tools, /^list(chat)?sessions$/);
  const answers = {
    tools: JSON.stringify(tools),
    session: (await getSession(child, tools, sessionId)).content[0].text,
    sessions: list && (await call(list, { status: 'open' })),
  };
  await child.end();
  return answers;
}

async function getSession(child, tools, sessionId) {
  const name = toolFor(tools, /^get(chat)?session$/);
  const result = await child.request('tools/call', { name, arguments: { session_id: sessionId } });
  if (result.isError || !result.content[0].text.includes(sessionId)) throw new Error(JSON.stringify(result));
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
