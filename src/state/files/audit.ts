import { createHash, randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { type Clock, systemClock } from '../../time/clock.ts';
import type { Audit } from '../audit.ts';
import { AuditError } from '../errors.ts';

/** The session id is an argument and may be text of any length. */
const maxSessionCharacters = 200;

/** A file on a share that went away may never answer. The call that waits for its record must. */
const maxWaitMs = 3000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Appends one JSON line for each record. The lines of one run of the program form a chain: `chain` names it, `seq` counts
 * from 1, and `prev` is the SHA-256 of the line before, without its line feed; of the first line it is that of the last
 * line in the file then. So a line that is changed, removed or put elsewhere breaks the chain at the next one. A chain of
 * its own for each run needs no lock between processes. `text_sha256` is the hash of `text_salt` followed by the text:
 * equal texts look different, and who knows a text can still prove that it was sent.
 * @throws when the file cannot be opened for appending: better before the first write to the API than after it.
 */
export async function openAudit(file: string, clock: Clock = systemClock): Promise<Audit> {
  let owed: string[] = [];
  let failed = false;
  let lastTurn: Promise<void> = Promise.resolve();

  // Opened for each line, so that a file that was moved away or removed is created again.
  const append = async (text: string) => {
    const handle = await open(file, 'a', 0o600);
    try {
      if (text === '') return;
      // One write for each line: lines of several processes on one file do not mix.
      await handle.appendFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  const writeOwed = async () => {
    const lines = owed;
    if (lines.length === 0) return;
    try {
      // The line that failed may be incomplete: begin a new one.
      await append(`${failed ? '\n' : ''}${lines.join('')}`);
      failed = false;
      owed = owed.slice(lines.length);
    } catch (error) {
      failed = true;
      throw new AuditError(error as Error);
    }
  };
  // One write at a time: records keep their order, and each write knows whether the one before it failed.
  const writeInTurn = () => {
    const turn = lastTurn.then(writeOwed);
    lastTurn = turn.catch(() => {});
    return inTime(turn);
  };

  await append('');
  const chain = randomBytes(6).toString('hex');
  let seq = 0;
  let prev = await lastLineHash(file);
  return {
    async write({ id, requested, tool, session, text, outcome }) {
      seq += 1;
      const salt = text === undefined ? undefined : randomBytes(16).toString('hex');
      const line = JSON.stringify({
        chain,
        seq,
        prev,
        id,
        at: new Date(clock.now()).toISOString(),
        tool,
        session: session?.slice(0, maxSessionCharacters),
        text_salt: salt,
        text_sha256: text === undefined ? undefined : sha256(`${salt}${text}`),
        outcome,
        requested,
      });
      prev = sha256(line);
      owed = [...owed, `${line}\n`];
      await writeInTurn();
    },
    ready: writeInTurn,
  };
}

async function lastLineHash(file: string): Promise<string | null> {
  // It may be a device or a pipe for appending only.
  const content = await readFile(file, 'utf8').catch(() => '');
  const line = content.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? null : sha256(line);
}

/** A write that is late goes on, and later ones wait for it; only its caller stops waiting. */
async function inTime(turn: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AuditError(new Error('it does not answer'))), maxWaitMs);
  });
  try {
    await Promise.race([turn, late]);
  } finally {
    clearTimeout(timer);
  }
}
