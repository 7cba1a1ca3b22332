import type { Attempt, AttemptStore } from '../../../src/state/attempts/attempt-store.ts';
import { VanishedRecordError } from '../../../src/state/errors.ts';

/** A store in memory, as proof that the port needs no files. A database would do the same with unique keys. */
export interface MemoryStore extends AttemptStore {
  /** Makes every use fail, until it is called again with undefined. */
  breakDown(error: Error | undefined): void;
  clear(): void;
}

/** @param pause called before each use: a test may let others run, or stop there for good. */
export function memoryStore(pause: () => Promise<void> = async () => {}): MemoryStore {
  const attempts = new Map<string, Attempt>();
  const owners = new Map<string, string>();
  const nameOf = ({ hash, number }: Attempt) => `${hash}.${number}`;
  let broken: Error | undefined;
  const use = async () => {
    await pause();
    if (broken) throw broken;
  };
  return {
    place: 'memory',
    prepare: use,
    async read(hash) {
      await use();
      return [...attempts.values()].filter((one) => one.hash === hash).sort((a, b) => a.number - b.number);
    },
    async create(attempt) {
      await use();
      if (attempts.has(nameOf(attempt))) return false;
      attempts.set(nameOf(attempt), attempt);
      return true;
    },
    async replace(attempt) {
      await use();
      const there = attempts.get(nameOf(attempt));
      if (there && there.nonce !== attempt.nonce) throw new VanishedRecordError();
      attempts.set(nameOf(attempt), attempt);
    },
    async claimMessage(message, owner) {
      await use();
      const first = owners.get(message) ?? owner;
      owners.set(message, first);
      return first;
    },
    async ownerOf(message) {
      await use();
      return owners.get(message);
    },
    breakDown: (error) => {
      broken = error;
    },
    clear() {
      attempts.clear();
      owners.clear();
    },
  };
}
