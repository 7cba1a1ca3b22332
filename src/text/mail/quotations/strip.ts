import { earlierWords } from './earlier-words.ts';
import { examined, isQuoted, isRule, maxExamined, unquoted } from './hints.ts';
import { isSeparator, prefaceAbove, ruleAbove, wordsAbove } from './shapes.ts';

/**
 * Leaves out the earlier mail that a mail program quotes in a reply, where the session has it.
 *
 * This does not use email-reply-parser, which goes by shape alone: without its native module, a crafted line takes it
 * minutes.
 *
 * A line is left out only if an earlier message has its words. Shape decides where to look:
 * - Lines that start with `>` (from HTML: blockquotes).
 * - Everything after a line that a mail program generates, such as `On Monday Jane wrote:`, `-----Original Message-----`
 *   or a header block. It is left out along with the quotation.
 */

/** Shorter quotations are kept. Below a reply, the note would be as long; above a reply, they are its context. */
const maxKept = { below: 50, above: 100 };

/** Words in a row that an earlier message must have too. Lines without `>` may be the writer's, so they need more. */
const minRun = { quoted: 4, plain: 6 };

/** Replaces a quotation that is followed by text of the writer. */
const gap = '[…]';

/** Part of the wanted length that a quotation above an answer may take if the session does not have it. */
const quotedShare = 0.25;

export interface OwnText {
  readonly text: string;
  /** Characters left out. */
  readonly quoted: number;
}

/** @param added the messages since the last text, oldest first. For the rest, see quoted-reply.ts. */
export type Stripper = (text: string, added: readonly string[], maxCharacters: number) => Promise<OwnText>;

/** Strips the messages of one session, and remembers the words of those that were added. */
export function quotationStripper(): Stripper {
  const earlier = earlierWords();
  return async (text, added, maxCharacters) => {
    const lines = examined(text);
    const rest = text.slice(maxExamined);
    for (const message of added) {
      earlier.add(examined(message).map(unquoted));
      // Other calls get their turn.
      if (message.length > maxExamined / 10) await new Promise((resolve) => setImmediate(resolve));
    }
    const isLeftOut = heldLines(lines, earlier);
    const own = without(lines, isLeftOut, rest);
    if (own.text.length <= maxCharacters) return own;
    shortenQuotations(lines, isLeftOut, maxCharacters * quotedShare);
    return without(lines, isLeftOut, rest, { below: 0, above: 0 });
  };
}

/** For each line, whether it belongs to a quotation that the session has. */
function heldLines(lines: readonly string[], earlier: ReturnType<typeof earlierWords>): boolean[] {
  const held = earlier.compare(lines.map(unquoted));
  let isBelowPreface = false;
  const isHeld = lines.map((line, at) => {
    const { run, same, begins } = held[at] as (typeof held)[number];
    if (isQuoted(line)) return same || run >= minRun.quoted;
    if (run < minRun.plain) return false;
    isBelowPreface ||= prefaceAbove(lines, at) < at || (begins && isIntroduced(lines, at));
    return isBelowPreface;
  });
  let next = lines.length;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    if (!isHeld[at]) continue;
    // Blank lines and rules between two lines of a quotation belong to it.
    if (lines.slice(at + 1, next).every(isSeparator)) isHeld.fill(true, at, next);
    next = at;
    if (isHeld[wordsAbove(lines, at)]) continue;
    const from = ruleAbove(lines, prefaceAbove(lines, at));
    isHeld.fill(true, from, at);
    if (from < at) at = next = from;
  }
  return isHeld;
}

/** Whether the words above could introduce a quotation, in any language. They are kept. */
function isIntroduced(lines: readonly string[], at: number): boolean {
  const above = (lines[wordsAbove(lines, at)] ?? '').trim();
  return /[:：]$/.test(above) || isRule(above);
}

/** Leaves out the end of long quotations above an answer, in place. */
function shortenQuotations(lines: readonly string[], isLeftOut: boolean[], maxCharacters: number): void {
  const last = lines.findLastIndex((line, at) => !isLeftOut[at] && !isQuoted(line) && line.trim() !== '');
  let kept = 0;
  for (let at = 0; at < last; at += 1) {
    const line = lines[at] as string;
    if (isLeftOut[at] || (!isQuoted(line) && line.trim() !== '')) {
      kept = 0;
      continue;
    }
    kept += line.length + 1;
    if (isQuoted(line) && kept > maxCharacters) isLeftOut[at] = true;
  }
}

function without(
  lines: readonly string[],
  isLeftOut: readonly boolean[],
  rest: string,
  kept = maxKept,
): OwnText {
  const last = lines.findLastIndex((line, at) => !isLeftOut[at] && line.trim() !== '');
  let own = '';
  let quoted = 0;
  let from = 0;
  const keep = (to: number) => {
    const words = lines.slice(from, to).join('\n').trim();
    if (words !== '') own += quoted === 0 ? words : `${own && '\n'}${gap}\n${words}`;
  };
  for (let at = isLeftOut.indexOf(true); at >= 0; at = isLeftOut.indexOf(true, at)) {
    const found = isLeftOut.indexOf(false, at);
    const to = found < 0 ? lines.length : found;
    const { length } = lines.slice(at, to).join('\n');
    if (length > (to > last && rest === '' ? kept.below : kept.above)) {
      keep(at);
      quoted += length;
      from = to;
    }
    at = to;
  }
  keep(lines.length);
  const whole = lines.join('\n') + rest;
  return quoted === 0 || own === '' ? { text: whole, quoted: 0 } : { text: own + rest, quoted };
}
