import { sql } from 'kysely';
import type { FullText } from '../engine.ts';
import { minPrefixLength, parseQuery, phoneDigits, wordsOf } from '../search-words.ts';
import type { ContactRow, EventRow } from '../tables.ts';

/** Characters of a message to index. PostgreSQL limits a tsvector to 1 MB. */
const maxIndexed = 200_000;
/** Characters of a word. PostgreSQL limits a word to 2 KB; a character has up to 4 bytes. */
const maxWordLength = 500;

/** Full-text search by PostgreSQL's `tsvector`. Texts are split into words here, not by PostgreSQL's parser. */
export const tsvector: FullText = {
  async indexContacts(queries, rows) {
    const words = rows.map((row) =>
      [row.name, row.email, row.phone_number, row.non_verified_name, row.non_verified_email].join(' '),
    );
    // Label D separates phone digits from words.
    await sql`
      insert into contact_index (seq, words)
      select seq, setweight(to_tsvector('simple', words), 'A') || setweight(to_tsvector('simple', digits), 'D')
      from unnest(${rows.map(({ seq }) => seq)}::bigint[], ${words.map(foldText)}::text[],
                  ${rows.map(({ phone_key }) => foldText(phone_key ?? ''))}::text[])
        as given (seq, words, digits)`.execute(queries);
  },

  async unindexContact(queries, seq) {
    await sql`delete from contact_index where seq = ${seq}`.execute(queries);
  },

  async indexMessages(queries, messages) {
    // Text ranks above the sender's name.
    await sql`
      insert into message_index (seq, words)
      select seq, setweight(to_tsvector('messages', text), 'A') || setweight(to_tsvector('messages', sender), 'D')
      from unnest(${messages.map(({ seq }) => seq)}::bigint[], ${messages.map(({ text }) => foldText(text))}::text[],
                  ${messages.map(({ sender }) => foldText(sender))}::text[])
        as given (seq, text, sender)`.execute(queries);
  },

  async clear(queries) {
    await sql`delete from contact_index`.execute(queries);
    await sql`delete from message_index`.execute(queries);
  },

  async searchContacts(queries, q, { limit, depth }) {
    const words = buildQuery(q);
    const digits = phoneDigits(q);
    if (words === undefined) return [];
    const match = digits === undefined ? words : `(${words}) | '${digits.slice(0, maxWordLength)}':*D`;
    const found = await sql<ContactRow>`
      select contacts.* from (
        select seq, ts_rank(words, to_tsquery('simple', ${match}), ${byLength}) as rank from (
          select seq, words from contact_index where words @@ to_tsquery('simple', ${match})
          order by seq desc limit ${depth}
        ) as newest order by rank desc, seq limit ${limit}
      ) as hit join contacts using (seq) order by hit.rank desc, seq`.execute(queries);
    return found.rows;
  },

  async searchMessages(queries, q, { limit, depth }) {
    const match = buildQuery(q, minPrefixLength);
    if (match === undefined) return [];
    const found = await sql<EventRow>`
      select events.* from (
        select seq, ts_rank(words, to_tsquery('messages', ${match}), ${byLength}) as rank from (
          select seq, words from message_index where words @@ to_tsquery('messages', ${match})
          order by seq desc limit ${depth}
        ) as newest order by rank desc, seq desc limit ${limit}
      ) as hit join events using (seq) order by hit.rank desc, seq desc`.execute(queries);
    return found.rows;
  },
};

/** Normalization of `ts_rank`: longer texts rank lower. */
const byLength = 1;

/**
 * Builds a `tsquery` with all words quoted, so that nothing in `q` is syntax.
 * @param minPrefix minimum length of the last word to match as a prefix.
 */
function buildQuery(q: string, minPrefix = 1): string | undefined {
  const query = parseQuery(q, minPrefix);
  const phrases = query?.phrases.map((words) => words.map((word) => `'${fold(word)}'`).join(' <-> '));
  return phrases?.join(' & ').concat(query?.isPrefix ? ':*' : '');
}

/** The foldText words of a text, separated by spaces. */
function foldText(text: string): string {
  return wordsOf(text.slice(0, maxIndexed)).map(fold).join(' ');
}

/** Lower case and, as in SQLite's index, Latin letters without accents. */
function fold(word: string): string {
  const unaccented = word
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC');
  return unaccented.toLowerCase().slice(0, maxWordLength).toWellFormed();
}
