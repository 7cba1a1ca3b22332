import type { CreateSessionBody, SendMessageBody } from '../../client/client.ts';
import type { IdempotencyKey } from '../../state/send-log.ts';
import { clean } from '../../text/clean.ts';

type Attachment = NonNullable<SendMessageBody['message']['attachments']>[number];
type Contact = NonNullable<SendMessageBody['contact']>;

/**
 * What makes two messages the same: everything that leaves, however a model spells it when it repeats a call. Names and
 * types of files do not count, because they may be left out.
 */
export function messageKey(sessionId: string, body: SendMessageBody): IdempotencyKey {
  const { sender, message, contact, custom_data, agent, should_take_over_session_from_ai } = body;
  const { attachments = [] } = message;
  return {
    kind: 'message',
    sessionId: foldId(sessionId),
    content: [sender, foldText(message.text), attachments.map(fileKey).sort()],
    effects: {
      custom_data: sortedEntries(custom_data),
      contact: contactKey(contact),
      agent: omitUndefined({
        id: agent?.id,
        name: agent?.name === undefined ? undefined : foldText(agent.name),
        avatar_url: agent?.avatar_url === undefined ? undefined : foldAddress(agent.avatar_url),
      }),
      // False is the default of the API.
      should_take_over_session_from_ai: should_take_over_session_from_ai || undefined,
    },
  };
}

/** What makes two new sessions the same. They have no words that people see, so there are no separate effects. */
export function sessionKey(body: CreateSessionBody): IdempotencyKey {
  const { channel, contact_id, contact, verified, custom_data } = body;
  const parts = [
    channel?.type ?? 'api',
    contact_id === undefined ? null : foldId(contact_id),
    contactKey(contact) ?? null,
    verified === true,
    sortedEntries(custom_data) ?? null,
  ];
  return { kind: 'session', sessionId: '', content: parts, effects: {} };
}

/** The same UUID may be written without dashes, in capitals or as a URN (RFC 9562, section 4). */
function foldId(id: string): string {
  const hex = id.replace(/^urn:uuid:/i, '').replaceAll('-', '');
  return /^[0-9a-f]{32}$/i.test(hex) ? hex.toLowerCase() : id;
}

/** A flag of a part of a country, such as England: a black flag and tag characters. They are invisible elsewhere. */
const subdivisionFlag = /\u{1f3f4}[\u{e0030}-\u{e007a}]{2,6}\u{e007f}/gu;
/** Quotation marks and apostrophes, and the accents and primes that are typed in their place. */
const quotationMark = /[\p{Quotation_Mark}`\u00b4\u02b9-\u02bf\u02c8\u02ca\u02cb\u2032-\u2037]/gu;

/**
 * The words of a text. Spellings that look the same are the same: Unicode forms, quotation marks, dashes, white space,
 * invisible characters. The API may change those too.
 */
export function foldText(text: string): string {
  // Private-use characters in the place of the tags, which `clean` removes.
  const flagsKept = text.replace(subdivisionFlag, (flag) =>
    flag.replace(/[\u{e0030}-\u{e007f}]/gu, (tag) =>
      String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xd2000),
    ),
  );
  return clean(flagsKept)
    .replace(quotationMark, "'")
    .normalize('NFKC')
    .replace(/\p{Dash}/gu, '-')
    .replaceAll('\ufe0f', '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Content by its hash: base64 may be padded or not, and its last character may have spare bits. */
function fileKey({ url, base64 }: Attachment): string {
  if (base64 === undefined) return `address ${foldAddress(url ?? '')}`;
  // Loaded when it is needed: a start does not hash.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `content ${createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex')}`;
}

/** An address in its normal form (RFC 3986, section 6.2.2), without the fragment, which never leaves. */
export function foldAddress(address: string): string {
  if (!URL.canParse(address)) return address.trim();
  const url = new URL(address);
  url.hash = '';
  return url.href.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
  });
}

function contactKey(contact: (Partial<Contact> & object) | undefined): Record<string, unknown> | undefined {
  return omitUndefined({
    name: contact?.name === undefined ? undefined : foldText(contact.name),
    email: contact?.email?.trim().toLowerCase(),
    phone_number: contact?.phone_number === undefined ? undefined : foldPhone(contact.phone_number),
    avatar_url: contact?.avatar_url === undefined ? undefined : foldAddress(contact.avatar_url),
    custom_data: sortedEntries(contact?.custom_data),
  });
}

/** Without the spaces, brackets and dashes that only make it readable. */
function foldPhone(number: string): string {
  return number.normalize('NFKC').replace(/[\s().\p{Dash}]/gu, '');
}

/** @returns undefined if there is nothing: an empty object changes nothing. */
function omitUndefined(object: Record<string, unknown>): Record<string, unknown> | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The order of keys does not count. */
function sortedEntries(data: Readonly<Record<string, unknown>> | undefined): unknown[] | undefined {
  const entries = Object.entries(data ?? {}).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
