import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { type Clock, systemClock } from '../../time/clock.ts';
import type { Audit } from '../audit.ts';
import { auditEntry, auditQueue, sha256 } from '../audit-queue.ts';

/**
 * Appends one JSON line for each record. The lines of one run of the program form a chain: `chain` names it, `seq` counts
 * from 1, and `prev` is the SHA-256 of the line before, without its line feed; of the first line it is that of the last
 * line in the file then. So a line that is changed, removed or put elsewhere breaks the chain at the next one. A chain of
 * its own for each run needs no lock between processes.
 * @throws when the file cannot be opened for appending: better before the first write to the API than after it.
 */
export async function openAudit(file: string, clock: Clock = systemClock): Promise<Audit> {
  let failed = false;

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
  const queue = auditQueue<string>(async (lines) => {
    // The line that failed may be incomplete: begin a new one.
    const start = failed ? '\n' : '';
    failed = true;
    await append(`${start}${lines.join('')}`);
    failed = false;
  });

  await append('');
  const chain = randomBytes(6).toString('hex');
  let seq = 0;
  let prev = await lastLineHash(file);
  return {
    async write(record) {
      seq += 1;
      const line = JSON.stringify({ chain, seq, prev, ...auditEntry(record, clock.now()) });
      prev = sha256(line);
      await queue.add(`${line}\n`);
    },
    ready: queue.flush,
  };
}

async function lastLineHash(file: string): Promise<string | null> {
  // It may be a device or a pipe for appending only.
  const content = await readFile(file, 'utf8').catch(() => '');
  const line = content.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? null : sha256(line);
}
