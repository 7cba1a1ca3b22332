import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { temporaryFolder } from './harness.ts';

const root = join(import.meta.dirname, '../../..');

/** Bundles a module that imports from `./src/` into a program. @returns its path. Deleted after the test. */
export async function writeProgram(contents: string): Promise<string> {
  const folder = temporaryFolder();
  const program = join(folder, 'program.mjs');
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['libsql', 'sentiment'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile: program,
  });
  // External packages are resolved relative to the program.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return program;
}
