import { z } from '../contract/zod.ts';
import type { HistoryWindow } from '../conversations/reading/newest-messages.ts';
import { cleanLine } from '../text/clean.ts';
import { exactTime, timeWithAge } from '../text/time-format.ts';
import { eventsLeftOutNote, MessageView, messageLines, shortened } from './message.ts';
import { readingNote } from './reading-note.ts';
import { bareToken, dataBlock, type FactLine, placeFacts } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from './rendering/rendering.ts';
import { fitToSize } from './rendering/size-limit.ts';

export const TranscriptView = z.object({
  session_id: z.string(),
  shown: z.number(),
  total: z.number().describe('In the whole history').optional(),
  at_least: z.number().describe('In the whole history, of which not all was read').optional(),
  newest_reached: z.literal(false).describe('The newest messages are missing').optional(),
  oldest_reached: z.literal(false).describe('Older ones may exist').optional(),
  messages: z.array(MessageView),
  note: z.string().optional(),
  before: z.string().describe('Pass as before to read older ones; absent if there are none').optional(),
  next_cursor: z.string().describe('Pass as cursor to read on where one call had to end').optional(),
});

/**
 * Part of a history in reading order. If it does not fit one result, the oldest messages are left out.
 * @param nextCursor where to read on; absent if what was wanted was reached.
 * @param noun what is counted: `messages`, or `entries` when other events are included.
 */
export function presentTranscript(
  sessionId: string,
  window: HistoryWindow,
  messages: readonly MessageView[],
  noun: string,
  context: PresentContext,
  nextCursor?: string,
): Presented<z.infer<typeof TranscriptView>> {
  return fitToSize(messages.length, (n, maxCharacters) => {
    // `n` is 0 only if there are no messages.
    const shown = messages.slice(-n).map((message) => shortened(message, maxCharacters));
    const oldest = window.items.at(-n) ?? window.oldestRead;
    const older = window.olderExist || shown.length < messages.length;
    const view = {
      session_id: sessionId,
      shown: shown.length,
      ...omitEmpty(window.complete ? { total: window.counted } : { at_least: window.counted }),
      ...(window.newestReached ? {} : { newest_reached: false as const }),
      ...(older && !oldest && !window.beforeNotReached ? { oldest_reached: false as const } : {}),
      messages: shown,
      ...omitEmpty({ note: notes(window, shown.length, older) }),
      // Without an id, a time to the millisecond: there may be several messages in the same second.
      ...omitEmpty({
        before:
          older && oldest ? (oldest.id ? cleanLine(oldest.id) : exactTime(oldest.created_at)) : undefined,
        next_cursor: nextCursor,
      }),
    };
    const cut = { messages: messages.length - n, texts: maxCharacters !== Number.POSITIVE_INFINITY };
    const [first, last] = [headline(view, window, noun), olderLines(view)];
    return presented<TranscriptView>(
      view,
      (shown) => transcriptText(shown, window, first, last, cut, context),
      context,
    );
  });
}

/** What the messages do not say. It is in both renderings. */
function notes(window: HistoryWindow, shown: number, older: boolean) {
  const { eventsLeftOut, before, complete, counted, beforeNotReached = false } = window;
  const isObvious = before === undefined && complete && counted === shown;
  return [
    readingNote(window),
    eventsLeftOut && eventsLeftOutNote(eventsLeftOut, 'include_events true shows them'),
    !older && !isObvious && !beforeNotReached && 'This is the beginning of the conversation.',
  ]
    .filter(Boolean)
    .join(' ');
}

type TranscriptView = z.infer<typeof TranscriptView>;

/**
 * How much is shown of how much. With `before`, the size of the whole history is a separate sentence, because "5 of 143
 * older than X" would be misread.
 */
function headline(view: TranscriptView, { before, beforeNotReached }: HistoryWindow, noun: string): FactLine {
  const { session_id: id, shown, total, at_least } = view;
  const size = total ?? (at_least === undefined ? undefined : `at least ${at_least}`);
  if (before === undefined) {
    if (shown > 0) return [`Session ${id}: ${shown} of ${size} ${noun}, in reading order.`];
    return [`Session ${id}: no ${noun} ${total === undefined ? 'in the part that could be read' : 'yet'}.`];
  }
  if (beforeNotReached) {
    return [
      `Session ${id}: ${bareToken(before)} was not reached in the part that one call could read (${size} ${noun}).`,
      before,
    ];
  }
  const one = noun === 'entries' ? '1 entry,' : '1 message,';
  const part = shown === 0 ? `no ${noun} are` : shown === 1 ? one : `${shown} ${noun}, in reading order, all`;
  const whole = size === undefined ? '' : ` The whole history has ${size} ${noun}.`;
  return [`Session ${id}: ${part} older than ${bareToken(before)}.${whole}`, before];
}

/** How to read on. */
function olderLines(view: TranscriptView): FactLine[] {
  if (view.before !== undefined) {
    return [[`Older ones: get_session_history with before ${view.before}`, view.before]];
  }
  if (view.oldest_reached === false && view.next_cursor === undefined)
    return [['There may be older ones, beyond what one call can read.']];
  return [];
}

function transcriptText(
  view: TranscriptView,
  window: HistoryWindow,
  first: FactLine,
  last: readonly FactLine[],
  cut: { messages: number; texts: boolean },
  context: PresentContext,
): string {
  const newest = view.messages.at(-1);
  const { outside, inside } = placeFacts([
    first,
    ...(view.newest_reached === false
      ? [
          [
            window.interrupted
              ? 'The NEWEST entries may be missing here.'
              : 'The history is too long to be read to its end in one call: its NEWEST entries are missing here.',
          ] as const,
        ]
      : []),
    // Its values are encoded, so it is a plain token although it may be long.
    ...(view.next_cursor ? [[`Read on: get_session_history with cursor ${view.next_cursor}`] as const] : []),
    ...(cut.messages > 0
      ? [[`Cut to fit one result: the ${cut.messages} oldest fetched are not shown.`] as const]
      : []),
    ...(cut.texts ? [['Cut to fit one result: the text of this one is shortened.'] as const] : []),
    ...(newest ? [[`Last one shown: ${timeWithAge(newest.at, context.now)}.`, newest.at] as const] : []),
    ...(view.note ? [[view.note] as const] : []),
    ...last,
  ]);
  return [...outside, ...dataBlock([...inside, ...messageLines(view.messages)], context.nonce)].join('\n');
}
