import { sql } from 'kysely';
import type { FullText } from '../engine.ts';
import { leastPrefix, phoneDigits, phrasesOf, spaced } from '../search-words.ts';
import type { ContactRow, EventRow } from '../tables.ts';

/** Full text by SQLite's FTS5. */
export const fts5: FullText = {
  async indexContacts(queries, rows) {
    for (const row of rows) {
      await sql`
        insert into contact_index (rowid, name, email, phone, digits, non_verified_name, non_verified_email)
        values (${row.seq}, ${spaced(row.name)}, ${row.email}, ${row.phone_number}, ${row.phone_key},
                ${spaced(row.non_verified_name)}, ${row.non_verified_email})`.execute(queries);
    }
  },

  async unindexContact(queries, seq) {
    await sql`delete from contact_index where rowid = ${seq}`.execute(queries);
  },

  async indexMessages(queries, messages) {
    for (const { seq, text, sender } of messages) {
      await sql`insert into message_index (rowid, text, sender)
                values (${seq}, ${spaced(text)}, ${spaced(sender)})`.execute(queries);
    }
  },

  async clear(queries) {
    await sql`delete from contact_index`.execute(queries);
    // The way to empty an index that keeps no copy of what it indexes.
    await sql`insert into message_index (message_index) values ('delete-all')`.execute(queries);
  },

  async searchContacts(queries, q, { limit, depth }) {
    const words = query(q);
    const digits = phoneDigits(q);
    if (words === undefined) return [];
    const match = digits === undefined ? words : `(${words}) OR digits : "${digits}" *`;
    const found = await sql<ContactRow>`
      select contacts.* from (
        select rowid, score from (
          select rowid, rank as score from contact_index where contact_index match ${match}
          order by rowid desc limit ${depth}
        ) order by score, rowid limit ${limit}
      ) as hit join contacts on contacts.seq = hit.rowid order by hit.score, contacts.seq`.execute(queries);
    return found.rows;
  },

  async searchMessages(queries, q, { limit, depth }) {
    const match = query(q, leastPrefix);
    if (match === undefined) return [];
    const found = await sql<EventRow>`
      select events.* from (
        select rowid, score from (
          select rowid, rank as score from message_index where message_index match ${match}
          order by rowid desc limit ${depth}
        ) order by score, rowid desc limit ${limit}
      ) as hit join events on events.seq = hit.rowid order by hit.score, events.seq desc`.execute(queries);
    return found.rows;
  },
};

/**
 * The user's text as an FTS5 query in which all of it is quoted text.
 * @param least letters that the last word has to have so that it may go on.
 */
function query(q: string, least = 1): string | undefined {
  const phrases = phrasesOf(q);
  const last = phrases.at(-1)?.at(-1);
  if (last === undefined) return undefined;
  const goesOn = last.length >= least ? ' *' : '';
  return phrases.map((words) => `"${words.join(' ')}"`).join(' AND ') + goesOn;
}
