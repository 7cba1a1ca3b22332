/**
 * Finds out which lines of a mail the earlier messages of its session hold, word by word. Case, punctuation, list marks
 * and line lengths do not matter, because mail programs and converters change them.
 *
 * Time and memory are linear: words are compared as hashes, and each word of a mail is compared once or twice.
 */

/** What earlier messages say about one line of a mail. */
export interface HeldLine {
  /** The share of a run of words that some earlier message has too. Infinity: whole message or its continuation. */
  readonly run: number;
  /** Whether an earlier message has the same line. */
  readonly same: boolean;
  /** Whether an earlier message begins with this line. */
  readonly begins: boolean;
}

/** Shortest run of words that is looked up. */
const size = 4;

/** Addresses in brackets, which converters add to the text of a link. */
const decoration = /[<[(](?:https?:\/\/|mailto:|tel:|cid:|image: )[^<>[\]()]{0,2000}[>\])]/g;

/** Scripts without spaces between words: each character counts as a word. */
const unspaced = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}]';
const word = new RegExp(`${unspaced}|[[\\p{L}\\p{M}\\p{N}]--${unspaced}]+|\\p{So}`, 'gv');

/** Marks the ends of messages in the list of words. No word has this hash. */
const end = 0;

function hashesOf(line: string): number[] {
  const plain = line.replace(decoration, ' ').normalize('NFKC').toLowerCase();
  return Array.from(plain.match(word) ?? [], (one) => {
    let hash = 0x811c9dc5;
    for (let n = 0; n < one.length; n += 1) hash = Math.imul(hash ^ one.charCodeAt(n), 0x01000193);
    return hash >>> 0 || 1;
  });
}

function combined(words: readonly number[], from: number, to: number): number {
  let hash = to - from;
  for (let n = from; n < to; n += 1)
    hash = Math.imul(hash ^ (words[n] as number), 0x5bd1e995) ^ (hash >>> 15);
  return hash;
}

/** Collects the words of earlier messages, as lines without quotation marks, and compares mail with them. */
export function earlierWords() {
  const words: number[] = [end];
  /** Where a run of `size` words was seen last. Holds the runs at line starts and at every `size`th word. */
  const runs = new Map<number, number>();
  const sameLines = new Set<number>();

  function add(lines: readonly string[]): void {
    const starts: number[] = [];
    for (const line of lines) {
      const hashes = hashesOf(line);
      if (hashes.length === 0) continue;
      sameLines.add(combined(hashes, 0, hashes.length));
      starts.push(words.length);
      for (const hash of hashes) words.push(hash);
    }
    for (const [n, start] of starts.entries()) {
      const next = starts[n + 1] ?? words.length;
      for (let at = start; at < next && at + size <= words.length; at += size) {
        runs.set(combined(words, at, at + size), at);
      }
    }
    words.push(end);
  }

  /** The number of equal words from `at` in the mail and `earlier` in the earlier messages. */
  function equalWords(mail: readonly number[], at: number, earlier: number): number {
    let length = 0;
    while (at + length < mail.length && mail[at + length] === words[earlier + length]) length += 1;
    return length;
  }

  function compare(lines: readonly string[]): HeldLine[] {
    const mail: number[] = [];
    const bounds = lines.map((line) => {
      const from = mail.length;
      for (const hash of hashesOf(line)) mail.push(hash);
      return { from, to: mail.length };
    });
    /** For each word, the length of its run; and whether a message begins there. */
    const lengths = new Float64Array(mail.length);
    const begins = new Uint8Array(mail.length);
    let done = 0;
    let continued = 0;
    for (let at = 0; at < mail.length; at += 1) {
      // An answer between quoted lines interrupts a run, which continues after it.
      let earlier = continued;
      let length = equalWords(mail, at, earlier);
      const continues = length >= 2;
      if (!continues) {
        const found = at + size <= mail.length ? runs.get(combined(mail, at, at + size)) : undefined;
        if (found === undefined) continue;
        earlier = found;
        length = equalWords(mail, at, earlier);
        if (length < size) continue;
      }
      let from = at;
      for (; from > done && mail[from - 1] === words[earlier - 1]; from -= 1) earlier -= 1;
      done = at + length;
      continued = earlier + (done - from);
      const isMessage = words[earlier - 1] === end && words[continued] === end;
      lengths.fill(continues || isMessage ? Number.POSITIVE_INFINITY : done - from, from, done);
      begins[from] = words[earlier - 1] === end ? 1 : 0;
      at = done - 1;
    }
    return bounds.map(({ from, to }) => ({
      run: from === to ? 0 : lengths.subarray(from, to).reduce((least, one) => Math.min(least, one)),
      same: from < to && sameLines.has(combined(mail, from, to)),
      begins: begins[from] === 1,
    }));
  }

  return { add, compare };
}
