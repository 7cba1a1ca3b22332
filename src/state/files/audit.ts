import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** One write, or one refusal to write. */
export interface AuditRecord {
  readonly tool: string;
  readonly session?: string | undefined;
  /** The message's text; only its SHA-256 is written. */
  readonly text?: string | undefined;
  /** What became of it, as one word. */
  readonly outcome: string;
}

/** The operator's record of what was written, one JSON line each. */
export interface Audit {
  /**
   * On disk when it returns.
   * @throws AuditError when that fails. The line is kept, and goes to disk before any later one; where it is not known
   * how far it got, it may stand there twice.
   */
  write(record: AuditRecord): Promise<void>;
  /**
   * To be asked before each write to the API: what could not be recorded must stay the only one.
   * @throws AuditError while lines that are owed cannot be written; nothing must be written to the API then.
   */
  ready(): Promise<void>;
}

/** The audit file cannot be written. */
class AuditError extends Error {
  constructor(cause: Error) {
    super(`the audit log cannot be written (${cause.message})`, { cause });
    this.name = 'AuditError';
  }
}

/** A session that was asked for may be any text, of any length. */
const maxSessionCharacters = 200;

/** @throws when the file cannot be opened for appending: better before the first write than after it. */
export async function openAudit(file: string): Promise<Audit> {
  let owed: string[] = [];
  let failed = false;

  // Opened anew for each line: a file that was moved away or removed is made again, not written to in secret.
  const append = async (text: string) => {
    const handle = await open(file, 'a', 0o600);
    try {
      if (text === '') return;
      // One write a line: lines of several processes on one file do not mix.
      await handle.appendFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  const pay = async () => {
    const lines = owed;
    owed = [];
    try {
      // A line that failed may have been cut off: the next begins on its own.
      await append(`${failed ? '\n' : ''}${lines.join('')}`);
      failed = false;
    } catch (error) {
      failed = true;
      owed = [...lines, ...owed];
      throw new AuditError(error as Error);
    }
  };

  await append('');
  return {
    async write({ tool, session, text, outcome }) {
      const line = {
        at: new Date().toISOString(),
        tool,
        session: session?.slice(0, maxSessionCharacters),
        text_sha256: text === undefined ? undefined : createHash('sha256').update(text).digest('hex'),
        outcome,
      };
      owed.push(`${JSON.stringify(line)}\n`);
      await pay();
    },
    ready: async () => {
      if (owed.length > 0) await pay();
    },
  };
}
