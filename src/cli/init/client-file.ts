import { constants } from 'node:fs';
import { copyFile, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that was left unchanged. The message starts with a verb, to follow the file's name. */
export class UnusableFileError extends Error {}

/** The configuration file of a client. A missing file has an empty text and no mode. */
export interface ClientFile {
  /** With links resolved, so that linked dotfiles stay links. */
  readonly path: string;
  readonly text: string;
  readonly mode: number | undefined;
}

/** @throws UnusableFileError when the file exists but cannot be read. */
export async function readClientFile(file: string): Promise<ClientFile> {
  try {
    const path = await realpath(file);
    return { path, text: await readFile(path, 'utf8'), mode: (await stat(path)).mode & 0o777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path: file, text: '', mode: undefined };
    throw new UnusableFileError(`cannot be read (${(error as Error).message})`);
  }
}

/**
 * Replaces the file atomically, after copying it to a backup.
 * @returns the path of the backup; undefined for a new file.
 * @throws UnusableFileError when the file cannot be written, or has changed since it was read.
 */
export async function replaceClientFile(file: ClientFile, text: string): Promise<string | undefined> {
  const timestamp = new Date().toISOString().replace(/[-:.]/g, '');
  const backup = `${file.path}.${timestamp}.bak`;
  const temporary = `${file.path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file.path), { recursive: true });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      if (file.mode !== undefined) await handle.chmod(file.mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A running client may write the file as well.
    if ((await readClientFile(file.path)).text !== file.text) {
      throw new UnusableFileError('was just changed by another program; try again');
    }
    if (file.mode !== undefined) await copyFile(file.path, backup, constants.COPYFILE_EXCL);
    await rename(temporary, file.path);
    return file.mode === undefined ? undefined : backup;
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof UnusableFileError) throw error;
    throw new UnusableFileError(`cannot be written (${(error as Error).message})`);
  }
}
