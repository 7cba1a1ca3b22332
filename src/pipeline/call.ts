import { setTimeout as sleep } from 'node:timers/promises';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { SessionsClient } from '../client/client.ts';
import { failureText } from '../presenters/failure.ts';
import type { Audit } from '../state/files/audit.ts';
import type { Ledger } from '../state/files/send-log.ts';
import type { AnyTool } from '../tools/index.ts';
import type { Confirmation, ToolContext } from '../tools/tool.ts';
import { parseArguments } from './arguments.ts';
import { callTime } from './call-deadline.ts';
import { failureOf, internalFailure, isInputError } from './failures.ts';

/** Where the server writes what it does; structured, and never message text, names or keys. */
export interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every call of one server shares. */
export interface CallDependencies {
  readonly client: SessionsClient;
  readonly ledger: Ledger;
  /** Where writes and refusals are recorded, if the operator wants that. */
  readonly audit?: Audit | undefined;
  /** Names of the tools that this server offers. */
  readonly toolNames?: readonly string[];
  readonly allowVerified: boolean;
  /** Whether a person is asked before every message. */
  readonly confirmSends: boolean;
  /** Longest time of one call in milliseconds, all included. */
  readonly callTimeoutMs: number;
  readonly log: Log;
}

/** The MCP client that a call came from. */
export interface Caller {
  /** Aborted when the client cancels the call, and by the call itself when its time is over. */
  readonly ending: AbortController;
  /** Tells the client how the call gets on, where it wants to know. */
  progress(message: string): void;
  /** Asks the person at the client; gives up after `timeoutMs`. */
  confirm(question: string, timeoutMs: number): Promise<Confirmation>;
  /** The time of the newest message shown of each session, by session id. */
  readonly lastRead: Map<string, string>;
}

/** What became of a call; `text` is the answer, or what failed, whether anything changed, and what to do next. */
export type Outcome =
  | { readonly ok: true; readonly text: string; readonly view: Record<string, unknown> }
  | {
      readonly ok: false;
      readonly text: string;
      /** Whether what was asked for is at fault: arguments that cannot be used, or a session that does not exist. */
      readonly isInput: boolean;
    };

/** One tool call as MCP wants it answered. */
export async function callTool(...call: Parameters<typeof perform>): Promise<CallToolResult> {
  const outcome = await perform(...call);
  const content = [{ type: 'text' as const, text: outcome.text }];
  return outcome.ok ? { content, structuredContent: outcome.view } : { isError: true, content };
}

/**
 * One tool call from arguments to result: parse, run, present, check against the advertised schema, record. The only
 * place that knows this order, and the boundary that every error stops at.
 */
export async function perform(
  tool: AnyTool,
  given: unknown,
  dependencies: CallDependencies,
  caller: Caller,
): Promise<Outcome> {
  const { log, audit, callTimeoutMs } = dependencies;
  // Twelve random hex digits; Node makes its UUIDs from a store of random bytes, without asking the system each time.
  const id = crypto.randomUUID().slice(-12);
  const started = performance.now();
  let asked = given;
  const traffic = { requests: 0, status: undefined as number | undefined };
  const finish = async (result: Outcome, outcome: string) => {
    const ms = Math.round(performance.now() - started);
    log.info({ call: id, tool: tool.name, outcome, ms, ...traffic }, 'call');
    if (tool.effect.write) await record(tool.name, asked, outcome, dependencies, id);
    return result;
  };

  const { signal } = caller.ending;
  const time = callTime(caller.ending, callTimeoutMs);
  try {
    const parsed = parseArguments(tool.input, given);
    if (!parsed.ok) {
      const failure = {
        what: parsed.problem,
        changed: 'Nothing was changed.',
        next: 'Correct it and call again.',
      };
      return await finish({ ok: false, text: failureText(failure, id), isInput: true }, 'invalid_arguments');
    }
    asked = parsed.value;
    const { client, ledger, toolNames, allowVerified, confirmSends } = dependencies;
    // Each member by name: spreading an object of this size costs as much as checking the answer does.
    const context: ToolContext = {
      client,
      ledger,
      allowVerified,
      tools: toolNames,
      lastRead: caller.lastRead,
      now: new Date(),
      // The call's id is random: it also serves as the boundary of quoted data.
      nonce: id,
      clock: { now: Date.now, wait: (ms) => sleep(ms, undefined, { signal }) },
      progress: (message) => caller.progress(message),
      confirm: confirmSends ? (question, timeoutMs) => caller.confirm(question, timeoutMs) : undefined,
      call: {
        signal,
        deadline: Date.now() + callTimeoutMs,
        onWait: (reason, ms) => caller.progress(`Waiting ${Math.ceil(ms / 1000)} s ${reason}`),
        onAnswer: (status) => {
          traffic.requests += 1;
          traffic.status = status;
        },
      },
    };
    const run = async () => {
      if (tool.effect.write) await audit?.ready();
      return tool.run(parsed.value as Record<string, unknown>, context);
    };
    const result = await Promise.race([run(), time.overdue]);
    const { view, text } = await tool.present(result, context);
    // Parsed, not just sent: a key that the schema does not name would make the client throw.
    const advertised = tool.output.parse(view);
    const outcome = textOrNothing(advertised['outcome']) ?? 'ok';
    return await finish({ ok: true, text, view: advertised }, outcome);
  } catch (error) {
    const failure = failureOf(error, tool);
    if (failure === undefined) log.error({ call: id, tool: tool.name, err: error }, 'unexpected error');
    const text = failureText(failure ?? internalFailure(tool), id);
    return finish({ ok: false, text, isInput: isInputError(error) }, (error as Error).name);
  } finally {
    time.release();
  }
}

/** Records that a tool was asked for which this server does not offer: it may be one that the operator took away. */
export function recordRefusal(tool: string, given: unknown, dependencies: CallDependencies): Promise<void> {
  return record(tool.slice(0, 100), given, 'not_offered', dependencies);
}

/** What was done stays done, and its answer true: that it is not recorded is for the operator to hear. */
async function record(
  tool: string,
  asked: unknown,
  outcome: string,
  { audit, log }: CallDependencies,
  id?: string,
): Promise<void> {
  const { session_id: session, text } = (asked ?? {}) as Record<string, unknown>;
  await audit
    ?.write({ tool, session: textOrNothing(session), text: textOrNothing(text), outcome })
    .catch((err) => log.error({ call: id, tool, err }, 'audit line not written'));
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
