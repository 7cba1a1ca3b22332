// Builds the program, the client and the licences of the bundled packages into dist/, or into the folder given as argument.
// The program may be running from that folder, and another build may be writing to it. Files are therefore replaced
// atomically, entry points last, and only stale chunks are removed.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { bundle } from './bundle.mjs';
import { licencesOf } from './licences.mjs';

const outdir = resolve(process.argv[2] ?? 'dist');
/** A running program from an earlier build still loads its chunks on demand. */
const chunkLifetimeMs = 10 * 60_000;

const { dependencies, engines } = JSON.parse(readFileSync('package.json', 'utf8'));
const { files, metafiles } = await bundle(outdir, Object.keys(dependencies));

const chunks = join(outdir, 'chunks');
mkdirSync(chunks, { recursive: true });
const isChunk = ({ path }) => dirname(path) === chunks;
for (const file of files.filter(isChunk)) replace(file.path, file.contents);
for (const file of files.filter((file) => !isChunk(file))) replace(file.path, file.contents);
const start = files.find(({ path }) => basename(path) === 'start.cjs');
const build = createHash('sha256').update(start.contents).digest('hex').slice(0, 16);
const [major, minor] = engines.node.match(/\d+/g);
replace(
  join(outdir, 'main.cjs'),
  readFileSync('scripts/launcher.cjs', 'utf8')
    .replace('BUILD', build)
    .replaceAll('NODE_MAJOR', major)
    .replaceAll('NODE_MINOR', minor),
  0o755,
);
replace(join(outdir, 'THIRD-PARTY-LICENSES.txt'), licencesOf(metafiles));

const current = new Set(files.filter(isChunk).map(({ path }) => basename(path)));
for (const name of readdirSync(chunks)) {
  const { mtimeMs } = statSync(join(chunks, name), { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  if (!current.has(name) && mtimeMs < Date.now() - chunkLifetimeMs)
    rmSync(join(chunks, name), { force: true });
}

/** Replaces a file atomically. */
function replace(path, contents, mode) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents, { mode });
  renameSync(temporary, path);
}
