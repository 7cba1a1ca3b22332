// What becomes of src/ in the package. Two bundles, because a start must read one file, and in it nothing that it does
// not need: start.cjs is all that a start of the server runs; chunks/ is what it imports on demand (commands, the
// sandbox, packages), beside the client. They share no module: what both need stands in each of them.
import { build } from 'esbuild';
import {
  importsOnDemand,
  partsOfPackages,
  schemasWhereUsed,
  toolsDescribed,
  unusedByClient,
  unusedByServer,
  without,
} from './bundle-plugins.mjs';

/**
 * @param outdir where the files will be, absolute.
 * @param external packages that are installed beside the bundle.
 * @returns {Promise<{ files: import('esbuild').OutputFile[], metafiles: import('esbuild').Metafile[] }>}
 */
export async function bundle(outdir, external) {
  const common = {
    outdir,
    external,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  };
  const onDemand = new Map();
  const start = await build({
    ...common,
    entryPoints: { start: 'src/main.ts' },
    outExtension: { '.js': '.cjs' },
    // CommonJS starts faster: Node sets up its loader of ES modules only when the first chunk is imported.
    format: 'cjs',
    plugins: [
      importsOnDemand(onDemand),
      without(unusedByServer),
      toolsDescribed,
      schemasWhereUsed,
      partsOfPackages,
    ],
  });
  const rest = await build({
    ...common,
    entryPoints: [
      { in: 'src/client/index.ts', out: 'client' },
      ...[...onDemand].map(([specifier, name]) => ({ in: specifier, out: `chunks/${name}` })),
    ],
    splitting: true,
    format: 'esm',
    // CommonJS packages inside an ES module bundle still ask for node's own modules by require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    chunkNames: 'chunks/[name]-[hash]',
    // The package "sentiment" would load other languages by name; English, the only one it has, is bundled.
    logOverride: { 'empty-glob': 'silent' },
    plugins: [without(unusedByClient), partsOfPackages],
  });
  return {
    files: [...rest.outputFiles, ...start.outputFiles],
    metafiles: [start.metafile, rest.metafile],
  };
}
