import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { type Clock, systemClock } from '../../time/clock.ts';
import { SendLogError } from '../errors.ts';
import type { Claim, IdempotencyKey, OpenAttempt, SendLog } from '../send-log.ts';
import {
  type Attempt,
  claimMessage,
  createAttempt,
  readAttempts,
  removeOlder,
  replaceAttempt,
} from './send-attempts.ts';

/** For this long the same message counts as a duplicate. */
const duplicateWindowMs = 600_000;

/** Longer than the window, so that setting the clock back does not open it. */
const keepMs = 86_400_000;

/** A server may run for weeks, so removing old records at its start is not enough. */
const sweepEveryMs = 3_600_000;

/** A claim is tried again if another process made an attempt meanwhile. This many rivals mean a broken folder. */
const maxTries = 100;

export interface SendLogOptions {
  /** Tells API addresses and keys apart: the same text under another key is another message. */
  readonly account: string;
  /** Called when an outcome could not be recorded. */
  readonly onLost?: (error: Error) => void;
  readonly clock?: Clock;
}

/** Opens the send log in a folder, which is created by the first claim. */
export function openSendLog(
  folder: string,
  { account, onLost = () => {}, clock = systemClock }: SendLogOptions,
): SendLog {
  let sweptAt = Number.NEGATIVE_INFINITY;
  const underWay = new Map<string, { promise: Promise<unknown>; signal: AbortSignal }>();
  const hashOf = ({ sessionId, sender, text, attachments = [] }: IdempotencyKey) =>
    digest([account, sessionId, sender, text, attachments]);

  const openAttempt = (attempt: Attempt, { sessionId }: IdempotencyKey): OpenAttempt => {
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

  /** The claim of an earlier attempt that forbids sending a message now; undefined if there is none. */
  function earlierClaim(key: IdempotencyKey, attempts: readonly Attempt[]): Claim | undefined {
    const latest = attempts.findLast(({ state, began }) => state !== 'rejected' && isRecent(began));
    if (latest === undefined) return undefined;
    return latest.state === 'sent'
      ? { state: 'sent', began: new Date(latest.began) }
      : { state: 'unknown', attempt: openAttempt(latest, key) };
  }

  /** Recent, or in the future: the clock was set back since. */
  function isRecent(began: number): boolean {
    return clock.now() - began < duplicateWindowMs;
  }

  /** @returns undefined if another process made an attempt at the same moment: try again. */
  async function tryClaim(key: IdempotencyKey, allowDuplicate: boolean): Promise<Claim | undefined> {
    const hash = hashOf(key);
    const before = await readAttempts(folder, hash);
    const earlier = allowDuplicate ? undefined : earlierClaim(key, before);
    if (earlier) return earlier;
    const number = (before.at(-1)?.number ?? 0) + 1;
    const attempt: Attempt = { hash, number, state: 'intent', began: clock.now() };
    if (!(await createAttempt(folder, attempt))) return undefined;
    // Another process may have seen other attempts, because old ones are removed, and made one under another number.
    const others = (await readAttempts(folder, hash)).filter((other) => other.number !== number);
    const rival = allowDuplicate ? undefined : earlierClaim(key, others);
    if (rival) await replaceAttempt(folder, { ...attempt, state: 'rejected' });
    return rival ?? { state: 'free', attempt: openAttempt(attempt, key) };
  }

  async function prepareFolder(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (clock.monotonic() - sweptAt <= sweepEveryMs) return;
    sweptAt = clock.monotonic();
    await removeOlder(folder, clock.now() - keepMs);
  }

  async function orSendLogError<T>(work: () => Promise<T>): Promise<T> {
    try {
      await prepareFolder();
      return await work();
    } catch (error) {
      throw new SendLogError(folder, error as Error);
    }
  }

  const sendLog: SendLog = {
    isNew: (key) =>
      orSendLogError(async () => earlierClaim(key, await readAttempts(folder, hashOf(key))) === undefined),
    claim: (key, allowDuplicate) =>
      orSendLogError(async () => {
        for (let tries = 0; tries < maxTries; tries += 1) {
          const claim = await tryClaim(key, allowDuplicate);
          if (claim) return claim;
        }
        throw new Error('its entries cannot be read');
      }),
    async singleFlight(key, signal, work) {
      const hash = hashOf(key);
      const first = underWay.get(hash);
      if (first) {
        try {
          return (await first.promise) as Awaited<ReturnType<typeof work>>;
        } catch (error) {
          if (!first.signal.aborted || signal.aborted) throw error;
          return sendLog.singleFlight(key, signal, work);
        }
      }
      const promise = work().finally(() => underWay.delete(hash));
      underWay.set(hash, { promise, signal });
      return promise;
    },
  };
  return sendLog;
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
