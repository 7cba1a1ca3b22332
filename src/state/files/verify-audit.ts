import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from '../../contract/zod.ts';

/** Part of an audit record that the chain is made of. */
const Link = z.object({
  chain: z.string().regex(/^[0-9a-f]{12}$/),
  seq: z.number().int().positive(),
  prev: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
type Link = z.infer<typeof Link>;

/** Longer than any record. */
const maxLineBytes = 65_536;

/** More than this many breaks tell nothing new. */
const maxBreaks = 20;

/** A place where the chain does not hold. */
export interface AuditBreak {
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
  readonly problem: string;
}

export interface AuditCheck {
  readonly records: number;
  /** Runs of the program, each with a chain of its own. */
  readonly runs: number;
  /** Records that were written again after a failed write. */
  readonly repeated: number;
  /** The first ones, in order. */
  readonly breaks: readonly AuditBreak[];
  /** SHA-256 of the last record, without its line feed. Kept elsewhere, it can later show that no record up to it is missing. */
  readonly last: string | undefined;
  /** Whether the record with the expected hash is there. */
  readonly hasExpected: boolean;
}

/** The last record of a run. */
interface End {
  readonly seq: number;
  readonly hash: string;
  readonly line: number;
}

/**
 * Checks the chain of an audit log: that no record was changed, removed or moved. A log that was moved away and started
 * again is checked in the order of its files. A chain cannot show records missing at the end of a run after which no other
 * began, a change to such a last record, or a log that was rewritten as a whole with a chain of its own.
 * @param expected the hash of a record that has to be there.
 * @throws when a file cannot be read.
 */
export async function verifyAudit(files: readonly string[], expected?: string): Promise<AuditCheck> {
  const ends = new Map<string, End>();
  const hashes = new Set<string>();
  const breaks: AuditBreak[] = [];
  let records = 0;
  let repeated = 0;
  let last: string | undefined;

  for (const file of files) {
    let line = 0;
    /** A line that is no record: the beginning of one that a failed write cut off, if the record follows. */
    let cutOff: { text: string; line: number } | undefined;
    const report = (at: number, problem: string) => {
      if (breaks.length < maxBreaks) breaks.push({ file, line: at, problem });
    };
    const reportCutOff = (next = '') => {
      if (cutOff && !next.startsWith(cutOff.text)) report(cutOff.line, 'this is no complete record');
      cutOff = undefined;
    };
    for await (const bytes of linesOf(file)) {
      line += 1;
      const text = bytes.toString('utf8');
      if (text.trim() === '') continue;
      const link = parseLink(text);
      if (link === undefined) {
        reportCutOff();
        cutOff = { text, line };
        continue;
      }
      const hash = createHash('sha256').update(bytes).digest('hex');
      if (hashes.has(hash)) {
        repeated += 1;
        continue;
      }
      reportCutOff(text);
      const problem = problemOf(link, ends.get(link.chain), hashes);
      if (problem !== undefined) report(line, problem);
      records += 1;
      hashes.add(hash);
      // A record that was moved down does not begin the chain again.
      if (link.seq > (ends.get(link.chain)?.seq ?? 0)) ends.set(link.chain, { seq: link.seq, hash, line });
      last = hash;
    }
    reportCutOff();
  }
  const hasExpected = expected === undefined || hashes.has(expected.toLowerCase());
  return { records, runs: ends.size, repeated, breaks, last, hasExpected };
}

function problemOf(
  { chain, seq, prev }: Link,
  end: End | undefined,
  hashes: Set<string>,
): string | undefined {
  const expected = (end?.seq ?? 0) + 1;
  if (seq < expected) return `record ${seq} of run ${chain} is not in its place, or was changed`;
  if (seq > expected) {
    const missing = seq - expected === 1 ? `record ${expected}` : `records ${expected} to ${seq - 1}`;
    return `${missing} of run ${chain} should come before this line`;
  }
  if (end) {
    return prev === end.hash
      ? undefined
      : `this record does not follow line ${end.line}: one of the two was changed`;
  }
  if (prev === null || hashes.has(prev)) return undefined;
  return `the record that run ${chain} began after is missing, or was changed`;
}

function parseLink(text: string): Link | undefined {
  try {
    const link = Link.safeParse(JSON.parse(text));
    return link.success ? link.data : undefined;
  } catch {
    return undefined;
  }
}

/** The lines of a file, without their line feeds. Of a line that is too long for a record, only the beginning. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    if (length < maxLineBytes) parts.push(part);
    length += part.length;
  };
  const take = () => {
    const line = Buffer.concat(parts).subarray(0, maxLineBytes);
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, at));
      yield take();
      from = at + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (length > 0) yield take();
}
