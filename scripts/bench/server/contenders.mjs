// The servers to compare. All get the same environment and the same API. Servers that read an OpenAPI document get the
// sandbox's.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { install, installThisPackage, sameVersion } from './installs.mjs';

/**
 * @param api the API's `url` and `key`, `document`, the path of its OpenAPI document, and `folder`, used as HOME.
 * @returns for each server its name, `args` for node, `env`, and the number and size of its installed packages.
 */
export function contenders({ url, key, document, folder }) {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    OPENCX_API_URL: url,
    OPENCX_API_KEY: key,
    // The rate limiter is on, as by default, but never delays a call.
    OPENCX_RATE_LIMIT: '1000000',
  };
  const bridge = (spec, program, ...args) => {
    const at = spec.lastIndexOf('@');
    const installed = install(spec.replace(/\W+/g, '-'), spec);
    const entry = join(installed.folder, 'node_modules', spec.slice(0, at), program);
    return { name: spec, args: [entry, ...args], env, installed };
  };
  const servers = [
    { name: 'opencx-sessions-mcp', args: ['dist/main.cjs'], env, installed: installThisPackage() },
    {
      name: 'minimal',
      args: ['scripts/bench/fixtures/minimal.mjs'],
      env,
      installed: install('minimal', sameVersion('@modelcontextprotocol/sdk'), sameVersion('zod')),
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
      installed: install('undici', sameVersion('undici')),
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
    () => generatedServer('openapi-mcp-generator@4.0.1', env, document),
  ];
  return [...servers, ...bridges.flatMap(skipIfNotInstalled)];
}

/** Skips a bridge that cannot be installed. */
function skipIfNotInstalled(prepare) {
  try {
    return [prepare()];
  } catch (error) {
    process.stderr.write(`Skipping a bridge: ${error.stderr || error.message}\n`);
    return [];
  }
}

/**
 * Bundles a fixture into one file, with node:http instead of fetch. Shows the cost of the SDK by itself. CommonJS, because it
 * starts fastest.
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

/**
 * A bridge that generates a server's source, which its user installs and compiles. Its dependencies are installed in their
 * newest versions.
 */
function generatedServer(spec, env, document) {
  const generator = install('openapi-mcp-generator', spec);
  const installed = install(
    'openapi-mcp-generator-output',
    sameVersion('@modelcontextprotocol/sdk'),
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
