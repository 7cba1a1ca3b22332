import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A running program from an earlier build still loads its chunks on demand. */
const chunkLifetimeMs = 10 * 60_000;

/**
 * Writes a build into a folder from which the program may be running, and into which another build may be writing. Files
 * are therefore replaced atomically, chunks first, and only stale chunks are removed.
 * @param files {readonly { path: string, contents: string | Uint8Array, mode?: number }[]}
 */
export function writeBuild(outdir, files) {
  const chunks = join(outdir, 'chunks');
  for (const folder of new Set([chunks, ...files.map(({ path }) => dirname(path))])) {
    mkdirSync(folder, { recursive: true });
  }
  const isChunk = ({ path }) => dirname(path) === chunks;
  for (const file of files.filter(isChunk)) replace(file);
  for (const file of files.filter((file) => !isChunk(file))) replace(file);

  const current = new Set(files.filter(isChunk).map(({ path }) => basename(path)));
  for (const name of readdirSync(chunks)) {
    const { mtimeMs } = statSync(join(chunks, name), { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (!current.has(name) && mtimeMs < Date.now() - chunkLifetimeMs)
      rmSync(join(chunks, name), { force: true });
  }
}

/** Replaces a file atomically. */
function replace({ path, contents, mode }) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents, { mode });
  renameSync(temporary, path);
}
