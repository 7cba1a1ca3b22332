import { constants } from 'node:fs';
import { copyFile, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UnusableFile } from './merge.ts';

/** A client's file as it was read; empty text and no mode for one that is not there. */
export interface ClientFile {
  /** Behind links, as those of dotfiles: they stay links. */
  readonly path: string;
  readonly text: string;
  readonly mode: number | undefined;
}

/** @throws UnusableFile when it is there and cannot be read. */
export async function readClientFile(file: string): Promise<ClientFile> {
  try {
    const path = await realpath(file);
    return { path, text: await readFile(path, 'utf8'), mode: (await stat(path)).mode & 0o777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path: file, text: '', mode: undefined };
    throw new UnusableFile(`cannot be read (${(error as Error).message})`);
  }
}

/**
 * Puts a new text in the place of the old one, in one step; the old one is kept beside it.
 * @returns the name of the copy; undefined where there was nothing to keep.
 * @throws UnusableFile when it cannot be written, or was changed by somebody else since it was read.
 */
export async function replaceClientFile(file: ClientFile, text: string): Promise<string | undefined> {
  const stamp = new Date().toISOString().replace(/[-:.]/g, '');
  const backup = `${file.path}.${stamp}.bak`;
  const written = `${file.path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file.path), { recursive: true });
    const handle = await open(written, 'wx', 0o600);
    try {
      if (file.mode !== undefined) await handle.chmod(file.mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A client that runs may write it too.
    if ((await readClientFile(file.path)).text !== file.text) {
      throw new UnusableFile('was changed by another program just now; try again');
    }
    if (file.mode !== undefined) await copyFile(file.path, backup, constants.COPYFILE_EXCL);
    await rename(written, file.path);
    return file.mode === undefined ? undefined : backup;
  } catch (error) {
    await rm(written, { force: true });
    if (error instanceof UnusableFile) throw error;
    throw new UnusableFile(`cannot be written (${(error as Error).message})`);
  }
}
