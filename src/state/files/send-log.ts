import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import {
  type Attempt,
  claimMessage,
  createAttempt,
  readAttempts,
  removeOlder,
  replaceAttempt,
} from './send-attempts.ts';

/** What makes two sends the same message; compared character by character. */
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
  /**
   * Takes a message that the history shows for this attempt's, which counts as sent from then on.
   * @returns false when it is known to be another's, or when that cannot be told.
   */
  found(messageId: string): Promise<boolean>;
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

/** A server may run for weeks: it clears up more often than it starts. */
const sweepEveryMs = 3_600_000;

/** Every turn lost means that a rival made an attempt meanwhile. So many do not come: the folder is not what it seems. */
const maxTurns = 100;

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
  let sweptAt = Number.NEGATIVE_INFINITY;
  const underWay = new Map<string, { promise: Promise<unknown>; signal: AbortSignal }>();
  const hashOf = ({ sessionId, sender, text, attachments = [] }: SendIdentity) =>
    digest([account, sessionId, sender, text, attachments]);

  const openAttempt = (attempt: Attempt, { sessionId }: SendIdentity): OpenAttempt => {
    const claimed = (messageId: string) =>
      claimMessage(folder, digest([account, sessionId, messageId]), attempt);
    const record = (state: Attempt['state']) => replaceAttempt(folder, { ...attempt, state }).catch(onLost);
    return {
      began: new Date(attempt.began),
      async sent(messageId) {
        await record('sent');
        if (messageId !== undefined) await claimed(messageId).catch(onLost);
      },
      async found(messageId) {
        const isOurs = await claimed(messageId).catch((error: Error) => {
          onLost(error);
          return false;
        });
        if (isOurs) await record('sent');
        return isOurs;
      },
      unknown: () => record('unknown'),
      rejected: () => record('rejected'),
    };
  };

  /** @returns undefined when another process made an attempt in the same moment: look again. */
  async function tryClaim(send: SendIdentity, allowDuplicate: boolean): Promise<Claim | undefined> {
    const hash = hashOf(send);
    const now = Date.now();
    const before = await readAttempts(folder, hash);
    const standing = (attempts: readonly Attempt[]): Claim | undefined => {
      const latest = attempts.findLast((attempt) => attempt.state !== 'rejected' && isRecent(attempt, now));
      if (latest === undefined || allowDuplicate) return undefined;
      return latest.state === 'sent'
        ? { state: 'sent', began: new Date(latest.began) }
        : { state: 'unknown', attempt: openAttempt(latest, send) };
    };
    const known = standing(before);
    if (known) return known;
    const number = (before.at(-1)?.number ?? 0) + 1;
    const attempt: Attempt = { hash, number, state: 'intent', began: now };
    if (!(await createAttempt(folder, attempt))) return undefined;
    // Another process may have counted from other entries (old ones are removed) and made an attempt of its own.
    const others = (await readAttempts(folder, hash)).filter((other) => other.number !== number);
    const rival = standing(others);
    if (rival) await replaceAttempt(folder, { ...attempt, state: 'rejected' });
    return rival ?? { state: 'free', attempt: openAttempt(attempt, send) };
  }

  async function claim(send: SendIdentity, allowDuplicate: boolean): Promise<Claim> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (performance.now() - sweptAt > sweepEveryMs) {
      sweptAt = performance.now();
      await removeOlder(folder, Date.now() - keepMs);
    }
    for (let turn = 0; turn < maxTurns; turn += 1) {
      const claimed = await tryClaim(send, allowDuplicate);
      if (claimed) return claimed;
    }
    throw new Error('its entries cannot be read');
  }

  async function together<T>(send: SendIdentity, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const hash = hashOf(send);
    const first = underWay.get(hash);
    if (first) {
      try {
        return (await first.promise) as T;
      } catch (error) {
        if (!first.signal.aborted || signal.aborted) throw error;
        return together(send, signal, work);
      }
    }
    const promise = work().finally(() => underWay.delete(hash));
    underWay.set(hash, { promise, signal });
    return promise;
  }

  return {
    async claim(send, allowDuplicate) {
      try {
        return await claim(send, allowDuplicate);
      } catch (error) {
        throw new LedgerError(folder, error as Error);
      }
    },
    together,
  };
}

/** Recent, or from a future that only a clock set back can explain. */
function isRecent({ began }: Attempt, now: number): boolean {
  return now - began < repeatWindowMs;
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
