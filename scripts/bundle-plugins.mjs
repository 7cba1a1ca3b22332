// What esbuild does not do by itself to make a start cheap. Each plugin says what it saves; npm run bench shows the sum.
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

/**
 * Leaves `import()` as it is and notes what it imports, to be bundled as a chunk of its own.
 * @param {Map<string, string>} found gets each specifier, a package or a path from the project's root, with its chunk's name.
 */
export const importsOnDemand = (found) => ({
  name: 'imports on demand',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const specifier = path.startsWith('.') ? relative('.', resolve(resolveDir, path)) : path;
      const name = specifier.replace(/^src[\\/]|\.ts$/g, '').replace(/\W+/g, '-');
      found.set(specifier, name);
      return { path: `./chunks/${name}.js`, external: true };
    });
  },
});

/**
 * Packages whose index loads all they have: undici also fetch, WebSocket, caches and mocks (two thirds of it),
 * rate-limiter-flexible a driver for every database. An export that is missing here fails the build.
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
 * What the SDK's server imports and ours never calls: a JSON Schema validator for when it is given none (200 KB; see
 * `yesOrNo` in src/mcp/server.ts), and the converter of schemas for its own list of tools (30 KB).
 */
export const unusedByServer = {
  AjvJsonSchemaValidator: /sdk[\\/]dist[\\/]esm[\\/]validation[\\/]ajv-provider\.js$/,
  zodToJsonSchema: /zod-to-json-schema[\\/]dist[\\/]esm[\\/]index\.js$/,
};

/** HTTP/2, which is off unless asked for: with Node's own part of it 2 MB of memory. */
export const unusedByClient = { connectH2: /undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ };

/** @param unused files that are left out, each by the name that it exports. */
export const without = (unused) => ({
  name: 'without what is unused',
  setup({ onLoad }) {
    for (const [name, filter] of Object.entries(unused)) {
      onLoad({ filter }, () => ({ contents: `export const ${name} = undefined;` }));
    }
  },
});

/** `tools/list` is written out, so that a start need not convert schemas, nor hold what converts them. */
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

/**
 * Tells the bundler that the schemas of the SDK's protocol types have no effect until they are used, so that those
 * that nobody uses (half of them, mostly of clients and tasks) are left out and not built at every start.
 */
export const schemasWhereUsed = {
  name: 'schemas where used',
  setup({ onLoad }) {
    onLoad({ filter: /sdk[\\/]dist[\\/]esm[\\/]types\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const tree = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
      const calls = tree.statements
        .filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) => declarationList.declarations)
        .flatMap(({ initializer }) => (initializer && ts.isCallExpression(initializer) ? [initializer] : []));
      let contents = '';
      let at = 0;
      for (const call of calls) {
        const text = source.slice(call.getStart(), call.end);
        contents += `${source.slice(at, call.getStart())}/* @__PURE__ */ (() => ${text})()`;
        at = call.end;
      }
      return { contents: contents + source.slice(at) };
    });
  },
};
