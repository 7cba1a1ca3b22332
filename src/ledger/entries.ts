import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from '../contract/zod.ts';

/**
 * One attempt to send one message. Hashes only: the file tells nobody what was written or to whom.
 * `intent` is what stands there before the request leaves; a crash leaves it at that.
 */
const Entry = z.object({
  state: z.enum(['intent', 'sent', 'unknown', 'rejected']),
  /** When the attempt began, by this machine's clock, in milliseconds since 1970. */
  began: z.number(),
  /** Hash of the session's id. */
  session: z.string(),
  /** Hash of the message's id, once it is known. */
  message: z.string().optional(),
});
export type Entry = z.infer<typeof Entry>;

/** An entry and where it stands: attempt `number` of the send with this `hash`. */
export interface Attempt extends Entry {
  readonly hash: string;
  readonly number: number;
}

const fileName = /^([0-9a-f]{64})\.(\d+)\.json$/;

/** The attempts of one send, or of all, oldest number first. */
export async function readAttempts(folder: string, hash?: string): Promise<Attempt[]> {
  const names = await readdir(folder);
  const attempts = await Promise.all(
    names.map(async (name): Promise<Attempt | undefined> => {
      const [, nameHash, number] = fileName.exec(name) ?? [];
      if (nameHash === undefined || (hash !== undefined && nameHash !== hash)) return undefined;
      const entry = await readEntry(join(folder, name));
      return entry && { ...entry, hash: nameHash, number: Number(number) };
    }),
  );
  return attempts.filter((attempt) => attempt !== undefined).sort((a, b) => a.number - b.number);
}

async function readEntry(path: string): Promise<Entry | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const entry = Entry.safeParse(parseJson(text));
    // Created but not yet written, or cut off by a crash: somebody is sending, or was.
    return entry.success ? entry.data : { state: 'intent', began: (await stat(path)).mtimeMs, session: '' };
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

/** Removes what was last written before a moment, drafts that a crash left behind included. */
export async function removeOlder(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < before) await rm(path, { force: true });
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
    await writeSynced(path, 'wx', attempt);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await syncFolder(folder);
  return true;
}

/** Replaces an attempt as a whole, synced: a reader sees the old one or the new one. */
export async function replaceAttempt(folder: string, attempt: Attempt): Promise<void> {
  const path = join(folder, `${attempt.hash}.${attempt.number}.json`);
  const draft = `${path}.${randomUUID()}`;
  await writeSynced(draft, 'wx', attempt);
  await rename(draft, path);
  await syncFolder(folder);
}

async function writeSynced(
  path: string,
  flag: 'wx',
  { state, began, session, message }: Attempt,
): Promise<void> {
  const handle = await open(path, flag, 0o600);
  try {
    await handle.writeFile(JSON.stringify({ state, began, session, message }));
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
