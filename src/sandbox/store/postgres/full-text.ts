import { sql } from 'kysely';
import type { FullText } from '../engine.ts';
import { leastPrefix, phoneDigits, phrasesOf, wordsOf } from '../search-words.ts';
import type { ContactRow, EventRow } from '../tables.ts';

/** PostgreSQL takes no vector of more than 1 MB; what follows in a longer message is not found. Characters. */
const maxIndexed = 200_000;
/** Nor a word of more than 2 KB. Characters, of up to 4 bytes. */
const maxWord = 500;

/** Full text by PostgreSQL's `tsvector`. It is handed words, so that its own parser has nothing to decide. */
export const tsvector: FullText = {
  async indexContacts(queries, rows) {
    const words = rows.map((row) =>
      [row.name, row.email, row.phone_number, row.non_verified_name, row.non_verified_email].join(' '),
    );
    // The label D tells the digits in one piece from the words.
    await sql`
      insert into contact_index (seq, words)
      select seq, setweight(to_tsvector('simple', words), 'A') || setweight(to_tsvector('simple', digits), 'D')
      from unnest(${rows.map(({ seq }) => seq)}::bigint[], ${words.map(folded)}::text[],
                  ${rows.map(({ phone_key }) => folded(phone_key ?? ''))}::text[])
        as given (seq, words, digits)`.execute(queries);
  },

  async unindexContact(queries, seq) {
    await sql`delete from contact_index where seq = ${seq}`.execute(queries);
  },

  async indexMessages(queries, messages) {
    // A word in the text counts for more than the name of who wrote it.
    await sql`
      insert into message_index (seq, words)
      select seq, setweight(to_tsvector('messages', text), 'A') || setweight(to_tsvector('messages', sender), 'D')
      from unnest(${messages.map(({ seq }) => seq)}::bigint[], ${messages.map(({ text }) => folded(text))}::text[],
                  ${messages.map(({ sender }) => folded(sender))}::text[])
        as given (seq, text, sender)`.execute(queries);
  },

  async clear(queries) {
    await sql`delete from contact_index`.execute(queries);
    await sql`delete from message_index`.execute(queries);
  },

  async searchContacts(queries, q, { limit, depth }) {
    const words = query(q);
    const digits = phoneDigits(q);
    if (words === undefined) return [];
    const match = digits === undefined ? words : `(${words}) | '${digits.slice(0, maxWord)}':*D`;
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
    const match = query(q, leastPrefix);
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

/** Of `ts_rank`: a hit counts for less in a longer text. */
const byLength = 1;

/**
 * The user's text as a `tsquery` in which all of it is quoted words.
 * @param least letters that the last word has to have so that it may go on.
 */
function query(q: string, least = 1): string | undefined {
  const phrases = phrasesOf(q);
  const last = phrases.at(-1)?.at(-1);
  if (last === undefined) return undefined;
  const goesOn = last.length >= least ? ':*' : '';
  return phrases.map((words) => words.map((word) => `'${fold(word)}'`).join(' <-> ')).join(' & ') + goesOn;
}

/** The words of a text with a space between each two. */
function folded(text: string): string {
  return wordsOf(text.slice(0, maxIndexed)).map(fold).join(' ');
}

/** A word in the form that is compared: lower case and, as in SQLite's index, Latin letters without accents. */
function fold(word: string): string {
  const bare = word
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC');
  return bare.toLowerCase().slice(0, maxWord).toWellFormed();
}
