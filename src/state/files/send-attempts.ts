import { randomUUID } from 'node:crypto';
import { chmod, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../time/clock.ts';
import { type Entry, entryText, parseEntry, unreadableEntry } from '../attempts/attempt-entry.ts';
import type { Attempt, AttemptStore } from '../attempts/attempt-store.ts';
import { VanishedRecordError } from '../errors.ts';
import { makeFolder } from './make-folder.ts';
import { syncFolder } from './sync-folder.ts';

/** Longer than any window, so that setting the clock back does not open it. */
const keepMs = 86_400_000;

/** A server may run for weeks, so removing old records at its start is not enough. */
const sweepEveryMs = 3_600_000;

const fileName = /^[0-9a-f]{64}\.(\d+)\.json$/;

/**
 * Keeps each attempt in a file of its own, and the owner of each message of the API in another one. Only one of several
 * processes can create a file, so no lock is needed.
 */
export function fileStore(folder: string, clock: Clock = systemClock): AttemptStore {
  let sweptAt = Number.NEGATIVE_INFINITY;
  const pathOf = ({ hash, number }: Attempt) => join(folder, `${hash}.${number}.json`);
  const ownerPath = (message: string) => join(folder, `${message}.message`);
  return {
    place: folder,
    async prepare() {
      // The mode of a new folder is subject to the umask of the process, which may be anything.
      if (await makeFolder(folder, 0o700)) await chmod(folder, 0o700);
      if (clock.monotonic() - sweptAt <= sweepEveryMs) return;
      sweptAt = clock.monotonic();
      await removeOlder(folder, clock.now() - keepMs);
    },
    async read(hash) {
      // The prefix first: it rules out nearly all names of a busy folder.
      const names = (await readdir(folder)).filter((name) => name.startsWith(hash));
      const attempts = await Promise.all(
        names.map(async (name): Promise<Attempt | undefined> => {
          const [, number] = fileName.exec(name) ?? [];
          const entry = number === undefined ? undefined : await readEntry(join(folder, name));
          return entry && { ...entry, hash, number: Number(number) };
        }),
      );
      return attempts.filter((attempt) => attempt !== undefined).sort((a, b) => a.number - b.number);
    },
    create: (attempt) => createSynced(folder, pathOf(attempt), entryText(attempt)),
    async replace(attempt) {
      const path = pathOf(attempt);
      const there = await readEntry(path);
      if (there?.nonce && there.nonce !== attempt.nonce) throw new VanishedRecordError();
      const draft = `${path}.${randomUUID()}`;
      try {
        await writeSynced(draft, entryText(attempt));
        // Atomic: a reader sees the old one or the new one.
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => {});
        throw error;
      }
      await syncFolder(folder);
    },
    async claimMessage(message, owner) {
      const path = ownerPath(message);
      return (await createSynced(folder, path, owner)) ? owner : await readFile(path, 'utf8');
    },
    ownerOf: (message) => readIfThere(ownerPath(message)),
  };
}

async function readEntry(path: string): Promise<Entry | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const entry = parseEntry(text);
  if (entry) return entry;
  // Created but not yet written, or damaged.
  const file = await stat(path).catch(() => undefined);
  return file && unreadableEntry(file.mtimeMs);
}

/** @returns undefined if there is no such file. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes files last written before a moment, including drafts that a crash left behind. An attempt whose outcome is not
 * known stays, and so do all files of its time: they tell whose a message is. A file that cannot be removed stays: it
 * only takes space.
 */
async function removeOlder(folder: string, before: number): Promise<void> {
  const old: { path: string; mtimeMs: number }[] = [];
  let oldestOpen = Number.POSITIVE_INFINITY;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs >= before) continue;
    const entry = fileName.test(name) ? await readEntry(path).catch(() => undefined) : undefined;
    const isOpen = entry?.state === 'intent' || entry?.state === 'unknown';
    if (isOpen) oldestOpen = Math.min(oldestOpen, entry.began, mtimeMs);
    else old.push({ path, mtimeMs });
  }
  for (const { path, mtimeMs } of old) {
    if (mtimeMs < oldestOpen) await rm(path, { force: true }).catch(() => {});
  }
}

/**
 * Creates a file on disk.
 * @returns false if it exists.
 */
async function createSynced(folder: string, path: string, content: string): Promise<boolean> {
  let isOurs = false;
  try {
    await writeSynced(path, content, () => {
      isOurs = true;
    });
    await syncFolder(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // What a full disk cut off must not count later. If the file could not even be opened, it may be another process's.
    if (isOurs) await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

/** @throws with the code EEXIST if the file exists. */
async function writeSynced(path: string, content: string, onCreated = () => {}): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  onCreated();
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
