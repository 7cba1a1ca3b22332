import { sql } from 'kysely';
import type { FullText } from '../engine.ts';
import { minPrefixLength, parseQuery, phoneDigits, spaceScripts } from '../search-words.ts';
import type { ContactRow, EventRow } from '../tables.ts';

/** Full-text search by SQLite's FTS5. */
export const fts5: FullText = {
  async indexContacts(queries, rows) {
    for (const row of rows) {
      await sql`
        insert into contact_index (rowid, name, email, phone, digits, non_verified_name, non_verified_email)
        values (${row.seq}, ${spaceScripts(row.name)}, ${row.email}, ${row.phone_number}, ${row.phone_key},
                ${spaceScripts(row.non_verified_name)}, ${row.non_verified_email})`.execute(queries);
    }
  },

  async unindexContact(queries, seq) {
    await sql`delete from contact_index where rowid = ${seq}`.execute(queries);
  },

  async indexMessages(queries, messages) {
    for (const { seq, text, sender } of messages) {
      await sql`insert into message_index (rowid, text, sender)
                values (${seq}, ${spaceScripts(text)}, ${spaceScripts(sender)})`.execute(queries);
    }
  },

  async clear(queries) {
    await sql`delete from contact_index`.execute(queries);
    // A contentless FTS5 table does not support a plain DELETE.
    await sql`insert into message_index (message_index) values ('delete-all')`.execute(queries);
  },

  async searchContacts(queries, q, { limit, depth }) {
    const words = buildQuery(q);
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
    const match = buildQuery(q, minPrefixLength);
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
 * Builds an FTS5 query with all words quoted, so that nothing in `q` is syntax.
 * @param minPrefix minimum length of the last word to match as a prefix.
 */
function buildQuery(q: string, minPrefix = 1): string | undefined {
  const query = parseQuery(q, minPrefix);
  return query?.phrases
    .map((words) => `"${words.join(' ')}"`)
    .join(' AND ')
    .concat(query.isPrefix ? ' *' : '');
}
