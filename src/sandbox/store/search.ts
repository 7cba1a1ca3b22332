import { sql } from 'kysely';
import type { Db } from './store.ts';
import type { ContactRow, EventRow } from './tables.ts';

/*
 * Full text by SQLite's FTS5. Everything that knows FTS5 is in this file and in the migrations.
 */

export async function indexContact(db: Db, row: ContactRow): Promise<void> {
  await sql`
    insert into contact_index (rowid, name, email, phone, digits, non_verified_name, non_verified_email)
    values (${row.seq}, ${spaced(row.name)}, ${row.email}, ${row.phone_number}, ${row.phone_key},
            ${spaced(row.non_verified_name)}, ${row.non_verified_email})`.execute(db);
}

export async function unindexContact(db: Db, seq: number): Promise<void> {
  await sql`delete from contact_index where rowid = ${seq}`.execute(db);
}

export async function indexMessage(db: Db, seq: number, text: string, sender: string): Promise<void> {
  await sql`insert into message_index (rowid, text, sender)
            values (${seq}, ${spaced(text)}, ${spaced(sender)})`.execute(db);
}

/** Contacts that match, best first. */
export async function searchContacts(db: Db, q: string, limit: number): Promise<ContactRow[]> {
  const match = contactQuery(q);
  if (match === undefined) return [];
  const found = await sql<ContactRow>`
    select contacts.* from (
      select rowid, rank from contact_index where contact_index match ${match} order by rank limit ${limit}
    ) as hit join contacts on contacts.seq = hit.rowid order by hit.rank, contacts.seq`.execute(db);
  return found.rows;
}

/** Message events that match, best first; the newer of two equals first. */
export async function searchMessages(db: Db, q: string, limit: number): Promise<EventRow[]> {
  const match = wordsQuery(q);
  if (match === undefined) return [];
  const found = await sql<EventRow>`
    select events.* from (
      select rowid, rank from message_index where message_index match ${match} order by rank limit ${limit}
    ) as hit join events on events.seq = hit.rowid order by hit.rank, events.seq desc`.execute(db);
  return found.rows;
}

/** A name, an e-mail address or a phone number; a number is also looked for without its spaces. */
function contactQuery(q: string): string | undefined {
  const words = wordsQuery(q);
  const digits = q.replace(/\D/g, '');
  const isNumber = digits.length >= 3 && /^[\d\s()+./-]+$/.test(q);
  return words !== undefined && isNumber ? `(${words}) OR digits : "${digits}" *` : words;
}

/**
 * The user's text as an FTS5 query in which all of it is quoted text: every word must occur, the last one may go
 * on. A word with punctuation inside, such as an address, is a phrase. Undefined where there is nothing to look for.
 */
function wordsQuery(q: string): string | undefined {
  const phrases = q
    .split(/\s+/)
    .map((word) => (spaced(word).match(tokens) ?? []).join(' '))
    .filter((phrase) => phrase !== '')
    .slice(0, maxWords);
  if (phrases.length === 0) return undefined;
  return `${phrases.map((phrase) => `"${phrase}"`).join(' AND ')} *`;
}

/** More words than anyone looks for; each one costs a look into the index. */
const maxWords = 64;

/** What the tokenizer takes for a word: letters, digits and marks. The rest, quotes included, separates. */
const tokens = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

/** Scripts without spaces between words: the tokenizer would take a whole sentence for one word. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** The text with every character of such a script as a word of its own; the same for index and query. */
function spaced(text: string): string;
function spaced(text: string | null): string | null;
function spaced(text: string | null): string | null {
  return text === null ? null : text.replace(unspaced, ' $& ');
}
