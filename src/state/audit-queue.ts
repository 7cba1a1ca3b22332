import { createHash, randomBytes } from 'node:crypto';
import type { AuditRecord } from './audit.ts';
import { AuditError } from './errors.ts';

/** The session id is an argument and may be text of any length. */
const maxSessionCharacters = 200;

/** A file on a share, or a server, that went away may never answer. The call that waits for its record must. */
const maxWaitMs = 3000;

/**
 * What is stored of a record. `text_sha256` is the hash of `text_salt` followed by the text: equal texts look different,
 * and who knows a text can still prove that it was sent.
 * @param now when it was made, in milliseconds since 1970.
 */
export function auditEntry(record: AuditRecord, now: number) {
  const { id, requested, tool, session, text, outcome, draft, decision, person, role, workspace } = record;
  const salt = text === undefined ? undefined : randomBytes(16).toString('hex');
  return {
    id,
    at: new Date(now).toISOString(),
    tool,
    session: session?.slice(0, maxSessionCharacters),
    text_salt: salt,
    text_sha256: text === undefined ? undefined : sha256(`${salt}${text}`),
    outcome,
    draft,
    decision,
    requested,
    person,
    role,
    workspace,
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export interface AuditQueue<Item> {
  /** @throws AuditError if it cannot be written now; then it is owed. */
  add(item: Item): Promise<void>;
  /** Writes what is owed. @throws AuditError if that fails. */
  flush(): Promise<void>;
}

/**
 * Keeps what could not be written, and writes it before anything later.
 * @param append writes items in order. It may have been called with some of them before, and failed.
 */
export function auditQueue<Item>(append: (items: readonly Item[]) => Promise<void>): AuditQueue<Item> {
  let owed: readonly Item[] = [];
  let lastTurn: Promise<void> = Promise.resolve();

  const writeOwed = async () => {
    const items = owed;
    if (items.length === 0) return;
    try {
      await append(items);
    } catch (error) {
      throw new AuditError(error as Error);
    }
    owed = owed.slice(items.length);
  };
  // One write at a time: records keep their order, and each write knows whether the one before it failed.
  const flush = () => {
    const turn = lastTurn.then(writeOwed);
    lastTurn = turn.catch(() => {});
    return inTime(turn);
  };
  return {
    async add(item) {
      owed = [...owed, item];
      await flush();
    },
    flush,
  };
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
