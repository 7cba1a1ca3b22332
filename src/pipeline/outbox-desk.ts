import type { Context } from '../conversations/context.ts';
import {
  type Approval,
  type ApproveRequest,
  approveDraft,
  type Rejection,
  type RejectRequest,
  rejectDraft,
} from '../conversations/outbox/decide-draft.ts';
import {
  type ListedDraft,
  listDrafts,
  type Review,
  reviewDraft,
} from '../conversations/outbox/review-draft.ts';
import type { AuditRecord } from '../state/audit.ts';
import type { Draft, Outbox } from '../state/outbox/outbox.ts';
import type { PrincipalMemory } from '../state/principal/principal-memory.ts';
import { redactValue } from '../text/redact.ts';
import { systemClock } from '../time/clock.ts';
import { Deadline } from '../time/deadline.ts';
import { sendMessage } from '../tools/send-message.ts';
import { type CallDependencies, contextOf, type Writes } from './call-context.ts';
import { callDeadline } from './call-deadline.ts';
import { failureFor } from './failures/failure-for.ts';
import { internalFailure } from './failures/failures.ts';
import type { Redaction } from './redaction.ts';

/** What a decision adds to its line in the audit log. */
type Line = Pick<AuditRecord, 'draft' | 'session' | 'text' | 'decision' | 'workspace'>;

export interface DeskOptions {
  readonly dependencies: CallDependencies & { readonly outbox: Outbox };
  /** Who decides, in words for people. It is told to whoever wrote the draft. */
  readonly by: string;
  /** Identifies the person in the rate budget, if several share it. */
  readonly person?: string | undefined;
  /** Shows only the drafts of this author. All by default. */
  readonly onlyOf?: string | undefined;
  /** Notes the people in what is read, for whoever shows it. */
  readonly redaction?: Redaction | undefined;
  /** What is remembered between the decisions of this person. */
  readonly memory: PrincipalMemory;
  /** Longest time of one operation in milliseconds, everything included. */
  readonly timeoutMs: number;
}

/** Nothing can be said but why. Whether anything was sent is part of it. */
export interface Failed {
  readonly outcome: 'failed';
  readonly problem: string;
}

/** A result with its error, if it has one, in sentences for people. They may quote other people's text: show them as text. */
export type Told<Result> = Failed | (Result extends unknown ? TextError<Result> : never);
type TextError<Result> = Omit<Result, 'error' | 'lost'> & { readonly problem?: string };

/**
 * What a person does with the drafts of an account, for the doors that people use. Results are data; nothing is thrown.
 * Drafts and sessions in them hold other people's text.
 */
export interface OutboxDesk {
  /** All drafts, newest first, as they were written. It makes no request to the API. */
  list(): Promise<Told<{ readonly outcome: 'listed'; readonly drafts: readonly ListedDraft[] }>>;
  /** A draft beside the conversation as it is now. */
  review(
    number: number,
  ): Promise<Told<{ readonly outcome: 'read'; readonly review: Review } | { readonly outcome: 'missing' }>>;
  /** Sends a draft, if the conversation is still what the person was shown. Ends on its own: nothing cancels it. */
  approve(request: Omit<ApproveRequest, 'by'>): Promise<Told<Approval>>;
  reject(request: Omit<RejectRequest, 'by'>): Promise<Told<Rejection>>;
}

export function outboxDesk(options: DeskOptions): OutboxDesk {
  const { dependencies, by, person, onlyOf, redaction, memory, timeoutMs } = options;
  const { outbox, audit, logger, audience = 'operator', secrets = [], clock = systemClock } = dependencies;

  /**
   * Runs one operation, and turns its error into sentences.
   * @param record what to record of it. A failure is recorded only if the message may have left.
   */
  async function run<Result extends { readonly outcome: string }>(
    work: (context: Context) => Promise<Result>,
    record?: (result: Result | Failed) => Line | undefined,
  ): Promise<Told<Result>> {
    const id = crypto.randomUUID().slice(-12);
    const writes: Writes = { maybe: false, requested: false };
    const deadline = Deadline.after(timeoutMs, clock);
    const abortController = new AbortController();
    const caller = { abortController, deadline, person, memory, progress() {} };
    const traffic = { requests: 0, status: undefined };
    const context = contextOf(dependencies, caller, clock, traffic, writes, redaction);
    const told = async (error: unknown) => {
      const failure = await failureFor(audience, error, sendMessage, writes.maybe);
      if (failure === undefined) logger.error({ call: id, err: error }, 'unexpected error');
      const known = failure ?? internalFailure(sendMessage, writes.maybe);
      const { what, changed } = redaction?.failure(known) ?? known;
      return `${what} ${changed}`;
    };
    const { overdue, release } = callDeadline(abortController, deadline);
    const started = async () => {
      if (record) await audit?.ready();
      return work(context);
    };
    let result: Told<Result>;
    try {
      const { error, lost, ...done } = (await Promise.race([started(), overdue])) as Result & {
        readonly error?: unknown;
        readonly lost?: unknown;
      };
      if (lost !== undefined) logger.error({ call: id, err: lost }, 'outcome of a draft not recorded');
      result = { ...done, ...(error !== undefined && { problem: await told(error) }) } as Told<Result>;
    } catch (error) {
      result = { outcome: 'failed', problem: await told(error) };
    } finally {
      release();
    }
    logger.info({ call: id, tool: 'outbox', outcome: result.outcome, ...traffic }, 'call');
    const { requested } = writes;
    const isOver = result.outcome !== 'failed' || requested;
    const line = isOver ? record?.(result as Result | Failed) : undefined;
    if (line !== undefined) {
      await audit
        ?.write({ ...line, id, requested, tool: 'outbox', outcome: result.outcome, person: by })
        .catch((err) => logger.error({ call: id, err }, 'audit line not written'));
    }
    return redactValue(result, secrets);
  }

  /** Who decides on this machine may belong to no workspace; the draft does. */
  const about = ({ number: draft, sessionId: session, author: { workspace } }: Draft): Line => ({
    draft,
    session,
    ...(workspace !== undefined && { workspace }),
  });
  const isShown = ({ author }: Draft) => onlyOf === undefined || author.person === onlyOf;

  return {
    list: () =>
      run(async (context) => {
        const drafts = (await listDrafts(outbox, context)).filter(({ draft }) => isShown(draft));
        for (const { draft } of drafts) redaction?.noteSession(draft.scene.session);
        return { outcome: 'listed' as const, drafts };
      }),
    review: (number) =>
      run(async (context) => {
        // Before its conversation is read: to others it does not exist.
        const draft = await outbox.get(number);
        if (draft === undefined || !isShown(draft)) return { outcome: 'missing' as const };
        redaction?.noteSession(draft.scene.session);
        const review = await reviewDraft(number, outbox, context);
        return review === undefined ? { outcome: 'missing' as const } : { outcome: 'read' as const, review };
      }),
    approve: (request) => {
      let written: Draft | undefined;
      return run(
        async (context) => {
          // Before anything can fail: the line about a failure names it too.
          written = await outbox.get(request.number);
          return approveDraft({ ...request, by }, outbox, context);
        },
        ({ outcome }) => {
          const isDecided = !['decided', 'missing', 'changed'].includes(outcome);
          if (!isDecided || written === undefined) return undefined;
          const { text: own } = written.body.message;
          const { text = own } = request;
          return { ...about(written), text, decision: text === own ? 'approved' : 'edited' };
        },
      );
    },
    reject: (request) =>
      run(
        (context) => rejectDraft({ ...request, by }, outbox, context),
        (result) => {
          if (result.outcome !== 'rejected') return undefined;
          return { ...about(result.draft), decision: 'rejected' };
        },
      ),
  };
}
