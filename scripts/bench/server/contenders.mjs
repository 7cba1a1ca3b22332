// The servers that are compared. All get the same environment, the same API, and where they want one the same OpenAPI
// document of the sandbox.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { install, installThis, versionHere } from './installs.mjs';

/**
 * @param api `url` of the API, `key` for it, `document`: its OpenAPI document as a file, and `folder` for state.
 * @returns name, `args` for node, `env`, and what its installation brings. `minimal` is what the others are held
 * against.
 */
export function contenders({ url, key, document, folder }) {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    OPENCX_API_URL: url,
    OPENCX_API_KEY: key,
    // The budget is on, as it is for everyone, but wide enough never to hold a call up.
    OPENCX_RATE_LIMIT: '1000000',
  };
  const bridge = (spec, program, ...args) => {
    const at = spec.lastIndexOf('@');
    const installed = install(spec.replace(/\W+/g, '-'), spec);
    const entry = join(installed.folder, 'node_modules', spec.slice(0, at), program);
    return { name: spec, args: [entry, ...args], env, installed };
  };
  const servers = [
    { name: 'opencx-sessions-mcp', args: ['dist/main.cjs'], env, installed: installThis() },
    {
      name: 'minimal',
      args: ['scripts/bench/fixtures/minimal.mjs'],
      env,
      installed: install('minimal', versionHere('@modelcontextprotocol/sdk'), versionHere('zod')),
    },
    bundled('minimal', env),
    {
      name: 'responder',
      args: ['scripts/bench/fixtures/responder.mjs'],
      env,
      installed: { packages: 0, mb: 0 },
    },
    {
      name: 'undici',
      args: ['scripts/bench/fixtures/direct.mjs'],
      env,
      installed: install('undici', versionHere('undici')),
    },
  ];
  const bridges = [
    () =>
      bridge(
        '@ivotoby/openapi-mcp-server@1.16.1',
        'bin/mcp-server.js',
        ...['--api-base-url', url, '--openapi-spec', document],
        ...['--headers', `Authorization:Bearer ${key}`, '--verbose', 'false'],
      ),
    () =>
      bridge(
        'mcp-openapi@0.3.0',
        'dist/bin/mcp-openapi.js',
        ...['--spec', document, '--base-url', url, '--no-doc-warnings'],
        ...['--auth-type', 'bearer', '--auth-token', key],
      ),
    () => generated('openapi-mcp-generator@4.0.1', env, document),
  ];
  return [...servers, ...bridges.flatMap(ifInstalled)];
}

/** A bridge is left out where it cannot be installed: what is measured of the others stands without it. */
function ifInstalled(prepare) {
  try {
    return [prepare()];
  } catch (error) {
    process.stderr.write(`A bridge is left out: ${error.stderr || error.message}\n`);
    return [];
  }
}

/**
 * A server of the fixtures in one file, with node:http for fetch: what the SDK costs where nothing stands around it.
 * CommonJS, as starts fastest.
 */
function bundled(name, env) {
  const entry = join(env.HOME, `${name}.cjs`);
  buildSync({
    entryPoints: [`scripts/bench/fixtures/${name}.mjs`],
    outfile: entry,
    inject: ['scripts/bench/fixtures/http-fetch.mjs'],
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
  });
  const installed = { packages: 0, mb: statSync(entry).size / 1_000_000 };
  return { name: `${name}, bundled`, args: [entry], env, installed };
}

/** The one that writes a server's source, to be installed and compiled by its user. Its dependencies' newest versions. */
function generated(spec, env, document) {
  const generator = install('openapi-mcp-generator', spec);
  const installed = install(
    'openapi-mcp-generator-output',
    versionHere('@modelcontextprotocol/sdk'),
    'axios@1.21.1',
    'dotenv@16.6.1',
    'json-schema-to-zod@2.8.1',
    'zod@3.25.76',
  );
  const program = join(generator.folder, 'node_modules/openapi-mcp-generator/bin/openapi-mcp-generator.js');
  const output = join(installed.folder, 'output');
  execFileSync(process.execPath, [program, '--input', document, '--output', output, '--force'], {
    stdio: 'ignore',
  });
  const entry = join(output, 'server.mjs');
  buildSync({ entryPoints: [join(output, 'src/index.ts')], outfile: entry, format: 'esm', platform: 'node' });
  return {
    name: spec,
    args: [entry],
    env: { ...env, BEARER_TOKEN_BEARERAUTH: env.OPENCX_API_KEY },
    installed,
  };
}
