import { seeded } from '../fakes/fakes.ts';
import { type Server, serve, stateFolder } from './client.ts';
import * as faults from './faults.ts';
import { html, status } from './faults.ts';
import type { Holdings } from './inspector.ts';
import { operations, type ToolName } from './table.ts';
import { type Arrival, type Fault, startUpstream, type Upstream } from './upstream.ts';

/** The result of a storm. */
export interface Aftermath {
  /** How large the storm was. */
  readonly size: { readonly calls: number; requests: number; cancelled: number; messages: number };
  /** What must not happen. Every list must be empty. */
  readonly faults: {
    /** Messages that are stored more often than requested. */
    readonly duplicates: readonly string[];
    /** Messages that a call reported as sent but that are not stored. */
    readonly missing: readonly string[];
    /** Calls without an answer that were not cancelled and whose server was not killed. */
    readonly unanswered: readonly string[];
    /** Calls that got more than one answer. */
    readonly answeredTwice: readonly string[];
    /** Messages that the clients did not expect. */
    readonly stray: readonly string[];
    /** Answers or logs that contain the key, HTML, a stack trace or a warning of Node. */
    readonly leaks: readonly string[];
    /** Kinds of sockets, timers and listeners of which there are more than before the first call. */
    readonly left: readonly string[];
    /** Servers that no longer answer. */
    readonly mute: readonly string[];
  };
  /** Growth of the heap in bytes between the first third and the end. */
  readonly growth: number;
}

/** How often a message was requested, and the ids that were returned for it. */
interface Wanted {
  once: boolean;
  duplicates: number;
  readonly ids: Set<string>;
}

/** Responses that say that nothing was done. After any other fault, the message may be stored or not. */
const refusals: readonly Fault[] = [
  status(429),
  status(429, { 'retry-after': '0' }),
  status(429, { 'retry-after': '30' }),
  status(401),
  status(404),
];

const kinds: readonly (Fault | undefined)[] = [
  // Undefined is a healthy response.
  ...Array.from({ length: 5 }, () => undefined),
  ...refusals,
  faults.reset,
  faults.hangUp,
  faults.resetAfterHead,
  faults.resetInBody,
  faults.truncated,
  faults.slowBody,
  faults.silence,
  faults.notHttp,
  html(200),
  html(502),
  status(408),
  status(500),
  status(503),
];

const tools = Object.keys(operations) as ToolName[];
const sessions = ['s-0', 's-1', 's-2', 's-3'];
const sendShare = 0.5;

/**
 * Calls all tools on two servers that share a state folder, with random faults, cancellations, repetitions and kills, and
 * checks the result. One of the servers is never killed; it is inspected before the first call, after a third of the
 * calls and at the end. The same seed makes the same calls, but not the same timing.
 */
export async function storm(options: { seed: number; calls: number; atOnce: number }): Promise<Aftermath> {
  const random = seeded(options.seed);
  const pick = <T>(list: readonly T[]) => list[random.below(list.length)] as T;
  const isSend = ({ operation }: Arrival) => operation === 'sendMessage';
  let calm = false;
  const upstream = await startUpstream({
    plan(arrival) {
      if (calm) return undefined;
      const fault = pick(kinds);
      const store = fault === undefined || (!refusals.includes(fault) && random.chance(0.5));
      return isSend(arrival) ? { fault, store } : { fault };
    },
  });
  const folder = stateFolder();
  const env = { OPENCX_CALL_TIMEOUT_MS: '600', OPENCX_RATE_LIMIT: '0', OPENCX_LOG_LEVEL: 'info' };
  const launch = () => serve(upstream, folder.path, { env });
  const steady = await serve(upstream, folder.path, { env, inspect: true });
  const servers: Server[] = [steady, await launch()];
  const ended: Server[] = [];

  const wanted = new Map<string, Wanted>();
  const failed: string[] = [];
  const leaks: string[] = [];

  async function one(number: number): Promise<void> {
    const at = random.below(servers.length);
    const server = servers[at] as Server;
    const tool = random.chance(sendShare) ? 'send_message' : pick(tools);
    const session_id = pick(sessions);
    // Few different texts, so that messages are often repeated.
    const theme = random.below(Math.ceil(options.calls / 12));
    const text = `Text ${theme}`;
    // Most texts never allow a duplicate, so they must not be stored twice.
    const allow_duplicate = theme % 5 === 0 && random.chance(0.5);
    const args = argumentsOf(tool, session_id, text, allow_duplicate);
    const message = tool === 'send_message' ? want(session_id, text, allow_duplicate) : undefined;
    const cancel = new AbortController();
    const willCancel = random.chance(0.15);
    const willKill = random.chance(0.02) && server !== steady;
    const what = `call ${number}: ${tool} ${session_id} ${text}`;
    const answer = server.call(tool, args, { signal: cancel.signal, timeout: 15_000 });
    if (willCancel || willKill) {
      await Promise.race([
        upstream.arrival((arrival) => fits(arrival, tool, session_id)),
        answer.catch(() => {}),
      ]);
      if (willCancel) cancel.abort();
      else await restart(server);
    }
    try {
      const { isError, text: told, view } = await answer;
      if (/<[a-z!/]|^\s+at /im.test(told) || told.includes('ocx_')) leaks.push(`${what}: ${told}`);
      if (message && !isError && view.message_id) message.ids.add(view.message_id);
    } catch (error) {
      if (!cancel.signal.aborted && !ended.includes(server))
        failed.push(`${what}: ${(error as Error).message}`);
    }
  }

  function want(session: string, text: string, duplicate: boolean): Wanted {
    const name = `${session}: ${text}`;
    const entry = wanted.get(name) ?? { once: false, duplicates: 0, ids: new Set<string>() };
    wanted.set(name, entry);
    if (duplicate) entry.duplicates += 1;
    else entry.once = true;
    return entry;
  }

  async function restart(server: Server): Promise<void> {
    const at = servers.indexOf(server);
    if (at < 0 || ended.includes(server)) return;
    ended.push(server);
    servers[at] = await launch();
    await server.kill();
  }

  let next = 0;
  /** Makes all calls up to this number and waits until no request is open. */
  const run = async (last: number) => {
    const worker = async () => {
      while (next < last) {
        next += 1;
        await one(next);
      }
    };
    await Promise.all(Array.from({ length: options.atOnce }, worker));
    await upstream.quiet();
  };

  // This call is refused without a request, but loads the logger, so that the logger does not count as growth.
  await steady.call('get_session');
  while (!steady.stderr().includes('invalid_arguments')) await steady.look();
  const before = await steady.look();
  await run(Math.ceil(options.calls / 3));
  const third = await rest(steady, before, upstream);
  await run(options.calls);
  const end = await rest(steady, before, upstream);

  calm = true;
  const mute: string[] = [];
  for (const server of servers) {
    const { isError, text } = await server
      .call('list_sessions')
      .catch((error: Error) => ({ isError: true, text: error.message }));
    if (isError) mute.push(text);
  }
  const all = [...servers, ...ended];
  const stray = all.flatMap((server) => server.stray);
  await Promise.all(servers.map((server) => server.close()));
  for (const server of all) {
    const log = server.stderr();
    for (const word of ['ocx_', 'Text ', 'Warning'])
      if (log.includes(word)) leaks.push(`a log contains ${word}`);
  }
  await upstream.close();
  folder.remove();

  const calls = all.flatMap((server) =>
    [...server.calls].map(([id, call]) => ({ ...call, name: `call ${id}`, killed: ended.includes(server) })),
  );
  const storedCounts = new Map<string, number>();
  for (const { session, text } of upstream.stored) {
    const name = `${session}: ${text}`;
    storedCounts.set(name, (storedCounts.get(name) ?? 0) + 1);
  }
  const asked = ({ once, duplicates }: Wanted) => duplicates + (once ? 1 : 0);
  const ids = new Set(upstream.stored.map(({ id }) => id));
  return {
    size: {
      calls: next,
      requests: upstream.arrivals.length,
      cancelled: calls.filter((call) => call.cancelled).length,
      messages: upstream.stored.length,
    },
    faults: {
      duplicates: [...wanted]
        .filter(([name, one]) => (storedCounts.get(name) ?? 0) > asked(one))
        .map(([name]) => name),
      missing: [...wanted].flatMap(([name, one]) =>
        [...one.ids].filter((id) => !ids.has(id)).map((id) => `${name}: ${id}`),
      ),
      unanswered: [
        ...failed,
        ...calls
          .filter((call) => call.answers === 0 && !call.cancelled && !call.killed)
          .map(({ name }) => name),
      ],
      answeredTwice: calls.filter(({ answers }) => answers > 1).map(({ name }) => name),
      stray,
      leaks,
      left: more(end, before),
      mute,
    },
    growth: end.heap - third.heap,
  };
}

/** Time allowed for resources to be released. */
const restMs = 5000;

/** What the server holds once its idle connections are closed and its resources released. */
async function rest(server: Server, before: Holdings, upstream: Upstream): Promise<Holdings> {
  await upstream.hangUp();
  const until = performance.now() + restMs;
  let now = await server.look();
  while (more(now, before).length > 0 && performance.now() < until) now = await server.look();
  return now;
}

/** Resources of which there are more than before. */
function more(now: Holdings, before: Holdings): string[] {
  const counts = Object.entries({ ...now.resources, listeners: now.listeners });
  const earlier: Record<string, number> = { ...before.resources, listeners: before.listeners };
  return counts
    .filter(([kind, count]) => count > (earlier[kind] ?? 0))
    .map(([kind, count]) => `${count} ${kind}`);
}

function fits({ operation, sessionId }: Arrival, tool: ToolName, session: string): boolean {
  return (
    operation === operations[tool] &&
    (sessionId === session || !('session_id' in argumentsOf(tool, session, '', false)))
  );
}

function argumentsOf(tool: ToolName, session_id: string, text: string, allow_duplicate: boolean) {
  switch (tool) {
    case 'list_sessions':
    case 'create_session':
      return {};
    case 'search_sessions':
      return { query: text };
    case 'get_attachment':
      return { session_id, attachment: text };
    case 'update_session':
      return { session_id, status: 'open' };
    case 'send_message':
      return { session_id, sender: 'agent', text, allow_duplicate };
    default:
      return { session_id };
  }
}
