import { randomUUID } from 'node:crypto';
import { chmod, link, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DraftStore, StoredDraft } from '../outbox/draft-store.ts';
import { makeFolder } from './make-folder.ts';
import { syncFolder } from './sync-folder.ts';

const fileName = /^(\d{1,9})\.(\d{1,9})\.json$/;

/**
 * Keeps each revision of a draft in a file of its own, readable by its user only. Only one of several processes can create
 * a file, so no lock is needed. Older revisions stay with the draft: a process that missed a change must find its file.
 */
export function fileDrafts(folder: string): DraftStore {
  const pathOf = ({ number, revision }: Pick<StoredDraft, 'number' | 'revision'>) =>
    join(folder, `${number}.${revision}.json`);

  /** The latest revision of each number, or of one. */
  async function latest(wanted?: number): Promise<Map<number, number>> {
    const revisions = new Map<number, number>();
    for (const name of await readdir(folder)) {
      const [, number = 0, revision = 0] = (fileName.exec(name) ?? []).map(Number);
      if (number === 0 || (wanted !== undefined && number !== wanted)) continue;
      revisions.set(number, Math.max(revision, revisions.get(number) ?? 0));
    }
    return revisions;
  }
  /** An unreadable file is a draft too: an older revision must not take its place. */
  const readFileOf = async (number: number, revision: number): Promise<StoredDraft | undefined> => {
    const entry = await readFile(pathOf({ number, revision }), 'utf8').catch(missing);
    return entry === undefined ? undefined : { number, revision, entry };
  };

  return {
    place: folder,
    async prepare() {
      // The mode of a new folder is subject to the umask of the process, which may be anything.
      if (await makeFolder(folder, 0o700)) await chmod(folder, 0o700);
    },
    async read(number) {
      const revision = (await latest(number)).get(number);
      return revision === undefined ? undefined : readFileOf(number, revision);
    },
    async readAll() {
      const drafts = await Promise.all([...(await latest())].map((one) => readFileOf(...one)));
      return drafts.filter((draft) => draft !== undefined);
    },
    revisions: async () => [...(await latest())].map(([number, revision]) => ({ number, revision })),
    highest: async () => Math.max(0, ...(await latest()).keys()),
    async create(draft) {
      const whole = join(folder, `${randomUUID()}.draft`);
      try {
        await writeSynced(whole, draft.entry);
        // Atomic: a reader sees all of it or nothing, and a file that exists stays.
        await link(whole, pathOf(draft));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(whole, { force: true }).catch(() => {});
      }
      await syncFolder(folder);
      return true;
    },
    async remove(number) {
      const names = (await readdir(folder)).filter((name) => Number(fileName.exec(name)?.[1]) === number);
      // The latest one last: without it, an older one would be the draft.
      const revisionOf = (name: string) => Number(fileName.exec(name)?.[2]);
      for (const name of names.sort((a, b) => revisionOf(a) - revisionOf(b))) await rm(join(folder, name));
    },
  };
}

/** @returns undefined for a file that is not there. */
function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function writeSynced(path: string, content: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
