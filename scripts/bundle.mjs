// What becomes of src/ in the package: the program, and the client for other programs.
//
// The program is start.cjs, all that a start of the server runs, and chunks/, what it imports on demand (commands, the
// sandbox, packages). All of it is CommonJS, so that Node never sets up its loader of ES modules, and every module
// stands in one file only, so that a class is the same everywhere. It takes three steps, because no tool does all:
// esbuild reads TypeScript and CommonJS but would spread the start over a dozen files; Rollup leaves in the start
// whatever it loads, lets chunks require that from there, but reads neither; and esbuild makes each file small.
//
// The client is one ES module. It shares nothing with the program.
import { builtinModules } from 'node:module';
import { dirname, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { rollup } from 'rollup';
import { partsOfPackages, toolsDescribed, withoutUnused } from './bundle-plugins.mjs';

const node20 = { platform: 'node', target: 'node20.19', legalComments: 'none', logLevel: 'warning' };
// Names stay: errors are called after their classes.
const small = { ...node20, minifySyntax: true, minifyWhitespace: true };

/**
 * @param outdir where the files will be, absolute.
 * @param external packages that are installed beside the bundle.
 * @returns {Promise<{ files: { path: string, contents: string }[], metafiles: import('esbuild').Metafile[] }>}
 */
export async function bundle(outdir, external) {
  const common = { outdir, external, write: false, metafile: true, bundle: true, format: 'esm' };
  const modules = await build({
    ...common,
    ...node20,
    entryPoints: { start: 'src/main.ts' },
    splitting: true,
    // The package "sentiment" would load other languages by name; English, the only one it has, is bundled.
    logOverride: { 'empty-glob': 'silent' },
    plugins: [withoutUnused, toolsDescribed, partsOfPackages],
  });
  const client = await build({
    ...common,
    ...small,
    entryPoints: { client: 'src/client/index.ts' },
    // CommonJS packages inside an ES module bundle still ask for node's own modules by require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [withoutUnused, partsOfPackages],
  });
  const linked = await link(resolve(outdir, 'start.js'), modules.outputFiles, external);
  const program = linked.map(async ({ fileName, code }) => {
    return {
      path: resolve(outdir, fileName),
      contents: (await transform(code, { ...small, format: 'cjs' })).code,
    };
  });
  return {
    files: [...(await Promise.all(program)), ...client.outputFiles],
    metafiles: [modules.metafile, client.metafile],
  };
}

/** @param files ES modules of esbuild's. @returns the chunks of Rollup's, as CommonJS. */
async function link(entry, files, external) {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const { generate } = await rollup({
    input: entry,
    external: [/^node:/, ...builtinModules, ...external],
    // esbuild has left out what is unused.
    treeshake: false,
    plugins: {
      name: 'files of esbuild',
      resolveId: (path, from = '') => resolve(dirname(from), path),
      load: (path) => texts.get(path),
    },
  });
  const { output } = await generate({
    format: 'cjs',
    dynamicImportInCjs: false,
    // As Node imports a CommonJS module: the default is the module itself.
    interop: 'default',
    hoistTransitiveImports: false,
    externalLiveBindings: false,
    entryFileNames: '[name].cjs',
    // Without the hash of esbuild's.
    chunkFileNames: ({ name }) => `chunks/${name.replace(/-[A-Z0-9]{8}$/, '')}-[hash].cjs`,
  });
  return output;
}
