// Builds the program, the client and the licences of the bundled packages into dist/, or into the folder given as argument.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { bundle } from './bundle.mjs';
import { licencesOf } from './licences.mjs';
import { writeBuild } from './write-build.mjs';

const outdir = resolve(process.argv[2] ?? 'dist');

const { dependencies, engines } = JSON.parse(readFileSync('package.json', 'utf8'));
const { files, metafiles } = await bundle(outdir, Object.keys(dependencies));

const start = files.find(({ path }) => basename(path) === 'start.cjs');
const build = createHash('sha256').update(start.contents).digest('hex').slice(0, 16);
const [major, minor] = engines.node.match(/\d+/g);
const launcher = readFileSync('scripts/launcher.cjs', 'utf8')
  .replace('BUILD', build)
  .replaceAll('NODE_MAJOR', major)
  .replaceAll('NODE_MINOR', minor);
writeBuild(outdir, [
  ...files,
  { path: join(outdir, 'main.cjs'), contents: launcher, mode: 0o755 },
  { path: join(outdir, 'THIRD-PARTY-LICENSES.txt'), contents: licencesOf(metafiles) },
]);
