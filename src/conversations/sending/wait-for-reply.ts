import type { SendMessageBody } from '../../client/client.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import { type Party, partyOf } from '../../contract/history.ts';
import { parseTime } from '../../text/time-format.ts';
import { apiTime } from '../api-time.ts';
import type { Context } from '../context.ts';
import { followHistory } from '../reading/history-follower.ts';
import { historySkewMs, isSameMessage } from './find-sent.ts';
import type { Delivery } from './send-once.ts';

/** How the wait for a reply went, and the messages after ours in reading order, whoever wrote them. */
export interface Replies {
  readonly items: readonly HistoryItem[];
  /** Why the wait ended: the other side answered, time was up, or the history could not be read. */
  readonly ended: 'answered' | 'time' | 'failed';
  readonly waitedSeconds: number;
  /** What was asked for; more than `waitedSeconds` if the call had less time left. */
  readonly wantedSeconds: number;
  /** Whether our own message was seen in the history. Without it, nothing is known to come after it. */
  readonly ownSeen: boolean;
}

/** The first look comes early, later ones less often: about ten requests in 45 seconds, of a hundred a minute. */
const firstPauseMs = 1000;
const slowdown = 1.4;
const longestPauseMs = 5000;

/** Part of the call's time kept for the last look and the answer. */
const reserveMs = 2000;

/** Messages of a reply that are shown. */
const maxReplies = 20;

/**
 * Follows the history after a message until the other side has answered: the AI or an agent after a message of the
 * customer, the customer after a message of an agent. System notes and messages of our own side do not count. The
 * message is delivered already, so a failure here ends the wait and is never an error.
 * @param wantedSeconds how long to wait; less if the call has to end before.
 * @param startedAt before the message was sent, by the monotonic clock.
 */
export async function waitForReply(
  sessionId: string,
  body: SendMessageBody,
  delivery: Delivery,
  wantedSeconds: number,
  startedAt: number,
  context: Context,
): Promise<Replies> {
  const { client, call, clock, progress } = context;
  const sentAt = apiTime(context, clock.monotonic() - startedAt).getTime();
  const notBefore = sentAt - historySkewMs;
  const isOwn = (item: HistoryItem) =>
    item.id === undefined
      ? isSameMessage(item, body) && parseTime(item.created_at) >= notBefore
      : item.id === delivery.messageId;
  const look = followHistory(client, sessionId, (items) => items.findLastIndex(isOwn));
  const isAnswer = ({ event }: HistoryItem) =>
    event.type === 'message' && answers[body.sender].includes(partyOf(event.sender?.type));

  const start = clock.monotonic();
  const waitMs = Math.min(wantedSeconds * 1000, call.deadline.earlierBy(reserveMs).remainingMs);
  const elapsedMs = () => clock.monotonic() - start;
  const lookDeadline = call.deadline.earlierBy(reserveMs / 2);
  let items: readonly HistoryItem[] | undefined;
  const result = (ended: Replies['ended']): Replies => ({
    items: (items ?? []).filter(({ event }) => event.type === 'message').slice(0, maxReplies),
    ended,
    waitedSeconds: Math.round(elapsedMs() / 1000),
    wantedSeconds,
    ownSeen: items !== undefined,
  });

  try {
    let pause = firstPauseMs;
    while (elapsedMs() < waitMs) {
      const [waited, whole] = [Math.round(elapsedMs() / 1000), Math.floor(waitMs / 1000)];
      progress(`Sent; waiting for a reply (${waited} of ${whole} s)`);
      await clock.sleep(Math.min(pause, waitMs - elapsedMs()), call.signal);
      items = (await look({ ...call, deadline: lookDeadline })) ?? items;
      if (items?.some(isAnswer)) return result('answered');
      pause = Math.min(Math.round(pause * slowdown), longestPauseMs);
    }
    return result('time');
  } catch {
    return result('failed');
  }
}

/** Who answers whom. An unknown sender may be the customer. */
const answers: Readonly<Record<SendMessageBody['sender'], readonly Party[]>> = {
  contact: ['ai', 'agent'],
  agent: ['contact', 'unknown'],
};
