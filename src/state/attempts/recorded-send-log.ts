import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../time/clock.ts';
import { inTime } from '../../time/in-time.ts';
import { SendLogError, VanishedRecordError } from '../errors.ts';
import type { Claim, ClaimOptions, Earlier, IdempotencyKey, OpenAttempt, SendLog } from '../send-log.ts';
import { type Attempt, type AttemptStore, digest, identityOf, isOpen } from './attempt-store.ts';
import { keyHashes } from './key-hashes.ts';
import { attemptMemories, type Memory } from './memories.ts';
import { singleFlights } from './single-flight.ts';

/** For this long an equal write counts as a duplicate. It is counted from the last moment at which the first one may have left. */
const windowMs = { message: 600_000, session: 10_000 } as const;

/** A share that went away may never answer. The caller must learn in time that nothing was written. */
const maxWaitMs = 10_000;
/** A claim is tried again if another process made an attempt meanwhile. This many rivals mean a broken store. */
const maxTries = 100;

export interface SendLogOptions {
  /** Tells API addresses and keys apart: the same text under another key is another message. */
  readonly account: string;
  /** Called when an outcome could not be recorded. */
  readonly onLost?: (error: Error) => void;
  readonly clock?: Clock;
}

/** A send log whose attempts are kept in a store. All rules are here, so that they are the same for every store. */
export function recordedSendLog(
  store: AttemptStore,
  { account, onLost = () => {}, clock = systemClock }: SendLogOptions,
): SendLog {
  const memories = attemptMemories(clock, windowMs.message);
  const { knownOf, memoryOf } = memories;
  /** Owners of messages that the store did not take. Without its owner, a message may be that of any open attempt. */
  const lostOwners = new Map<string, string>();
  const { ofKey: hashOf, ofEffects: hashesOf } = keyHashes(account);

  /**
   * @returns the attempts, and what this process has to remember although its record is gone.
   * @throws VanishedRecordError if a record is gone and this is no deliberate duplicate.
   */
  async function read(key: IdempotencyKey, allowDuplicate: boolean) {
    const hash = hashOf(key);
    // What is created while the store reads may be missing in what it read.
    const known = memories.ofHash(hash);
    const attempts = await store.read(hash);
    const gone: Memory[] = [];
    for (const [identity, memory] of known) {
      const attempt = attempts.find((one) => identityOf(one) === identity);
      if (attempt) memory.isReplaced = false;
      if (attempt && !isOpen(attempt)) memory.state = attempt.state === 'sent' ? 'sent' : 'rejected';
      const isRecent = clock.monotonic() - memory.overAt < windowMs[key.kind];
      const isMissed = memory.state === 'open' ? memory.isOwn : memory.state === 'sent' && isRecent;
      if (attempt || !isMissed || memory.isReplaced) continue;
      if (!allowDuplicate) throw new VanishedRecordError();
      // One that is running writes its record again.
      if (!memory.isRunning) gone.push(memory);
    }
    return { attempts, gone };
  }

  /** The longest time since it left that no clock contradicts. A time in the future means that the clock was set back. */
  function elapsedMs(attempt: Attempt): number {
    const memory = knownOf(attempt);
    const byWallClock = clock.now() - attempt.left;
    return memory?.isOwn ? Math.min(byWallClock, clock.monotonic() - memory.overAt) : byWallClock;
  }

  function isUnderWay(attempt: Attempt): boolean {
    if (attempt.state !== 'intent') return false;
    const memory = knownOf(attempt);
    return memory?.isOwn ? memory.isRunning : clock.now() < attempt.left;
  }

  function earlierOf(key: IdempotencyKey, attempts: readonly Attempt[]): Earlier | undefined {
    const effects = hashesOf(key);
    const othersOf = (attempt: Attempt) =>
      [...new Set([...Object.keys(effects), ...Object.keys(attempt.effects)])]
        .filter((name) => effects[name] !== attempt.effects[name])
        .sort();
    const tried = attempts.filter(({ state }) => state !== 'rejected');
    // Nothing tells whether an unknown session exists, so a deliberate duplicate ends the question.
    const counting = (key.kind === 'session' ? tried.slice(-1) : tried).filter(
      (attempt) => isOpen(attempt) || elapsedMs(attempt) < windowMs[key.kind],
    );
    const latest = counting.findLast((attempt) => othersOf(attempt).length === 0) ?? counting.at(-1);
    if (latest === undefined) return undefined;
    const otherEffects = othersOf(latest);
    if (latest.state === 'sent') {
      const [left, ago] = [new Date(latest.left), Math.max(0, elapsedMs(latest))];
      return { state: 'sent', left, elapsedMs: ago, id: latest.id ?? '', otherEffects };
    }
    memoryOf(latest);
    return {
      state: 'unknown',
      underWay: isUnderWay(latest),
      attempt: openAttempt(latest, key),
      otherEffects,
    };
  }

  /** @param gone what the attempt replaces once it is sent. Only the call that makes the request tells it. */
  function openAttempt(opened: Attempt, key: IdempotencyKey, gone?: readonly Memory[]): OpenAttempt {
    let attempt = opened;
    const isOfCall = gone !== undefined;
    const owner = `${attempt.hash}.${attempt.number}`;
    const messageHash = (id: string) => digest([account, key.sessionId, id]);
    const isThis = (one: Attempt) => identityOf(one) === identityOf(attempt);
    const current = async () => (await store.read(attempt.hash)).find(isThis);
    const record = async (change: Partial<Attempt>) => {
      attempt = { ...attempt, ...change };
      await store.replace(attempt);
    };
    // A slow process may come back and reject its attempt after another one gave it a message. The first of them decides:
    // a message whose attempt was rejected would look like another attempt's.
    const settle = (how: 'rejected' | 'looked up') =>
      store.claimMessage(digest([account, 'settled', owner, attempt.nonce]), how);
    const orLost = <T>(work: Promise<T>, otherwise: T): Promise<T> =>
      work.catch((error: Error) => {
        onLost(error);
        return otherwise;
      });
    const timeNow = () => ({ left: clock.now(), overAt: clock.monotonic() });
    /** The request is over, since a moment ago if that is given: nothing leaves any more. */
    const end = (state: Memory['state'], { left, overAt } = timeNow()): { left?: number } => {
      const memory = memoryOf(attempt);
      memory.state = state;
      memory.isReplaced = false;
      // A deliberate duplicate is what counts from now on, but only if it was sent.
      if (state === 'sent') for (const one of gone ?? []) one.isReplaced = true;
      if (!memory.isRunning) return {};
      memory.isRunning = false;
      memory.overAt = overAt;
      return { left };
    };
    const unclaimed = async (messages: readonly string[]) => {
      const owners = await Promise.all(messages.map((id) => store.ownerOf(messageHash(id))));
      // An empty owner was cut off by a crash: it may be this attempt.
      return messages.filter((_, index) => [undefined, '', owner].includes(owners[index]));
    };
    const reject = async () => {
      const over = end('rejected');
      if ((await settle('rejected')) === 'rejected') return record({ ...over, state: 'rejected' });
      end('open');
      if ((await current())?.state === 'intent') await record({ ...over, state: 'unknown' });
    };
    /** What may settle it: the history, unless its own process rejected it, which may not be recorded yet. */
    const settledBy = async (own: Attempt | undefined): Promise<'history' | 'rejection' | 'nobody'> => {
      if (knownOf(attempt)?.isOwn) return 'history';
      if (own?.state !== 'intent') return own ? 'history' : 'nobody';
      // An entry that could not be read: its process may be writing it. Then it fails, or this does.
      if (attempt.nonce === '') await record({ state: 'unknown' });
      const how = await settle('looked up');
      if (how === 'looked up') return 'history';
      // A decision that a crash cut off is none.
      if (how !== 'rejected') return 'nobody';
      await record({ state: 'rejected' });
      return 'rejection';
    };
    const claimOne = async (candidates: readonly string[]) => {
      const all = await store.read(attempt.hash);
      const own = all.find(isThis);
      // Another call found it first.
      if (own?.state === 'sent') return candidates.find((id) => id === own.id);
      const others = all.filter((one) => isOpen(one) && one !== own);
      const free = await unclaimed(candidates);
      // A running one records its id in a moment, or is rejected: then no message is its own. Only if its process may have
      // crashed, and no other attempt is open, may a message be given to it.
      const mayHaveCrashed = others.length === 0 && !knownOf(attempt)?.isOwn;
      const isRunning = (isOfCall || mayHaveCrashed ? others : all).some(isUnderWay);
      const isRejected = own?.state === 'rejected' || knownOf(attempt)?.state === 'rejected';
      // With more messages than attempts, some are another person's.
      if (isRunning || isRejected || free.length > others.length + 1) return undefined;
      if (free.length === 0 || (await settledBy(own)) !== 'history') return undefined;
      for (const id of free) {
        if ((await store.claimMessage(messageHash(id), owner)) !== owner) continue;
        const { left = attempt.left } = end('sent');
        // It may be the message of any open attempt, so the window counts from the latest.
        const latest = Math.max(left, ...others.map((one) => one.left));
        await orLost(record({ left: latest, state: 'sent', id }), undefined);
        return id;
      }
      return undefined;
    };
    return {
      identity: identityOf(attempt),
      began: new Date(attempt.began),
      get serverBegan() {
        return attempt.serverBegan;
      },
      seenUpTo: attempt.seenUpTo,
      async sent(id) {
        const over = timeNow();
        // First whose message it is. Until then the attempt counts as running, so that nobody else finds it in between.
        if (key.kind === 'message') {
          const message = messageHash(id);
          const claimed = store.claimMessage(message, owner).catch((error) => {
            lostOwners.set(message, owner);
            throw error;
          });
          await orLost(claimed, '');
        }
        await orLost(record({ ...end('sent', over), state: 'sent', id }), undefined);
      },
      unknown: (serverBegan) =>
        orLost(
          record({ ...end('open'), state: 'unknown', serverBegan: serverBegan ?? attempt.serverBegan }),
          undefined,
        ),
      rejected: () => orLost(reject(), undefined),
      found: (candidates) => orLost(claimOne(candidates), undefined),
      unclaimed: (messages) => orLost(unclaimed(messages), [...messages]),
      absent: () =>
        orLost(
          current().then(async (now) => {
            if (now === undefined || !isOpen(now)) return false;
            const by = await settledBy(now);
            if (by === 'history') await record({ ...end('rejected'), state: 'rejected' });
            return by !== 'nobody';
          }),
          false,
        ),
      quietMs() {
        const { isOwn, isRunning, overAt } = memoryOf(attempt);
        if (isRunning) return 0;
        const mayTake = !isOwn && attempt.state === 'intent' ? attempt.left - attempt.began : 0;
        return Math.max(0, clock.monotonic() - overAt - mayTake);
      },
    };
  }

  /** @returns undefined if another process made an attempt at the same moment: try again. */
  async function tryClaim(
    key: IdempotencyKey,
    { allowDuplicate, longestMs, seenUpTo }: ClaimOptions,
  ): Promise<Claim | undefined> {
    const hash = hashOf(key);
    const { attempts: before, gone } = await read(key, allowDuplicate);
    const earlier = allowDuplicate ? undefined : earlierOf(key, before);
    if (earlier) return earlier;
    const known = memories.ofHash(hash).map(([, { number }]) => number);
    const numbers = [...before.map((one) => one.number), ...known];
    const number = Math.max(0, ...numbers) + 1;
    const began = clock.now();
    const times = { began, left: began + longestMs, seenUpTo };
    const effects = hashesOf(key);
    const attempt: Attempt = { hash, number, nonce: randomUUID(), state: 'intent', ...times, effects };
    if (!(await store.create(attempt))) return undefined;
    memories.remember(attempt, true);
    const opened = openAttempt(attempt, key, gone);
    let isClaimed = false;
    try {
      // Another process may have seen other attempts, because old ones are removed, and made one under another number.
      const { attempts: all } = await read(key, allowDuplicate);
      if (!all.some((one) => identityOf(one) === identityOf(attempt))) throw new VanishedRecordError();
      const others = all.filter((other) => other.number !== number);
      const rival = allowDuplicate ? undefined : earlierOf(key, others);
      if (rival) return rival;
      isClaimed = true;
    } finally {
      if (!isClaimed) {
        await opened.rejected();
        memories.delete(attempt);
      }
    }
    return { state: 'free', attempt: opened };
  }

  async function claim(key: IdempotencyKey, options: ClaimOptions): Promise<Claim> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const claim = await tryClaim(key, options);
      if (claim) return claim;
    }
    throw new Error('its entries cannot be read');
  }
  // The caller was refused meanwhile, so it makes no request.
  const release = (claim: Claim) => (claim.state === 'free' ? claim.attempt.rejected() : undefined);

  async function prepare(): Promise<void> {
    await store.prepare();
    for (const [message, owner] of lostOwners) {
      await store.claimMessage(message, owner);
      lostOwners.delete(message);
    }
  }

  /** @param late what to do with a result that comes after the caller was refused. */
  async function orSendLogError<T>(work: () => Promise<T>, late?: (result: T) => unknown): Promise<T> {
    memories.forgetSettled();
    try {
      return await inTime(prepare().then(work), maxWaitMs, late);
    } catch (error) {
      throw new SendLogError(store.place, error as Error);
    }
  }

  const flights = singleFlights();
  return {
    find: (key) => orSendLogError(async () => earlierOf(key, (await read(key, false)).attempts)),
    fateOf: (key, identity) =>
      orSendLogError(async () => {
        const attempt = (await store.read(hashOf(key))).find((one) => identityOf(one) === identity);
        if (attempt === undefined) return undefined;
        const { state, id = '' } = attempt;
        if (state === 'sent') return { state, id };
        if (state === 'rejected') return { state };
        memoryOf(attempt);
        return { state: 'open', attempt: openAttempt(attempt, key) };
      }),
    claim: (key, options) => orSendLogError(() => claim(key, options), release),
    singleFlight: (key, ...rest) =>
      flights(digest([key.kind, key.sessionId, key.content, key.effects]), ...rest),
  };
}
