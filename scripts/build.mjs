// Builds dist/ (or the folder given): the program, split so that a start loads only what it needs, the client, and
// the licences of what is bundled. A program may be running from that folder meanwhile, and another build may be
// writing to it: files are replaced whole, the entry points last, and nothing is removed but stale chunks.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { licencesOf } from './licences.mjs';

const outdir = resolve(process.argv[2] ?? 'dist');
/** A program that started from an earlier build loads its chunks when it first needs them. */
const chunksStayMs = 10 * 60_000;

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const { outputFiles, metafile } = await build({
  entryPoints: { main: 'src/main.ts', client: 'src/client/index.ts' },
  outdir,
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: Object.keys(dependencies),
  // CommonJS packages inside an ES module bundle still ask for node's own modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  logLevel: 'warning',
});

const chunks = join(outdir, 'chunks');
mkdirSync(chunks, { recursive: true });
const isChunk = ({ path }) => dirname(path) === chunks;
for (const file of outputFiles.filter(isChunk)) replace(file.path, file.contents);
for (const file of outputFiles.filter((file) => !isChunk(file))) replace(file.path, file.contents);
replace(join(outdir, 'THIRD-PARTY-LICENSES.txt'), licencesOf(metafile));

const current = new Set(outputFiles.filter(isChunk).map(({ path }) => basename(path)));
for (const name of readdirSync(chunks)) {
  const { mtimeMs } = statSync(join(chunks, name), { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  if (!current.has(name) && mtimeMs < Date.now() - chunksStayMs) rmSync(join(chunks, name), { force: true });
}

/** Nobody ever sees half a file, or none. */
function replace(path, contents) {
  const written = `${path}.${process.pid}`;
  writeFileSync(written, contents);
  renameSync(written, path);
}
