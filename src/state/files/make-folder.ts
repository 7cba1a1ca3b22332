import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder, and those above it that are missing. Node's own `recursive` option never returns, at full load, if a
 * file system says "no such folder" to whoever creates something in a folder that exists, as `/proc` does.
 * @returns whether the folder is new.
 * @throws the error of the file system: ENOENT, EACCES, or EEXIST if something else is in the way.
 */
export async function makeFolder(path: string, mode: number, parentIsThere = false): Promise<boolean> {
  try {
    await mkdir(path, mode);
    return true;
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !parentIsThere && parent !== path) {
      await makeFolder(parent, mode);
      return makeFolder(path, mode, true);
    }
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) return false;
    throw error;
  }
}
