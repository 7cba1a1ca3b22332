import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { type Attempt, createAttempt, readAttempts, removeOlder, replaceAttempt } from './entries.ts';

/** What makes two sends the same message. */
export interface SendIdentity {
  readonly sessionId: string;
  readonly sender: string;
  readonly text: string;
  readonly attachments?: unknown;
}

/** What the ledger knows of a send that is about to be made. */
export type Claim =
  /** Its intent is on disk: send it, then say what became of it. */
  | { readonly state: 'free'; readonly attempt: OpenAttempt }
  /** The same message was sent within the last ten minutes. */
  | { readonly state: 'sent'; readonly began: Date }
  /** The same message was tried within the last ten minutes, and nobody knows whether it arrived. */
  | { readonly state: 'unknown'; readonly attempt: OpenAttempt };

/**
 * An attempt whose outcome is to be recorded; it is on disk when the call returns. A record that fails leaves the
 * intent, which later counts as unknown: that is reported to the log and is no error of the send.
 */
export interface OpenAttempt {
  /** When it began, by this machine's clock. */
  readonly began: Date;
  sent(messageId: string | undefined): Promise<void>;
  unknown(): Promise<void>;
  rejected(): Promise<void>;
}

/** The record of recent sends, shared by every process that uses the same folder. */
export interface Ledger {
  /**
   * Claims the right to send a message. Of several calls and processes that try at once, one gets `free`.
   * @param allowDuplicate the caller means to send it again, whatever was sent before.
   * @throws LedgerError when the folder cannot be used; nothing must be sent then.
   */
  claim(send: SendIdentity, allowDuplicate: boolean): Promise<Claim>;
  /**
   * Runs `work`, or waits for the same send that this process is making already and gives its outcome. When that one
   * fails because its own caller cancelled it, `work` is run after all: another's cancellation is not ours.
   * @param signal this caller's cancellation.
   */
  together<T>(send: SendIdentity, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Whether a message of this session is one that was sent and recorded before. */
  isRecorded(sessionId: string, messageId: string): Promise<boolean>;
}

/** The record cannot be kept. Without it a message could go out twice, so none goes out. */
export class LedgerError extends Error {
  constructor(folder: string, cause: Error) {
    super(`the record of sent messages in ${folder} cannot be kept (${cause.message})`, { cause });
    this.name = 'LedgerError';
  }
}

/** For this long the same message counts as a repetition. */
const repeatWindowMs = 600_000;

/** Kept longer than the window, so that a clock set back does not open it. */
const keepMs = 86_400_000;

/**
 * Opens the record in a folder; makes nothing before the first claim.
 * @param account tells API addresses and keys apart: the same text under another key is another message.
 * @param onLost told when an outcome could not be recorded.
 */
export function openLedger(
  folder: string,
  account: string,
  onLost: (error: Error) => void = () => {},
): Ledger {
  let swept = false;
  const underWay = new Map<string, { promise: Promise<unknown>; signal: AbortSignal }>();
  const hashOf = ({ sessionId, sender, text, attachments = [] }: SendIdentity) =>
    digest(JSON.stringify([account, sessionId, sender, text, attachments]));

  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new LedgerError(folder, error as Error);
    }
  };

  const openAttempt = (attempt: Attempt): OpenAttempt => {
    const record = (state: Attempt['state'], message?: string) =>
      replaceAttempt(folder, { ...attempt, state, ...(message === undefined ? {} : { message }) }).catch(
        onLost,
      );
    return {
      began: new Date(attempt.began),
      sent: (messageId) => record('sent', messageId === undefined ? undefined : digest(messageId)),
      unknown: () => record('unknown'),
      rejected: () => record('rejected'),
    };
  };

  async function tryClaim(
    hash: string,
    session: string,
    allowDuplicate: boolean,
  ): Promise<Claim | undefined> {
    const now = Date.now();
    const before = await readAttempts(folder, hash);
    const latest = before.findLast(({ state }) => state !== 'rejected');
    if (latest && !allowDuplicate && isRecent(latest, now)) {
      return latest.state === 'sent'
        ? { state: 'sent', began: new Date(latest.began) }
        : { state: 'unknown', attempt: openAttempt(latest) };
    }
    const number = (before.at(-1)?.number ?? 0) + 1;
    const attempt: Attempt = { hash, number, state: 'intent', began: now, session };
    if (!(await createAttempt(folder, attempt))) return undefined;
    // Another process may have counted from other entries (old ones are removed) and made an attempt of its own.
    const rival = (await readAttempts(folder, hash)).find(
      (other) =>
        other.number !== number &&
        other.state !== 'rejected' &&
        isRecent(other, now) &&
        !before.some((known) => known.number === other.number),
    );
    if (rival && !allowDuplicate) {
      await replaceAttempt(folder, { ...attempt, state: 'rejected' });
      return { state: 'unknown', attempt: openAttempt(rival) };
    }
    return { state: 'free', attempt: openAttempt(attempt) };
  }

  return {
    claim: (send, allowDuplicate) =>
      guard(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        if (!swept) await removeOlder(folder, Date.now() - keepMs);
        swept = true;
        const hash = hashOf(send);
        const session = digest(send.sessionId);
        while (true) {
          const claim = await tryClaim(hash, session, allowDuplicate);
          if (claim) return claim;
        }
      }),
    async together<T>(send: SendIdentity, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
      const hash = hashOf(send);
      const first = underWay.get(hash);
      if (first) {
        try {
          return (await first.promise) as T;
        } catch (error) {
          if (!first.signal.aborted || signal.aborted) throw error;
          return this.together(send, signal, work);
        }
      }
      const promise = work().finally(() => underWay.delete(hash));
      underWay.set(hash, { promise, signal });
      return promise;
    },
    isRecorded: (sessionId, messageId) =>
      guard(async () => {
        const [session, message] = [digest(sessionId), digest(messageId)];
        return (await readAttempts(folder)).some(
          (entry) => entry.session === session && entry.message === message,
        );
      }),
  };
}

/** Recent, or from a future that only a clock set back can explain. */
function isRecent({ began }: Attempt, now: number): boolean {
  return now - began < repeatWindowMs;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
