import type { Session } from '../../contract/entities.ts';
import type { LastWord } from '../../presenters/last-message.ts';
import { partyOf } from '../../presenters/message.ts';
import type { ToolContext } from '../../tools/tool.ts';
import { readWindow, softDeadline } from './newest-messages.ts';

/** Histories read at a time: quick enough for ten, and other calls still get their turn. */
const atOnce = 4;

/** Newest messages looked at: behind the last word of a person or the AI there may be notes of the system. */
const newest = 10;

/**
 * Finds out who had the last word in each session, at one request for each or more where a history is long. What
 * cannot be read in time, or not at all, is told as unknown, session by session.
 * @returns one answer for each session, in their order.
 * @throws only when the call is cancelled.
 */
export async function readLastWords(
  sessions: readonly Session[],
  context: ToolContext,
): Promise<readonly LastWord[]> {
  const { clock, call } = context;
  const until = softDeadline(call);
  const words: LastWord[] = [];
  const waiting = sessions.entries();
  const work = async () => {
    for (const [index, { id }] of waiting) {
      const inTime = clock.now() < until;
      words[index] = inTime ? await readLastWord(id, until, context) : { unknown: reasons.timeout };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return words;
}

async function readLastWord(
  sessionId: string,
  until: number,
  { client, call, now }: ToolContext,
): Promise<LastWord> {
  try {
    const pages = client.historyPages(sessionId, { ...call, deadline: until });
    const window = await readWindow(pages, { limit: newest, includeEvents: false, now, until });
    const item = window.items.findLast(({ event }) => partyOf(event.sender?.type) !== 'system');
    if (!window.newestReached) return { unknown: 'its history is too long to be read to its end' };
    if (item === undefined && window.olderExist)
      return { unknown: 'its newest messages are all of the system' };
    return { item };
  } catch (error) {
    if (call.signal.aborted) throw error;
    const { kind } = error as { kind?: keyof typeof reasons };
    return { unknown: reasons[kind ?? 'other'] ?? reasons.other };
  }
}

const reasons = {
  timeout: 'there was no time left to read its history',
  rate_limited: 'the rate budget left no request to read its history',
  other: 'its history could not be read',
} as const;
