import { OpenCxError } from '../../../client/errors.ts';
import type { HistoryItem, Session } from '../../../contract/entities.ts';
import { parseTime } from '../../../text/time-format.ts';
import type { Deadline } from '../../../time/deadline.ts';
import type { Context } from '../../context.ts';
import { isNewestFirst, maxHistoryPages } from '../../reading/newest-messages.ts';
import { historyPages } from '../../reading/read-history.ts';
import { oncePerId } from '../../reading/until-failure.ts';
import { maxWaitMs } from './changed-sessions.ts';

/** Histories read at the same time. */
const parallel = 8;

/** After this many sessions in a row that could not be read, the API is at fault, and not a session. */
const maxFailuresInARow = 8;

/** One history: its entries since a moment, in reading order, and earlier ones of the same pages. */
export interface LookedInto {
  readonly items: readonly HistoryItem[];
  /** Whether there may be more that could not be read. */
  readonly isPart: boolean;
  /** Whether the newest ones are among those. They come last from an API that lists oldest first. */
  readonly lacksNewest: boolean;
  readonly unreadable: number;
}

/** Why not all sessions were looked into. */
export type Stop =
  | { readonly why: 'enough' | 'time' }
  | { readonly why: 'rate_limited'; readonly retryAfterSeconds: number | undefined };

export interface Look {
  /** For the first ones of the sessions, in their order. Undefined for one that could not be read. */
  readonly histories: readonly (LookedInto | undefined)[];
  readonly stop: Stop | undefined;
}

interface Options {
  /** Only entries after this moment are wanted. */
  readonly since: number;
  readonly deadline: Deadline;
  /** Called with each history as it arrives. */
  onHistory?(session: Session, history: LookedInto): Promise<void> | void;
  /** Whether the session, and those after it, need not be looked into. */
  isEnough?: ((session: Session) => boolean) | undefined;
}

/**
 * Reads the histories of sessions in their order, several at a time, until there is enough, or no time or request left.
 * A history that cannot be read takes nothing else down.
 * @throws when the call is cancelled, or when one session after the other fails.
 */
export async function lookIntoHistories(
  sessions: readonly Session[],
  { since, deadline, onHistory, isEnough }: Options,
  context: Context,
): Promise<Look> {
  const { call, progress } = context;
  const histories: (LookedInto | 'failed' | undefined)[] = sessions.map(() => undefined);
  let next = 0;
  let looked = 0;
  let failuresInARow = 0;
  let stop: Stop | undefined;

  async function lookInto(index: number, session: Session): Promise<void> {
    try {
      const history = await readSince(session, since, deadline, context);
      await onHistory?.(session, history);
      histories[index] = history;
      failuresInARow = 0;
    } catch (error) {
      const { kind, retryAfterSeconds } = error as OpenCxError;
      if (!(error instanceof OpenCxError) || kind === 'cancelled' || call.signal.aborted) {
        // The others end too.
        stop = { why: 'time' };
        throw error;
      }
      if (kind === 'rate_limited') stop = { why: 'rate_limited', retryAfterSeconds };
      else if (kind === 'timeout') stop ??= { why: 'time' };
      else {
        histories[index] = 'failed';
        failuresInARow += 1;
        if (failuresInARow >= maxFailuresInARow) {
          stop = { why: 'time' };
          throw error;
        }
      }
    }
    looked += 1;
    if (looked % parallel === 0 || looked === sessions.length) {
      progress(`${looked} of ${sessions.length} sessions`);
    }
  }

  async function work(): Promise<void> {
    for (;;) {
      const session = sessions[next];
      if (session === undefined || stop !== undefined) return;
      if (isEnough?.(session)) stop = { why: 'enough' };
      else if (deadline.hasPassed) stop = { why: 'time' };
      else {
        next += 1;
        await lookInto(next - 1, session);
      }
    }
  }

  await Promise.all(Array.from({ length: parallel }, work));
  const unread = histories.indexOf(undefined);
  const read = unread < 0 ? histories : histories.slice(0, unread);
  return { histories: read.map((one) => (one === 'failed' ? undefined : one)), stop };
}

async function readSince(
  { id, updated_at: updatedAt }: Session,
  since: number,
  deadline: Deadline,
  context: Context,
): Promise<LookedInto> {
  const items: HistoryItem[] = [];
  const isNew = oncePerId();
  let unreadable = 0;
  let requested = 0;
  let isPart = false;
  let isNewest: boolean | undefined;
  const limited = { ...context, call: { ...context.call, maxWaitMs } };
  try {
    for await (const page of historyPages(id, { updatedAt, deadline }, limited)) {
      items.push(...page.items.filter(isNew));
      unreadable += page.unreadable ?? 0;
      if (!page.remembered) requested += 1;
      isNewest = isNewestFirst(items);
      isPart = Boolean(page.endsEarly || page.left_out);
      if (isNewest && parseTime(items.at(-1)?.created_at ?? '') <= since) break;
      if (page.next && requested >= maxHistoryPages) {
        isPart = true;
        break;
      }
    }
  } catch (error) {
    // What was read is remembered. A later call goes on there.
    const goesOnLater = ['rate_limited', 'timeout', 'cancelled'];
    if (!(error instanceof OpenCxError) || items.length === 0 || goesOnLater.includes(error.kind))
      throw error;
    isPart = true;
  }
  return {
    items: isNewest ? items.toReversed() : items,
    isPart,
    lacksNewest: isPart && !isNewest,
    unreadable,
  };
}
