// What esbuild does not do by itself to make a start cheap. Each says what it saves of the CPU of a start, which is some
// 85 ms up to the list of tools.
import { build } from 'esbuild';

/**
 * Packages whose index loads all they have: undici also fetch, WebSocket, caches and mocks (half of 720 KB),
 * rate-limiter-flexible a driver for every database (75 KB). An export that is missing here fails the build.
 */
const parts = {
  undici: `
    import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
    import connect from 'undici/lib/api/api-connect.js';
    export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
    export { default as Pool } from 'undici/lib/dispatcher/pool.js';
    Dispatcher.prototype.connect = connect;`,
  'rate-limiter-flexible': `
    export { default as RateLimiterMemory } from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
    export { default as RateLimiterPostgres } from 'rate-limiter-flexible/lib/RateLimiterPostgres.js';
    export { default as RateLimiterRes } from 'rate-limiter-flexible/lib/RateLimiterRes.js';`,
};

/** The UMD form, which a bundler takes for Node, asks for its files in a way that none can follow. */
parts['jsonc-parser'] = `export * from 'jsonc-parser/lib/esm/main.js';`;

export const partsOfPackages = {
  name: 'parts of packages',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(?:${Object.keys(parts).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'parts' }));
    onLoad({ filter: /./, namespace: 'parts' }, ({ path }) => ({ contents: parts[path], resolveDir: '.' }));
  },
};

/**
 * What packages import and this program never calls, by who imports it and what it exports. Others may need it: the demo
 * is a client that checks answers, the sandbox writes its OpenAPI document.
 */
const unused = [
  // For a server that is given no validator of JSON Schema; see `acceptAnything` in src/mcp/server.ts. 200 KB, 7 ms.
  { importer: /sdk[\\/]dist[\\/]esm[\\/]server/, path: /ajv-provider\.js$/, name: 'AjvJsonSchemaValidator' },
  // For the SDK's own list of tools. 28 KB, 3 ms.
  { importer: /sdk[\\/]dist[\\/]esm[\\/]server/, path: /^zod-to-json-schema$/, name: 'zodToJsonSchema' },
  // HTTP/2, which is off unless asked for: with Node's own part of it 2 MB of memory.
  { importer: /undici/, path: /client-h2\.js$/, name: 'connectH2' },
];

export const withoutUnused = {
  name: 'without what is unused',
  setup({ onResolve, onLoad }) {
    for (const { importer, path, name } of unused) {
      onResolve({ filter: path }, (asked) => {
        return importer.test(asked.importer) ? { path: name, namespace: 'unused' } : undefined;
      });
    }
    onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({
      contents: `export const ${path} = undefined;`,
    }));
  },
};

/** `tools/list` is written out, so that a start need not convert schemas, nor hold what converts them: 8 ms. */
export const toolsDescribed = {
  name: 'tools described',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]mcp[\\/]tool-description\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({
        stdin: {
          contents: `export { tools } from './src/tools/index.ts'; export { describeTool } from ${JSON.stringify(path)};`,
          resolveDir: '.',
        },
        write: false,
        bundle: true,
        platform: 'node',
        format: 'esm',
      });
      const code = Buffer.from(outputFiles[0].contents).toString('base64');
      const { tools, describeTool } = await import(`data:text/javascript;base64,${code}`);
      const described = Object.fromEntries(tools.map((tool) => [tool.name, describeTool(tool)]));
      // JSON in a string is read faster than a literal.
      const text = JSON.stringify(JSON.stringify(described));
      return {
        contents: `const described = JSON.parse(${text}); export const describeTool = ({ name }) => described[name];`,
      };
    });
  },
};
