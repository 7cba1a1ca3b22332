// Bundles src/ into the program and the client library.
//
// The program consists of start.cjs, the code that every server start runs, and chunks/, which are imported on demand
// (commands, the sandbox, packages). All files are CommonJS, so Node does not load its ES module loader. Each module is in
// exactly one file, so `instanceof` works everywhere. The bundle takes three steps, because no tool does all of them:
//
// 1. esbuild compiles TypeScript and CommonJS packages. Alone, it would split the start into a dozen files.
// 2. Rollup puts the modules of the start into one file, which chunks require. It reads neither TypeScript nor CommonJS.
// 3. esbuild minifies each file.
//
// The client and the sandbox for tests are one ES module each and share no file with the program. Neither does
// mail-worker.cjs, which runs in a thread of its own, nor web/, the pages that run in a browser.
import { builtinModules } from 'node:module';
import { dirname, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { rollup } from 'rollup';
import {
  packageFacts,
  partialPackages,
  precomputedTools,
  stubUnused,
  webOfProgram,
  workerOfProgram,
} from './bundle-plugins.mjs';
import { cardPage } from './card-page.mjs';

const node20 = { platform: 'node', target: 'node20.19', legalComments: 'none', logLevel: 'warning' };
// Identifiers are not minified: the names of errors come from their classes.
const minified = { ...node20, minifySyntax: true, minifyWhitespace: true };

/**
 * @param outdir absolute path of the output folder. Nothing is written.
 * @param external packages that are installed with this one, not bundled.
 * @returns {Promise<{ files: { path: string, contents: string }[], metafiles: import('esbuild').Metafile[] }>}
 */
export async function bundle(outdir, external) {
  const common = { outdir, external, write: false, metafile: true, bundle: true, format: 'esm' };
  const browser = {
    ...common,
    outdir: resolve(outdir, 'web'),
    platform: 'browser',
    // The first versions that know light-dark().
    target: ['chrome123', 'firefox120', 'safari17.5'],
    legalComments: 'none',
    logLevel: 'warning',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    assetNames: '[name]',
    entryNames: '[name]',
  };
  const [modules, libraries, worker, web, card] = await Promise.all([
    build({
      ...common,
      ...node20,
      entryPoints: { start: 'src/main.ts' },
      splitting: true,
      // The package "sentiment" loads languages by name. It contains only English, which is bundled.
      logOverride: { 'empty-glob': 'silent' },
      plugins: [stubUnused, precomputedTools, partialPackages, packageFacts, workerOfProgram, webOfProgram],
    }),
    build({
      ...common,
      ...minified,
      // Node prints the whole line of an error that nobody catches.
      lineLimit: 200,
      entryPoints: { client: 'src/client/index.ts', sandbox: 'src/sandbox/testing.ts' },
      logOverride: { 'empty-glob': 'silent' },
      // Bundled CommonJS packages load Node's built-in modules with require.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
      plugins: [stubUnused, partialPackages],
    }),
    build({
      ...common,
      ...minified,
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      entryPoints: { 'mail-worker': 'src/text/mail/worker.ts' },
      plugins: [stubUnused],
    }),
    build({
      ...browser,
      entryPoints: ['src/web/inbox/inbox.tsx', 'src/web/inbox/inbox.css', 'src/web/inbox/icon.svg'],
    }),
    cardPage(browser),
  ]);
  const linked = await link(resolve(outdir, 'start.js'), modules.outputFiles, external);
  const program = linked.map(async ({ fileName, code }) => {
    return {
      path: resolve(outdir, fileName),
      contents: (await transform(code, { ...minified, format: 'cjs' })).code,
    };
  });
  return {
    files: [
      ...(await Promise.all(program)),
      ...worker.outputFiles,
      ...libraries.outputFiles,
      ...web.outputFiles,
      { path: resolve(outdir, 'web/card.html'), contents: card.html },
    ],
    metafiles: [modules.metafile, worker.metafile, libraries.metafile, web.metafile, card.metafile],
  };
}

/** Links esbuild's ES modules with Rollup. @returns CommonJS chunks. */
async function link(entry, files, external) {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const { generate } = await rollup({
    input: entry,
    external: [/^node:/, ...builtinModules, ...external],
    // esbuild has already removed unused code.
    treeshake: false,
    plugins: {
      name: 'esbuild-files',
      resolveId: (path, from = '') => resolve(dirname(from), path),
      load: (path) => texts.get(path),
    },
  });
  const { output } = await generate({
    format: 'cjs',
    dynamicImportInCjs: false,
    // Like Node's import of a CommonJS module: the default export is the module itself.
    interop: 'default',
    hoistTransitiveImports: false,
    externalLiveBindings: false,
    entryFileNames: '[name].cjs',
    // Replaces esbuild's hash with Rollup's.
    chunkFileNames: ({ name }) => `chunks/${name.replace(/-[A-Z0-9]{8}$/, '')}-[hash].cjs`,
  });
  return output;
}
