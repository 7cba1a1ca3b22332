// Measures one server. Each measurement starts a new process.
import { setTimeout as sleep } from 'node:timers/promises';
import { listTools, startChild } from './child.mjs';
import { median } from './statistics.mjs';

const warmUpCalls = 2000;
const sequentialCalls = 500;
const concurrentCalls = 8000;
const inFlight = 32;
/** Wait before memory is measured, so that it includes what a server loads after its first response. */
const settleMs = 300;

/** @returns the time from spawn to `tools/list`, the memory after that, and the time of the first call. */
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

/** @returns the median time of sequential calls, and the calls per second and CPU time per call of concurrent ones. */
export async function measureCalls(contender, sessionId) {
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const call = () => calls.get(child, tools, sessionId);
  await repeat(warmUpCalls, inFlight, call);

  const times = [];
  await repeat(sequentialCalls, 1, async () => times.push(await timed(call)));

  const cpuBefore = child.cpuMs();
  const ms = await timed(() => repeat(concurrentCalls, inFlight, call));
  const cpuUs = ((child.cpuMs() - cpuBefore) * 1000) / concurrentCalls;
  await child.end();
  return { callMs: median(times), perSecond: (concurrentCalls * 1000) / ms, cpuUs };
}

/** Twenty calls in a typical order. Each uses the next session. */
const firstCalls =
  'get list get history get get history list get history get get history list get history get list get history';

/**
 * Starts a server and calls it twenty times, one call after another, without a warm-up.
 * @returns the time from spawn to `tools/list`, the time of the first call, and the CPU time of all threads until the last
 * response.
 */
export async function measureFirstCalls(contender, sessionIds) {
  const from = performance.now();
  const child = startChild(contender);
  const { tools } = await listTools(child);
  const startMs = performance.now() - from;
  const times = [];
  for (const [index, kind] of firstCalls.split(' ').entries()) {
    const sessionId = sessionIds[index % sessionIds.length];
    times.push(await timed(() => calls[kind](child, tools, sessionId)));
  }
  const cpuMs = child.cpuMs();
  await child.end();
  return { startMs, firstMs: times[0], cpuMs };
}

/** @returns the tool list as JSON, and the text of a session and of a list of sessions, if the server has such a tool. */
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

/** @throws if the result is an error or does not contain the expected text. */
async function call(child, name, args, expected) {
  const result = await child.request('tools/call', { name, arguments: args });
  if (result.isError || !result.content[0].text.includes(expected)) throw new Error(JSON.stringify(result));
  return result;
}

/** Finds the tool for an operation. Each bridge derives its tool names differently. */
function toolFor(tools, pattern) {
  const normalize = (name) =>
    name
      .replace(/^.*--/, '')
      .replace('lst', 'list')
      .replace(/[^a-z]/gi, '')
      .toLowerCase();
  return tools.find(({ name }) => pattern.test(normalize(name)))?.name;
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
