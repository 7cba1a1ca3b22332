import { randomUUID } from 'node:crypto';
import { access, constants, lstat, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../state/files/make-folder.ts';
import { UnusableFileError } from './unusable-file.ts';

/** The configuration file of a client. A missing file has an empty text, and no mode. */
export interface ClientFile {
  /** With links resolved, so that linked dotfiles stay links. */
  readonly path: string;
  readonly text: string;
  readonly mode: number | undefined;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

const noKeyReaders = 0o600;

/** @throws UnusableFileError when the file exists but cannot be read as text. */
export async function readClientFile(file: string): Promise<ClientFile> {
  try {
    const path = await realpath(file);
    const { mode, uid, gid, ...stats } = await stat(path).then((found) => ({
      mode: found.mode & 0o777,
      uid: found.uid,
      gid: found.gid,
      isFile: found.isFile(),
    }));
    if (!stats.isFile) throw new UnusableFileError('is not a regular file');
    return { path, text: decode(await readFile(path)), mode, owner: { uid, gid } };
  } catch (error) {
    if (error instanceof UnusableFileError) throw error;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new UnusableFileError(`cannot be read (${(error as Error).message})`);
    }
    const isLink = (await lstat(file).catch(() => undefined))?.isSymbolicLink();
    if (isLink)
      throw new UnusableFileError(
        'is a link to a file that does not exist: create that file, or remove the link',
      );
    return { path: file, text: '', mode: undefined };
  }
}

/** @throws UnusableFileError for any bytes that would be written back as others. */
function decode(bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // UTF-16 without a byte order mark.
    if (!text.includes('\0')) return text;
  } catch {
    // Refused below.
  }
  throw new UnusableFileError('is not UTF-8 text: save it as UTF-8');
}

/** The file that keeps the text before the last change. */
export const backupOf = ({ path }: ClientFile) => `${path}.opencx-sessions.bak`;

/** What to write: the new text, and the old one for the backup, without keys. */
export interface Replacement {
  readonly text: string;
  readonly backup: string;
  /** Whether the new text has a key in clear. Then only the owner may read the file. */
  readonly hasKey: boolean;
}

/**
 * Replaces the file atomically, after writing the old text to its only backup.
 * @returns the path of the backup; undefined for a new file.
 * @throws UnusableFileError when the file cannot be written, or has changed since it was read.
 */
export async function replaceClientFile(
  file: ClientFile,
  { text, backup, hasKey }: Replacement,
): Promise<string | undefined> {
  const backupPath = backupOf(file);
  try {
    if (file.mode !== undefined) await refuseReadOnly(file.path, file.mode);
    await makeFolder(dirname(file.path), 0o777);
    const mode = hasKey ? noKeyReaders : (file.mode ?? noKeyReaders);
    await writeAtomically(file.path, text, mode, file.owner, async () => {
      // A running client may write the file as well.
      if ((await readClientFile(file.path)).text !== file.text) {
        throw new UnusableFileError('was just changed by another program; try again');
      }
      if (file.mode !== undefined) await writeAtomically(backupPath, backup, noKeyReaders, file.owner);
    });
    return file.mode === undefined ? undefined : backupPath;
  } catch (error) {
    if (error instanceof UnusableFileError) throw error;
    throw new UnusableFileError(`cannot be written (${(error as Error).message})`);
  }
}

/** Renaming over a file ignores its permissions, and so does the superuser. */
async function refuseReadOnly(path: string, mode: number): Promise<void> {
  const writable = await access(path, constants.W_OK).then(
    () => (mode & 0o222) !== 0,
    () => false,
  );
  if (!writable) throw new UnusableFileError('is read-only: make it writable, or edit it yourself');
}

async function writeAtomically(
  path: string,
  text: string,
  mode: number,
  owner: ClientFile['owner'],
  beforeRename?: () => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.chmod(mode);
      // With sudo, the file would otherwise come to belong to root.
      if (owner && owner.uid !== process.getuid?.() && process.platform !== 'win32')
        await handle.chown(owner.uid, owner.gid);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await beforeRename?.();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
