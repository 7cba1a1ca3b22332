import type { HistoryItem } from '../contract/read.ts';
import { z } from '../contract/zod.ts';
import { firstWithin, fitItems } from './budget.ts';
import { readableText } from './html.ts';
import { compact, type PresentContext, type Presented } from './present.ts';
import { exactTime, isoTime, timeBehind, timeWithAge } from './time.ts';
import {
  clean,
  cleanLine,
  dataBlock,
  type FactLine,
  placeFacts,
  quoted,
  quotedLines,
  truncate,
  word,
} from './untrusted.ts';

const AttachmentView = z.object({
  name: z.string().optional(),
  type: z.string().optional(),
  size: z.number().describe('Bytes').optional(),
  url: z.string().optional(),
});

/**
 * One message, or with `event` one other entry of the history. Without its id, which no tool takes but `before`, and
 * that one is given apart: ids would be half the tokens of a transcript.
 */
export const MessageView = z.object({
  at: z.string(),
  from: z.string().describe('contact, ai, agent or system'),
  name: z.string().optional(),
  event: z.string().describe('What happened, where it is no message').optional(),
  text: z.string().optional(),
  cut_chars: z.number().describe('Characters left out of text').optional(),
  hidden_chars: z.number().describe('Characters the mail hides from its reader, left out').optional(),
  attachments: z.array(AttachmentView).optional(),
  attachments_left_out: z.number().describe('Further attachments, too many to list').optional(),
});
export type MessageView = z.infer<typeof MessageView>;

export const TranscriptView = z.object({
  session_id: z.string(),
  shown: z.number(),
  total: z.number().describe('In the whole history').optional(),
  at_least: z.number().describe('In the whole history; not all of it was read').optional(),
  newest_reached: z.literal(false).describe('The newest messages are missing').optional(),
  messages: z.array(MessageView),
  before: z
    .string()
    .describe('Pass as before to read the older ones; absent where there are none')
    .optional(),
});

/** A stretch of a session's history, oldest first, and what is known of the rest. */
export interface HistoryWindow {
  readonly items: readonly HistoryItem[];
  /** What the items are older than: the id of an event or a time; absent where the newest were asked for. */
  readonly before?: string;
  /**
   * How many entries of the wanted kind the history has: all of them where it is complete, otherwise at least so many.
   * Absent where reading ended at `before`, since that says nothing of the newer ones.
   */
  readonly counted?: number;
  /** Whether the whole history was read. */
  readonly complete: boolean;
  /** Whether the newest entry of the wanted kind was seen. */
  readonly newestReached: boolean;
  /** Whether older entries exist before the first of `items`. */
  readonly olderExist: boolean;
}

/** Who speaks, in one vocabulary: the documents of different ages name the same parties differently. */
const parties = new Map([
  ['contact', 'contact'],
  ['user', 'contact'],
  ['ai', 'ai'],
  ['agent', 'agent'],
  ['human_agent', 'agent'],
]);

/** `contact`, `ai`, `agent`, or `system` for whatever else. */
export function partyOf(senderType: string | undefined): string {
  return parties.get(senderType ?? '') ?? 'system';
}

/** What the list of one message's attachments may take. */
const maxAttachmentBytes = 6000;

/** History entries as messages; mail markup becomes text, long texts are capped one by one. */
export async function messageViews(
  items: readonly HistoryItem[],
  maxCharacters: number,
): Promise<MessageView[]> {
  return Promise.all(items.map((item) => messageView(item, maxCharacters)));
}

async function messageView(item: HistoryItem, maxCharacters: number): Promise<MessageView> {
  const { event } = item;
  const raw = event.content?.text ?? otherMembers(event);
  const { text: readable, unread, hidden } = await readableText(raw);
  const { text, omitted } = truncate(clean(readable).trim(), maxCharacters);
  const files = event.attachments?.map((file) =>
    compact({
      name: cleanLine(file.name),
      type: cleanLine(file.type),
      size: file.size,
      url: cleanLine(file.url, 1000),
    }),
  );
  const listed = files && firstWithin(files, maxAttachmentBytes);
  return {
    at: isoTime(item.created_at),
    from: partyOf(event.sender?.type),
    ...compact({
      name: event.sender?.name ? cleanLine(event.sender.name) : undefined,
      event: event.type === 'message' ? undefined : cleanLine(event.type),
      text,
      cut_chars: omitted + unread > 0 ? omitted + unread : undefined,
      hidden_chars: hidden > 0 ? hidden : undefined,
      attachments: listed,
      attachments_left_out:
        files && listed && files.length > listed.length ? files.length - listed.length : undefined,
    }),
  };
}

/**
 * What an event carries beside the members shown, such as the name, the input and the result of an action. The API
 * wraps them in `context`, which says nothing: its members stand beside the others, unless two have one name.
 */
function otherMembers(event: HistoryItem['event']): string {
  const { type, sender, content, attachments, ...others } = event;
  if (type === 'message') return '';
  const { context, ...rest } = others;
  const clash = Object.keys(context ?? {}).some((name) => Object.hasOwn(rest, name));
  const members = clash ? others : { ...rest, ...context };
  return Object.keys(members).length === 0 ? '' : JSON.stringify(members);
}

/** The message with its text cut to fewer characters. */
export function shortened(message: MessageView, maxCharacters: number): MessageView {
  const { text, omitted } = truncate(message.text ?? '', maxCharacters);
  return omitted === 0 ? message : { ...message, text, cut_chars: (message.cut_chars ?? 0) + omitted };
}

/**
 * Entries of a data block: one introducing line for each message, its text indented below. A time without a date is
 * of the same day as the one before it.
 */
export function messageLines(messages: readonly MessageView[]): string[] {
  return messages.flatMap((message, index) => {
    const at = timeBehind(message.at, messages[index - 1]?.at);
    const who = [
      message.from,
      message.name && quoted(message.name),
      message.event && `event ${word(message.event)}`,
    ];
    const empty = !message.text && !message.event && !message.attachments;
    const notes = [
      message.cut_chars && ` (${message.cut_chars} characters left out)`,
      message.hidden_chars && ` (${message.hidden_chars} characters hidden from the reader left out)`,
      empty && ' (no visible text)',
    ];
    return [
      `${at} ${who.filter(Boolean).join(' ')}${notes.filter(Boolean).join('')}:`,
      ...(message.text ? quotedLines(message.text) : []),
      ...(message.attachments ?? []).map(attachmentLine),
      ...(message.attachments_left_out ? [`${message.attachments_left_out} more attachments left out`] : []),
    ];
  });
}

/** Not indented: an indented line would be one that the text of the message could hold too. */
function attachmentLine({ name, type, size, url }: z.infer<typeof AttachmentView>): string {
  const parts = [
    name && quoted(name),
    type && quoted(type),
    size !== undefined && `${size} bytes`,
    url && quoted(url, 1000),
  ];
  return `attachment ${parts.filter(Boolean).join(', ')}`;
}

/**
 * A stretch of history in reading order. Too much for one result is cut from its oldest end, by whole messages.
 * @param noun what is counted: `messages`, or `entries` when other events are included.
 */
export function presentTranscript(
  sessionId: string,
  window: HistoryWindow,
  messages: readonly MessageView[],
  noun: string,
  context: PresentContext,
): Presented<z.infer<typeof TranscriptView>> {
  return fitItems(messages.length, (n, maxCharacters) => {
    const shown = n === 0 ? [] : messages.slice(-n).map((message) => shortened(message, maxCharacters));
    const oldest = window.items.at(-n);
    const older = window.olderExist || shown.length < messages.length;
    const view = {
      session_id: sessionId,
      shown: shown.length,
      ...compact(window.complete ? { total: window.counted } : { at_least: window.counted }),
      ...(window.newestReached ? {} : { newest_reached: false as const }),
      messages: shown,
      // Without ids a time must do: to the millisecond, for others may stand in the same second.
      ...compact({
        before:
          older && oldest ? (oldest.id ? cleanLine(oldest.id) : exactTime(oldest.created_at)) : undefined,
      }),
    };
    const cut = { messages: messages.length - n, texts: maxCharacters !== Number.POSITIVE_INFINITY };
    const [first, last] = [headline(view, window.before, noun), olderLines(view, window.before, older)];
    return { view, text: transcriptText(view, first, last, cut, context) };
  });
}

type TranscriptView = z.infer<typeof TranscriptView>;

/** What is shown, out of how much; behind `before` it is said apart, for a part of a part is easily misread. */
function headline(view: TranscriptView, before: string | undefined, noun: string): FactLine {
  const { session_id: id, shown, total, at_least } = view;
  const inAll = total ?? (at_least === undefined ? undefined : `at least ${at_least}`);
  if (before === undefined) {
    if (shown > 0) return [`Session ${id}: ${shown} of ${inAll} ${noun}, oldest of them first.`];
    return [`Session ${id}: no ${noun} ${total === undefined ? 'in the part that could be read' : 'yet'}.`];
  }
  const one = noun === 'entries' ? '1 entry,' : '1 message,';
  const here =
    shown === 0 ? `no ${noun} are` : shown === 1 ? one : `${shown} ${noun}, oldest of them first, all`;
  const whole = inAll === undefined ? '' : ` The whole history has ${inAll} ${noun}.`;
  return [`Session ${id}: ${here} older than ${word(before)}.${whole}`, before];
}

/** Whether the conversation goes on before what is shown, where the first line does not say it. */
function olderLines(view: TranscriptView, before: string | undefined, older: boolean): FactLine[] {
  if (view.before !== undefined) {
    return [[`Older ones: get_session_history with before ${view.before}`, view.before]];
  }
  if (older) return [['There may be older ones, beyond what one call can read.']];
  const said = before === undefined ? view.total === view.shown : view.shown === 0;
  return said ? [] : [['This is the beginning of the conversation.']];
}

function transcriptText(
  view: TranscriptView,
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
            'The history is too long to be read to its end in one call: its NEWEST entries are missing here.',
          ] as const,
        ]
      : []),
    ...(cut.messages > 0
      ? [[`Cut to fit one result: the ${cut.messages} oldest fetched are not shown.`] as const]
      : []),
    ...(cut.texts ? [['Cut to fit one result: the text of this one is shortened.'] as const] : []),
    ...(newest ? [[`Last one shown: ${timeWithAge(newest.at, context.now)}.`, newest.at] as const] : []),
    ...last,
  ]);
  return [...outside, ...dataBlock([...inside, ...messageLines(view.messages)], context.nonce)].join('\n');
}
