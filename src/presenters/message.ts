import { boundedJson } from '../contract/bounded-json.ts';
import type { HistoryItem } from '../contract/entities.ts';
import { otherFieldsOf } from '../contract/history.ts';
import { z } from '../contract/zod.ts';
import { clean, cleanLine, maxUrlCharacters, truncate } from '../text/clean.ts';
import { mayQuote } from '../text/mail/quotations/hints.ts';
import { quotedReplies } from '../text/mail/quoted-reply.ts';
import { readableText } from '../text/mail/readable-text.ts';
import { isoTime, timeBehind } from '../text/time-format.ts';
import { nextTurn } from '../time/clock.ts';
import { bareToken, quoted, quotedLines } from './rendering/quoting.ts';
import { omitEmpty } from './rendering/rendering.ts';
import { firstWithinSize } from './rendering/size-limit.ts';
import { fromDescription, senderText, senderView } from './sender-name.ts';

export const AttachmentView = z.object({
  name: z.string().optional(),
  type: z.string().optional(),
  size: z.number().describe('Bytes').optional(),
  url: z.string().optional(),
});

/**
 * A message or, if `event` is set, another entry of the history. It has no id, because ids would be half the tokens of
 * a transcript. Only `before` takes one, and a transcript gives that one separately.
 */
export const MessageView = z.object({
  at: z.string(),
  from: z.string().describe(fromDescription),
  name: z.string().optional(),
  claimed_name: z.string().optional(),
  event: z.string().describe('What happened, if not a message').optional(),
  internal: z.literal(true).describe('The customer does not see it').optional(),
  text: z.string().optional(),
  cut_chars: z.number().describe('Characters left out of text').optional(),
  quoted_chars_left_out: z.number().describe('Of earlier mail quoted here').optional(),
  hidden_chars: z.number().describe('Left out: characters hidden from readers').optional(),
  unsafe_chars: z
    .number()
    .describe('Left out: characters of markup that could not be read safely')
    .optional(),
  attachments: z.array(AttachmentView).optional(),
  attachments_left_out: z.number().describe('Attachments not listed').optional(),
});
export type MessageView = z.infer<typeof MessageView>;

/** Limit for the attachments of one message. */
const maxAttachmentBytes = 6000;

const longCharacters = 10_000;

/** How to read messages, and what they may quote. */
interface MessageOptions {
  /** Messages of the session before the first item, oldest first. */
  readonly earlier?: readonly HistoryItem[] | undefined;
  /** Whether the caller asked for quoted mail and whole addresses of links. */
  readonly keepQuoted?: boolean;
  /** Gives up on markup that is not read yet. */
  readonly signal?: AbortSignal | undefined;
}

/** Of the messages before the first item, only the closest are compared, because each has to be converted. */
const maxEarlier = 50;

/**
 * Turns history entries into messages: converts mail markup to text, leaves out quoted mail that earlier messages of
 * the session have, and cuts each text to `maxCharacters`.
 * @param items in reading order.
 */
export async function messageViews(
  items: readonly HistoryItem[],
  maxCharacters: number,
  options: MessageOptions = {},
): Promise<MessageView[]> {
  const { earlier = [], keepQuoted = false } = options;
  const bodies = await readableBodies(items, options);
  if (keepQuoted) return items.map((item, n) => messageView(item, bodies[n] as Body, maxCharacters));
  const replies = quotedReplies();
  if (bodies.some(({ text }) => mayQuote(text))) {
    for (const { text } of await readableBodies(earlier.slice(-maxEarlier), options)) {
      replies.add(text);
      if (text.length > longCharacters) await nextTurn();
    }
  }
  const views: MessageView[] = [];
  for (const [n, item] of items.entries()) {
    const body = bodies[n] as Body;
    const { text, quoted } = await replies.strip(body.text, maxCharacters);
    replies.add(body.text);
    views.push(messageView(item, { ...body, text, quoted }, maxCharacters));
    // Long mails are read in separate turns of the event loop, so that other calls go on.
    if (body.text.length > longCharacters) await nextTurn();
  }
  return views;
}

interface Body {
  readonly text: string;
  /** Characters of quoted mail left out of the text. */
  readonly quoted?: number;
  readonly unread: number;
  readonly hidden: number;
  /** Whether its markup could not be read safely. */
  readonly isUnsafe?: boolean | undefined;
}

async function readableBodies(items: readonly HistoryItem[], options: MessageOptions): Promise<Body[]> {
  const bodies: Body[] = [];
  for (const item of items) {
    const body = await readableBody(item, options);
    bodies.push(body);
    if (body.text.length > longCharacters) await nextTurn();
  }
  return bodies;
}

async function readableBody(
  { event }: HistoryItem,
  { signal, keepQuoted: wholeAddresses }: MessageOptions,
): Promise<Body> {
  const raw = [event.content?.text, otherFields(event)].filter(Boolean).join('\n');
  const { text, ...counts } = await readableText(raw, { signal, wholeAddresses });
  return { text: clean(text).trim(), ...counts };
}

function messageView(item: HistoryItem, body: Body, maxCharacters: number): MessageView {
  const { event } = item;
  const { unread, hidden, quoted: repeated = 0, isUnsafe = false } = body;
  const { text, omitted } = truncate(body.text, maxCharacters);
  const files = event.attachments ?? [];
  const listed = firstWithinSize(attachmentViews(files), maxAttachmentBytes);
  return {
    at: isoTime(item.created_at),
    ...senderView(event.sender),
    ...omitEmpty({
      event: event.type === 'message' ? undefined : cleanLine(event.type),
      internal: isInternal(event) ? (true as const) : undefined,
      text,
      cut_chars: !isUnsafe && omitted + unread > 0 ? omitted + unread : undefined,
      quoted_chars_left_out: repeated > 0 ? repeated : undefined,
      hidden_chars: hidden > 0 ? hidden : undefined,
      unsafe_chars: isUnsafe ? unread : undefined,
      attachments: listed,
      attachments_left_out: files.length > listed.length ? files.length - listed.length : undefined,
    }),
  };
}

/** Cleans attachments one at a time, so that no more are cleaned than are shown. */
function* attachmentViews(files: NonNullable<HistoryItem['event']['attachments']>) {
  for (const file of files) yield attachmentView(file);
}

export function attachmentView({
  name,
  type,
  size,
  url,
}: NonNullable<HistoryItem['event']['attachments']>[number]): z.infer<typeof AttachmentView> {
  return omitEmpty({
    name: cleanLine(name),
    type: cleanLine(type),
    size,
    url: cleanLine(url, maxUrlCharacters),
  });
}

/**
 * Words in the type of an entry that only colleagues see, such as `agent_comment`, `human_agent_comment` and
 * `email_draft_message`.
 */
const internalWords = new Set(['comment', 'draft', 'note', 'internal']);

function isInternal({ type, content }: HistoryItem['event']): boolean {
  return [type, content?.type ?? ''].some((words) =>
    words
      .toLowerCase()
      .split(/[^a-z]/)
      .some((word) => internalWords.has(word.replace(/s$/, ''))),
  );
}

/** The other fields of an event as JSON, such as the name, input and result of an action. */
function otherFields(event: HistoryItem['event']): string {
  const fields = otherFieldsOf(event);
  return fields === undefined ? '' : boundedJson(fields);
}

/** The message with its text cut to `maxCharacters`. */
export function shortened(message: MessageView, maxCharacters: number): MessageView {
  const { text, omitted } = truncate(message.text ?? '', maxCharacters);
  return omitted === 0 ? message : { ...message, text, cut_chars: (message.cut_chars ?? 0) + omitted };
}

/**
 * The lines of messages in a data block: for each a header line, then its text, indented. A time without a date is on
 * the same day as the time before it.
 * @param labels what stands between time and sender, for each message.
 */
export function messageLines(messages: readonly MessageView[], labels: readonly string[] = []): string[] {
  return messages.flatMap((message, index) => {
    const at = timeBehind(message.at, messages[index - 1]?.at);
    const who = [
      labels[index],
      senderText(message),
      message.event && `event ${bareToken(message.event)}`,
      message.internal && '(internal, the customer does not see it)',
    ];
    const empty = !message.text && !message.event && !message.attachments && !message.unsafe_chars;
    const notes = [
      message.cut_chars && ` (${message.cut_chars} characters left out)`,
      message.quoted_chars_left_out && ` ${quotedMailNote(message.quoted_chars_left_out)}`,
      message.hidden_chars && ` (${message.hidden_chars} characters hidden from readers, left out)`,
      message.unsafe_chars && ` ${unsafeMarkupNote(message.unsafe_chars)}`,
      empty && ' (no visible text)',
    ];
    const colon = message.text || message.attachments ? ':' : '';
    return [
      `${at} ${who.filter(Boolean).join(' ')}${notes.filter(Boolean).join('')}${colon}`,
      ...(message.text ? quotedLines(message.text) : []),
      ...(message.attachments ?? []).map(attachmentLine),
      ...(message.attachments_left_out ? [`${message.attachments_left_out} more attachments left out`] : []),
    ];
  });
}

/** An AI may say what an event denies, so a reader has to know that there are events. */
export function eventsLeftOutNote(count: number, how: string): string {
  return `${count === 1 ? '1 event' : `${count} events`} (handoffs, status changes, actions, internal notes) left out: ${how}.`;
}

export function quotedMailNote(characters: number): string {
  return `(quoted earlier mail, ${characters} characters, left out)`;
}

export function unsafeMarkupNote(characters: number): string {
  return `(could not be read safely, ${characters} characters of markup left out)`;
}

/** Not indented: the text of the message is, so it cannot imitate this line. */
function attachmentLine({ name, type, size, url }: z.infer<typeof AttachmentView>): string {
  const parts = [
    name && quoted(name),
    type && quoted(type),
    size !== undefined && `${size} bytes`,
    url && quoted(url, maxUrlCharacters),
  ];
  return `attachment ${parts.filter(Boolean).join(', ')}`;
}
