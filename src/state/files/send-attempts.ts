import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from '../../contract/zod.ts';

/**
 * One attempt to send one message. Hashes only: the file tells nobody what was written or to whom.
 * `intent` is what stands there before the request leaves; a crash leaves it at that.
 */
const Entry = z.object({
  state: z.enum(['intent', 'sent', 'unknown', 'rejected']),
  /** When the attempt began, by this machine's clock, in milliseconds since 1970. */
  began: z.number(),
});
export type Entry = z.infer<typeof Entry>;

/** An entry and where it stands: attempt `number` of the send with this `hash`. */
export interface Attempt extends Entry {
  readonly hash: string;
  readonly number: number;
}

const fileName = /^[0-9a-f]{64}\.(\d+)\.json$/;

/** The attempts of one send, oldest number first. */
export async function readAttempts(folder: string, hash: string): Promise<Attempt[]> {
  // By the beginning first: of the many names in a busy folder, next to none are looked at more closely.
  const names = (await readdir(folder)).filter((name) => name.startsWith(hash));
  const attempts = await Promise.all(
    names.map(async (name): Promise<Attempt | undefined> => {
      const [, number] = fileName.exec(name) ?? [];
      const entry = number === undefined ? undefined : await readEntry(join(folder, name));
      return entry && { ...entry, hash, number: Number(number) };
    }),
  );
  return attempts.filter((attempt) => attempt !== undefined).sort((a, b) => a.number - b.number);
}

async function readEntry(path: string): Promise<Entry | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const entry = Entry.safeParse(parseJson(text));
    // Created but not yet written, or cut off by a crash: somebody is sending, or was.
    return entry.success ? entry.data : { state: 'intent', began: (await stat(path)).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Removes what was last written before a moment, drafts that a crash left behind included. What cannot be removed
 * stays: it only takes up room.
 */
export async function removeOlder(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < before) await rm(path, { force: true }).catch(() => {});
  }
}

/**
 * Writes a new attempt to disk, synced.
 * @returns false when another process made this very attempt first: creating a file is the one step that only one
 * of several can win, so no lock is needed.
 */
export async function createAttempt(folder: string, attempt: Attempt): Promise<boolean> {
  const path = join(folder, `${attempt.hash}.${attempt.number}.json`);
  try {
    await writeSynced(path, attempt);
    await syncFolder(folder);
  } catch (error) {
    if (isThere(error)) return false;
    // Nothing is sent now: what a full disk left of the file must not pass for an intent later.
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
  return true;
}

/** Replaces an attempt as a whole, synced: a reader sees the old one or the new one. */
export async function replaceAttempt(folder: string, attempt: Attempt): Promise<void> {
  const path = join(folder, `${attempt.hash}.${attempt.number}.json`);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeSynced(draft, attempt);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

/**
 * Notes that a message of the API is the one that an attempt made. Of several attempts that claim it, one is the first.
 * @param message hash of the message's id.
 * @returns whether it is this attempt's.
 */
export async function claimMessage(
  folder: string,
  message: string,
  { hash, number }: Attempt,
): Promise<boolean> {
  const path = join(folder, `${message}.message`);
  const owner = `${hash}.${number}`;
  try {
    await writeFile(path, owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (!isThere(error)) throw error;
    return (await readFile(path, 'utf8')) === owner;
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

/** @throws with the code EEXIST when the file is there already. */
async function writeSynced(path: string, { state, began }: Attempt): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify({ state, began }));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name of a new file is on disk only once its folder is; Windows knows no such thing and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
