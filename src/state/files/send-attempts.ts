import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from '../../contract/zod.ts';

/**
 * One attempt to send one message. The file holds hashes only, neither text nor recipient. `intent` is recorded before
 * the request is sent; after a crash it is still there.
 */
const Entry = z.object({
  state: z.enum(['intent', 'sent', 'unknown', 'rejected']),
  /** When the attempt began, by this machine's wall clock, in milliseconds since 1970. */
  began: z.number(),
});
export type Entry = z.infer<typeof Entry>;

/** Attempt `number` of the send with this `hash`. */
export interface Attempt extends Entry {
  readonly hash: string;
  readonly number: number;
}

const fileName = /^[0-9a-f]{64}\.(\d+)\.json$/;

/** The attempts of one send, lowest number first. */
export async function readAttempts(folder: string, hash: string): Promise<Attempt[]> {
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
}

async function readEntry(path: string): Promise<Entry | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const entry = Entry.safeParse(parseJson(text));
    // Created but not yet written, or cut off by a crash: a send is or was under way.
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
 * Removes files last written before a moment, including drafts that a crash left behind. A file that cannot be removed
 * stays: it only takes space.
 */
export async function removeOlder(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < before) await rm(path, { force: true }).catch(() => {});
  }
}

/**
 * Writes a new attempt to disk and syncs it.
 * @returns false if another process created this attempt first. Only one of several processes can create a file, so no
 * lock is needed.
 */
export async function createAttempt(folder: string, attempt: Attempt): Promise<boolean> {
  const path = join(folder, `${attempt.hash}.${attempt.number}.json`);
  let isOurs = false;
  try {
    await writeSynced(path, contentOf(attempt), () => {
      isOurs = true;
    });
    await syncFolder(folder);
    return true;
  } catch (error) {
    if (alreadyExists(error)) return false;
    // Nothing is sent now, so the rest of a file that a full disk cut off must not count as an intent later. If the file
    // could not even be opened, it may be the attempt of another process.
    if (isOurs) await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

/** Replaces an attempt atomically and syncs it: a reader sees the old one or the new one. */
export async function replaceAttempt(folder: string, attempt: Attempt): Promise<void> {
  const path = join(folder, `${attempt.hash}.${attempt.number}.json`);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeSynced(draft, contentOf(attempt));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

/**
 * Records on disk that a message of the API belongs to an attempt. The first attempt that claims it gets it.
 * @param message hash of the message's id.
 * @returns whether it belongs to this attempt.
 */
export async function claimMessage(
  folder: string,
  message: string,
  { hash, number }: Attempt,
): Promise<boolean> {
  const path = join(folder, `${message}.message`);
  const owner = `${hash}.${number}`;
  try {
    await writeSynced(path, owner);
    await syncFolder(folder);
    return true;
  } catch (error) {
    if (!alreadyExists(error)) throw error;
    return (await readFile(path, 'utf8')) === owner;
  }
}

function contentOf({ state, began }: Attempt): string {
  return JSON.stringify({ state, began });
}

function alreadyExists(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
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

/** A new file name is durable only after its folder is synced. Windows cannot sync folders and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
