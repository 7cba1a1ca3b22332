import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type Clock, systemClock } from '../../time/clock.ts';
import type { Audit } from '../audit.ts';
import { AuditError } from '../errors.ts';

/** The session id is an argument and may be text of any length. */
const maxSessionCharacters = 200;

/**
 * Appends one JSON line for each record.
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
    return turn;
  };

  await append('');
  return {
    async write({ tool, session, text, outcome }) {
      const line = {
        at: new Date(clock.now()).toISOString(),
        tool,
        session: session?.slice(0, maxSessionCharacters),
        text_sha256: text === undefined ? undefined : createHash('sha256').update(text).digest('hex'),
        outcome,
      };
      owed = [...owed, `${JSON.stringify(line)}\n`];
      await writeInTurn();
    },
    ready: writeInTurn,
  };
}
