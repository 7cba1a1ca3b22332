import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the program is built from. Folders count too: their time tells of deleted files. */
const sources = ['src', 'scripts', 'package.json', 'package-lock.json', 'node_modules/.package-lock.json'];

/** Written last, so a build that was broken off is not taken for a whole one. */
const last = 'dist/THIRD-PARTY-LICENSES.txt';

/** Builds the program for the end-to-end tests, unless it is newer than everything it is built from. */
export default function build(): void {
  const built = statSync(last, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Math.max(...sources.map(newest)) < built) return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}

/** When a file, or anything in a folder, was last changed. What is missing counts as just changed. */
function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return Number.POSITIVE_INFINITY;
  const inside = found.isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return Math.max(found.mtimeMs, ...inside.map((name) => statSync(join(path, name)).mtimeMs));
}
