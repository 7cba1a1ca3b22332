import { seeded } from '../tools/fakes.ts';
import { type Server, serve, stateFolder } from './client.ts';
import * as faults from './faults.ts';
import { html, status } from './faults.ts';
import { operations, type ToolName } from './table.ts';
import { type Arrival, type Fault, startUpstream } from './upstream.ts';

/** What a storm left behind: each list is empty when all is well. */
export interface Aftermath {
  readonly calls: number;
  readonly requests: number;
  readonly cancelled: number;
  /** Messages that stand there. */
  readonly messages: number;
  /** Messages that stand more often than they were asked for. */
  readonly duplicates: readonly string[];
  /** Messages that a call said were sent, and that do not stand there. */
  readonly missing: readonly string[];
  /** Calls that got no answer, and were not cancelled. */
  readonly unanswered: readonly string[];
  /** Answers that nobody waits for, and other things the client could make nothing of. */
  readonly stray: readonly string[];
  /** Answers or logs that hold the key, HTML or a stack. */
  readonly leaks: readonly string[];
  /** Requests that are not over although every call is. */
  readonly open: number;
  /** Servers that do not answer any more. */
  readonly mute: number;
}

/** How often a message was asked for, and the ids that it was said to have. */
interface Wanted {
  once: boolean;
  duplicates: number;
  readonly ids: Set<string>;
}

/** Answers that say that nothing was done; after all the others a message may stand there or not. */
const refusals: readonly Fault[] = [
  status(429),
  status(429, { 'retry-after': '0' }),
  status(429, { 'retry-after': '30' }),
  status(401),
  status(404),
];

const kinds: readonly (Fault | undefined)[] = [
  // Undefined is a healthy answer.
  ...Array.from({ length: 5 }, () => undefined),
  ...refusals,
  faults.reset,
  faults.hangUp,
  faults.resetAfterHead,
  faults.resetInBody,
  faults.truncated,
  faults.slowBody,
  faults.silence,
  faults.noHttp,
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
 * Lets calls of all tools loose on two servers that share a state folder, with random faults, cancellations,
 * repetitions and kills, and looks at what is left. The same seed makes the same calls; their timing is the machine's.
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
  const servers: Server[] = await Promise.all([launch(), launch()]);
  const ended: Server[] = [];

  const wanted = new Map<string, Wanted>();
  const unanswered: string[] = [];
  const leaks: string[] = [];
  let made = 0;
  let cancelled = 0;

  async function one(number: number): Promise<void> {
    const at = random.below(servers.length);
    const server = servers[at] as Server;
    const tool = random.chance(sendShare) ? 'send_message' : pick(tools);
    const session_id = pick(sessions);
    // Few different texts: repetitions are what this is about.
    const theme = random.below(Math.ceil(options.calls / 12));
    const text = `Text ${theme}`;
    // Of most texts no duplicate is ever meant: none of them may stand there twice.
    const allow_duplicate = theme % 5 === 0 && random.chance(0.5);
    const args = argumentsOf(tool, session_id, text, allow_duplicate);
    const message = tool === 'send_message' ? want(session_id, text, allow_duplicate) : undefined;
    const cancel = new AbortController();
    const willCancel = random.chance(0.15);
    const willKill = random.chance(0.01);
    const what = `call ${number}: ${tool} ${session_id} ${text}`;
    made += 1;
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
      if (cancel.signal.aborted) cancelled += 1;
      else if (!ended.includes(server)) unanswered.push(`${what}: ${(error as Error).message}`);
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
  const worker = async () => {
    while (next < options.calls) {
      next += 1;
      await one(next);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));

  await upstream.quiet();
  calm = true;
  const still = await Promise.all(
    servers.map((server) =>
      server.call('list_sessions').then(
        ({ isError }) => !isError,
        () => false,
      ),
    ),
  );
  const stray = [...servers, ...ended].flatMap((server) => unexpected(server.stray));
  await Promise.all(servers.map((server) => server.close()));
  for (const server of [...servers, ...ended]) {
    if (server.stderr().includes('ocx_')) leaks.push('a log holds the key');
    if (server.stderr().includes('Text ')) leaks.push('a log holds a text');
  }
  const open = upstream.open();
  await upstream.close();
  folder.remove();

  const standing = new Map<string, number>();
  for (const { session, text } of upstream.stored) {
    const name = `${session}: ${text}`;
    standing.set(name, (standing.get(name) ?? 0) + 1);
  }
  const asked = ({ once, duplicates }: Wanted) => duplicates + (once ? 1 : 0);
  const ids = new Set(upstream.stored.map(({ id }) => id));
  return {
    calls: made,
    requests: upstream.arrivals.length,
    cancelled,
    messages: upstream.stored.length,
    duplicates: [...wanted]
      .filter(([name, one]) => (standing.get(name) ?? 0) > asked(one))
      .map(([name]) => name),
    missing: [...wanted].flatMap(([name, one]) =>
      [...one.ids].filter((id) => !ids.has(id)).map((id) => `${name}: ${id}`),
    ),
    unanswered,
    stray,
    leaks,
    open,
    mute: still.filter((answers) => !answers).length,
  };
}

/** An answer may cross its call's cancellation on the way, once. */
function unexpected(stray: readonly string[]): string[] {
  const seen = new Set<string>();
  return stray.filter((message) => {
    const id = /^Received a response for an unknown message ID: .*"id":(\d+)/.exec(message)?.[1];
    if (id === undefined || seen.has(id)) return true;
    seen.add(id);
    return false;
  });
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
    case 'update_session':
      return { session_id, status: 'open' };
    case 'send_message':
      return { session_id, sender: 'agent', text, allow_duplicate };
    default:
      return { session_id };
  }
}
