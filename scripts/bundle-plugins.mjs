// esbuild plugins that reduce the CPU time of a start, which is about 85 ms up to `tools/list`. Times below are the CPU time
// saved per start.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Replacements for packages whose index loads everything: undici also loads fetch, WebSocket, caches and mocks (half of its
 * 720 KB), rate-limiter-flexible a driver for every database (75 KB). The build fails if an export in use is missing here.
 */
const replacements = {
  undici: `
    import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
    import connect from 'undici/lib/api/api-connect.js';
    export { default as Agent } from 'undici/lib/dispatcher/agent.js';
    export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
    export { default as Pool } from 'undici/lib/dispatcher/pool.js';
    Dispatcher.prototype.connect = connect;`,
  'rate-limiter-flexible': `
    export { default as RateLimiterMemory } from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
    export { default as RateLimiterPostgres } from 'rate-limiter-flexible/lib/RateLimiterPostgres.js';
    export { default as RateLimiterRes } from 'rate-limiter-flexible/lib/RateLimiterRes.js';`,
};

// Bundlers for Node pick the UMD build, whose `require` calls they cannot resolve.
replacements['jsonc-parser'] = `export * from 'jsonc-parser/lib/esm/main.js';`;

// The SDK's second generation: without its JSON Schema validator, which src/mcp/v2/server.ts replaces. 155 KB.
replacements['@modelcontextprotocol/server/_shims'] = `
  export { default as process } from 'node:process';
  export const DefaultJsonSchemaValidator = undefined;`;

export const partialPackages = {
  name: 'partial-packages',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(?:${Object.keys(replacements).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'replacement' }));
    onLoad({ filter: /./, namespace: 'replacement' }, ({ path }) => ({
      contents: replacements[path],
      resolveDir: '.',
    }));
  },
};

/** Of package.json, the program reads only these. The rest, 3 KB, is for npm. */
const facts = ['name', 'version', 'engines'];

export const packageFacts = {
  name: 'package-facts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
      if (path !== resolve('package.json')) return undefined;
      const whole = JSON.parse(readFileSync(path, 'utf8'));
      return {
        contents: JSON.stringify(Object.fromEntries(facts.map((name) => [name, whole[name]]))),
        loader: 'json',
      };
    });
  },
};

/**
 * Modules that packages import but the program never calls there, replaced with an export that is undefined. Other importers
 * still get the real module: the demo's client validates answers, and the sandbox generates its OpenAPI document.
 */
const unused = [
  // The SDK's default JSON Schema validator; `acceptAnything` in src/mcp/v1/server.ts replaces it. 200 KB, 7 ms.
  { importer: /sdk[\\/]dist[\\/]esm[\\/]server/, path: /ajv-provider\.js$/, name: 'AjvJsonSchemaValidator' },
  // Converts schemas for the SDK's own `tools/list`, which the server does not use. 28 KB, 3 ms.
  { importer: /sdk[\\/]dist[\\/]esm[\\/]server/, path: /^zod-to-json-schema$/, name: 'zodToJsonSchema' },
  // Writes HTML, with tables of entities, which reading mail never needs. 90 KB and 5 ms of the mail worker.
  { importer: /domutils|html-to-text/, path: /^dom-serializer$/, name: 'render' },
  // HTTP/2, which undici enables only by option. 2 MB of memory, including Node's own module.
  { importer: /undici/, path: /client-h2\.js$/, name: 'connectH2' },
];

export const stubUnused = {
  name: 'stub-unused',
  setup({ onResolve, onLoad }) {
    for (const { importer, path, name } of unused) {
      onResolve({ filter: path }, (request) => {
        return importer.test(request.importer) ? { path: name, namespace: 'unused-stub' } : undefined;
      });
    }
    onLoad({ filter: /./, namespace: 'unused-stub' }, ({ path }) => ({
      contents: `export const ${path} = undefined; export default ${path};`,
    }));
  },
};

/** Generates the tool descriptions at build time. A start then converts no schemas and loads no converter. 8 ms. */
export const precomputedTools = {
  name: 'precomputed-tools',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]mcp[\\/]tool-description\.ts$/ }, async ({ path }) => {
      const { tools, describeTool } = await exportsOf(
        `export { tools } from './src/tools/index.ts'; export { describeTool } from ${JSON.stringify(path)};`,
      );
      const descriptions = Object.fromEntries(tools.map((tool) => [tool.name, describeTool(tool)]));
      return {
        contents: `const descriptions = ${parsed(descriptions)}; export const describeTool = ({ name }) => descriptions[name];`,
      };
    });
    onLoad({ filter: /src[\\/]mcp[\\/]card[\\/]descriptions\.ts$/ }, async ({ path }) => {
      const { cardDescriptions } = await exportsOf(`export * from ${JSON.stringify(path)};`);
      return { contents: `export const cardDescriptions = ${parsed(cardDescriptions)};` };
    });
  },
};

/** Runs a module. @returns its exports. */
async function exportsOf(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.' },
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}

/** An expression with this value. V8 parses JSON in a string faster than an object literal. */
function parsed(value) {
  return `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;
}

/** Where the program finds the file of its mail worker: the module that starts it is in chunks/. */
export const workerOfProgram = {
  name: 'worker-of-program',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]text[\\/]mail[\\/]worker-file\.ts$/ }, () => ({
      contents: `export const workerFile = new URL('../mail-worker.cjs', import.meta.url);`,
    }));
  },
};

/** Where the program finds the pages: the module that reads them is in chunks/. */
export const webOfProgram = {
  name: 'web-of-program',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]cli[\\/]inbox[\\/]web-folder\.ts$/ }, () => ({
      contents: `export const webFolder = new URL('../web/', import.meta.url);`,
    }));
  },
};
