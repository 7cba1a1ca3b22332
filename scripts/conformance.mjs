// npm run conformance: runs the official conformance suite of MCP over HTTP, in both versions of the protocol, against the
// built program and against a fixture on the same door that has the tools, prompts and resources of the suite. What they
// cannot do is listed in test/conformance/: a failure that is not listed there fails, and so does an entry that passes. The
// suite needs Node 22, so npx runs it on another one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const suite = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const versions = ['2025-11-25', '2026-07-28'];

const folder = mkdtempSync(join(tmpdir(), 'opencx-conformance-'));
const team = join(folder, 'team.jsonc');
// The suite sends no token, so there is none: that is possible on loopback, with one workspace and one role.
writeFileSync(team, '{ "workspaces": { "w": { "api_key_env": "KEY" } }, "roles": { "r": {} } }');
const fixture = join(folder, 'fixture.mjs');
buildSync({
  entryPoints: ['test/conformance/fixture.ts'],
  outfile: fixture,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['libsql'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
/** Programs that print their address, with the start of the names of their lists. */
const servers = [
  {
    args: ['dist/main.cjs', 'http', '--team', team, '--sandbox', ':memory:', '--port', '0'],
    list: '',
  },
  { args: [fixture], list: 'fixture-' },
];
try {
  for (const { args, list } of servers) {
    const server = spawn(process.execPath, args, {
      env: { ...process.env, OPENCX_STATE_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const ended = once(server, 'exit').then(([code]) => {
        throw new Error(`${args[0]} ended with ${code} before it listened`);
      });
      const [banner] = await Promise.race([once(server.stdout, 'data'), ended]);
      const [url] = /http:\/\/\S+\/mcp/.exec(banner);
      for (const version of versions) {
        const expected = `test/conformance/${list}${version}.yml`;
        const suiteArgs = [
          'server',
          '--url',
          url,
          '--requirements',
          version,
          '--expected-failures',
          expected,
        ];
        const command = ['--yes', '-p', 'node@24', '-p', suite, 'conformance', ...suiteArgs];
        const run = spawn('npx', command, { stdio: 'inherit' });
        const [code] = await once(run, 'exit');
        if (code !== 0) process.exitCode = 1;
      }
    } finally {
      server.kill();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
