import type { SendMessageBody } from '../../client/client.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import { partyOf } from '../../presenters/message.ts';
import type { Waited } from '../../presenters/write-results.ts';
import type { ToolContext } from '../../tools/tool.ts';
import { historyTail } from '../reading/history-follower.ts';
import { type Delivery, isSame } from './send-once.ts';

/** How the waiting went, and the messages behind ours in reading order, whoever wrote them. */
export interface Replies extends Waited {
  readonly items: readonly HistoryItem[];
}

/** The first look comes soon, the others ever later: some ten requests in 45 seconds, of a hundred a minute. */
const firstPauseMs = 1000;
const slowdown = 1.4;
const longestPauseMs = 5000;

/** Kept of the call's time for the last look and the answer. */
const reserveMs = 2000;

/** Messages of a reply that are shown. */
const maxReplies = 20;

/**
 * Follows the history after a message until the other side has answered: after a customer's message the AI or an
 * agent, after an agent's message the customer. Notes of the system do not count, and neither does our own side.
 * The message is delivered: whatever goes wrong here ends the waiting and is never an error.
 * @param wantedSeconds how long to wait; less where the call must be over before.
 * @param began before the message was sent, in milliseconds since 1970 by this machine's clock.
 */
export async function waitForReply(
  sessionId: string,
  body: SendMessageBody,
  delivery: Delivery,
  wantedSeconds: number,
  began: number,
  { client, call, clock, progress }: ToolContext,
): Promise<Replies> {
  const own = { sender: body.sender, text: body.message.text };
  // By the server's clock, and to the second: that is all that its Date header tells.
  const notBefore = Math.floor((began + (client.clockOffset() ?? 0)) / 1000) * 1000;
  const isOwn = (item: HistoryItem) =>
    delivery.messageId === undefined || item.id === undefined
      ? isSame(item, own) && Date.parse(item.created_at) >= notBefore
      : item.id === delivery.messageId;
  const look = historyTail(client, sessionId, (items) => items.findLastIndex(isOwn));
  const isAnswer = ({ event }: HistoryItem) =>
    event.type === 'message' && answers[own.sender].includes(partyOf(event.sender?.type));

  const start = clock.now();
  const end = Math.min(start + wantedSeconds * 1000, call.deadline - reserveMs);
  const wholeSeconds = Math.max(0, Math.floor((end - start) / 1000));
  let items: readonly HistoryItem[] | undefined;
  const result = (ended: Replies['ended']): Replies => ({
    items: (items ?? []).filter(({ event }) => event.type === 'message').slice(0, maxReplies),
    ended,
    waitedSeconds: Math.max(0, Math.round((clock.now() - start) / 1000)),
    wantedSeconds,
    ownSeen: items !== undefined,
  });

  try {
    for (
      let pause = firstPauseMs;
      clock.now() < end;
      pause = Math.min(Math.round(pause * slowdown), longestPauseMs)
    ) {
      const waited = Math.round((clock.now() - start) / 1000);
      progress(`Sent; waiting for a reply (${waited} of ${wholeSeconds} s)`);
      await clock.wait(Math.min(pause, end - clock.now()));
      items = (await look({ ...call, deadline: call.deadline - reserveMs / 2 })) ?? items;
      if (items?.some(isAnswer)) return result('answered');
    }
    return result('time');
  } catch {
    return result('failed');
  }
}

/** Who answers whom. */
const answers: Readonly<Record<SendMessageBody['sender'], readonly string[]>> = {
  contact: ['ai', 'agent'],
  agent: ['contact'],
};
