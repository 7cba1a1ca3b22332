import { NotAllowedError } from '../conversations/errors.ts';
import { InputRequired } from '../conversations/sending/send-question.ts';
import { failureText } from '../presenters/failure.ts';
import type { Image } from '../presenters/rendering/rendering.ts';
import type { AuditRecord } from '../state/audit.ts';
import { cleanLine } from '../text/clean.ts';
import { redactValue } from '../text/redact.ts';
import { systemClock } from '../time/clock.ts';
import type { AnyTool } from '../tools/index.ts';
import { parseArguments } from './arguments.ts';
import {
  type CallDependencies,
  type Caller,
  type CallLogger,
  contextOf,
  type Writes,
} from './call-context.ts';
import { callDeadline, presentLimit } from './call-deadline.ts';
import { failureFor } from './failures/failure-for.ts';
import { internalFailure, isInputError, isTimeout, needsOperator } from './failures/failures.ts';
import { resolveTicket } from './ticket.ts';

export type { CallDependencies, Caller, CallLogger };

/** The answer: the same view as text and as data. */
interface AnswerOutcome {
  readonly kind: 'answer';
  readonly text: string;
  readonly view: Record<string, unknown>;
  /** Pictures that belong to the answer. A door that cannot show them leaves them out. */
  readonly images?: readonly Image[];
}

/** What failed, whether anything changed, and what to do next. */
export interface FailureOutcome {
  readonly kind: 'failure';
  readonly text: string;
  /** Whether the request is at fault: arguments that cannot be used, or a session that does not exist. */
  readonly isInput: boolean;
  /** Whether it ended because its time was over. */
  readonly isTimeout: boolean;
}

/**
 * A question for a person. Nothing was changed. To continue, execute the call again with the same arguments and
 * `Caller.confirmation` holding the answer and this digest; nothing has to be kept in memory until then.
 */
export interface InputRequiredOutcome {
  readonly kind: 'input_required';
  readonly question: string;
  readonly digest: string;
}

export type Outcome = AnswerOutcome | FailureOutcome | InputRequiredOutcome;

/**
 * Executes one tool call: parse the arguments, run, present, check against the output schema, record. Only this function
 * knows that order. It catches every error.
 */
export async function executeCall(
  tool: AnyTool,
  rawArguments: unknown,
  dependencies: CallDependencies,
  caller: Caller,
): Promise<Outcome> {
  const { logger, audit, audience = 'operator', secrets = [], clock = systemClock } = dependencies;
  // Twelve random hex digits. They also serve as the boundary around quoted data.
  const id = crypto.randomUUID().slice(-12);
  const started = clock.monotonic();
  const traffic = { requests: 0, status: undefined as number | undefined };
  const writes: Writes = { maybe: false, requested: false };
  let parsedArguments = rawArguments;
  const redaction =
    dependencies.redaction && new (await import('./redaction.ts')).Redaction(dependencies.redaction);
  const finish = async <T extends Outcome>(outcome: T, label: string, draft?: number): Promise<T> => {
    const ms = Math.round(clock.monotonic() - started);
    logger.info({ call: id, tool: tool.name, outcome: label, ms, ...traffic }, 'call');
    if (tool.effect.write) dependencies.telemetry?.wrote(tool.name, label);
    // A call that waits for a person has no outcome to record yet.
    if (tool.effect.write && outcome.kind !== 'input_required') {
      const { requested } = writes;
      await record(tool.name, parsedArguments, label, dependencies, { id, requested, draft });
    }
    return redactValue(outcome, secrets);
  };
  const fail = async (error: unknown) => {
    const failure = await failureFor(audience, error, tool, writes.maybe);
    const told = failure ?? internalFailure(tool, writes.maybe);
    if (failure === undefined) logger.error({ call: id, tool: tool.name, err: error }, 'unexpected error');
    else if (audience === 'member' && needsOperator(error))
      logger.error({ call: id, tool: tool.name, err: error }, 'the server needs attention');
    const text = failureText(redaction?.failure(told) ?? told, id);
    const label = error instanceof NotAllowedError ? error.outcome : (error as Error).name;
    const flags = { isInput: isInputError(error), isTimeout: isTimeout(error) };
    return finish({ kind: 'failure', text, ...flags }, label);
  };

  const present = async (result: unknown, now: Date) => {
    let limit: ReturnType<typeof presentLimit> | undefined;
    try {
      const answer = await tool.present(result, {
        now,
        nonce: id,
        tools: dependencies.toolNames,
        // Only answers with messages ask for it.
        get signal() {
          limit ??= presentLimit(caller);
          return limit.signal;
        },
        redact: redaction?.forPresenting,
      });
      return { ...answer, ...redaction?.finish(answer) };
    } finally {
      limit?.release();
    }
  };

  const { overdue, release } = callDeadline(caller.abortController, caller.deadline);
  try {
    const parsed = parseArguments(tool.input, rawArguments);
    const problem = parsed.ok ? redaction?.standInProblem(parsed.value) : parsed.problem;
    if (!parsed.ok || problem !== undefined) {
      const failure = {
        what: problem ?? '',
        changed: 'Nothing was changed.',
        next: 'Correct it and call again.',
      };
      const text = failureText(failure, id);
      const flags = { isInput: true, isTimeout: false };
      return await finish({ kind: 'failure', text, ...flags }, 'invalid_arguments');
    }
    parsedArguments = parsed.value;
    const context = contextOf(dependencies, caller, clock, traffic, writes, redaction);
    let note = parsed.ignored.length === 0 ? '' : `Ignored arguments: ${parsed.ignored.join(', ')}.\n`;
    const run = async () => {
      if (tool.effect.write) await audit?.ready();
      const resolved = await resolveTicket(parsed.value as Record<string, unknown>, context);
      parsedArguments = resolved.input;
      note += resolved.note;
      return tool.run(resolved.input, (await redaction?.withContact(tool, resolved)) ?? resolved.context);
    };
    const result = await Promise.race([run(), overdue]);
    if (result instanceof InputRequired) {
      const { digest } = result.question;
      const { sendQuestionText } = await import('../presenters/sending/send-question.ts');
      const question = sendQuestionText(redaction?.question(result.question) ?? result.question);
      return await finish({ kind: 'input_required', question, digest }, 'input_required');
    }
    const { view: presented, text, images, counts } = await present(result, context.now);
    // Parsed, not just sent: a key that the schema does not name would make the client throw.
    const view: Record<string, unknown> = { ...tool.output.parse(presented), ...counts };
    const answer = await finish(
      { kind: 'answer', text: note + text, view },
      stringOrUndefined(view['outcome']) ?? 'ok',
      (view['draft'] as { number: number } | undefined)?.number,
    );
    // Megabytes of base64 hold no key that could be redacted.
    return images === undefined ? answer : { ...answer, images };
  } catch (error) {
    return fail(error);
  } finally {
    release();
  }
}

/** Records a call of a tool that is not offered: the operator may have removed it. */
export function recordRefusal(
  tool: string,
  rawArguments: unknown,
  dependencies: CallDependencies,
): Promise<void> {
  return record(tool, rawArguments, 'not_offered', dependencies);
}

/** If recording fails, the write has still happened and its answer stays true. The failure is logged for the operator. */
async function record(
  tool: string,
  callArguments: unknown,
  outcome: string,
  { audit, logger, secrets = [] }: CallDependencies,
  call?: Pick<AuditRecord, 'id' | 'requested' | 'draft'>,
): Promise<void> {
  const { session_id, text } = (callArguments ?? {}) as Record<string, unknown>;
  // The arguments may not have been checked, and people read the record in a terminal.
  const session = typeof session_id === 'string' ? cleanLine(session_id) : undefined;
  const shown = redactValue({ tool: cleanLine(tool, 100), session, outcome }, secrets);
  await audit
    ?.write({ ...shown, ...call, text: stringOrUndefined(text) })
    .catch((err) => logger.error({ call: call?.id, tool, err }, 'audit line not written'));
}

function stringOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
