import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

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
  /** On disk when it returns. */
  write(record: AuditRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file for appending. @throws when it cannot be opened: better before the first write than after it. */
export async function openAudit(file: string): Promise<Audit> {
  const handle: FileHandle = await open(file, 'a', 0o600);
  return {
    async write({ tool, session, text, outcome }) {
      const line = {
        at: new Date().toISOString(),
        tool,
        session,
        text_sha256: text === undefined ? undefined : createHash('sha256').update(text).digest('hex'),
        outcome,
      };
      // One write a line: lines of several processes on one file do not mix.
      await handle.appendFile(`${JSON.stringify(line)}\n`);
      await handle.sync();
    },
    close: () => handle.close(),
  };
}
