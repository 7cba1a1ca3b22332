// npm run conformance: runs the official conformance suite of MCP against the built program, in both versions of the
// protocol. What it cannot do is listed in test/conformance/: a failure that is not listed there fails, and so does an entry
// that passes. The suite needs Node 22, so npx runs it on another one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const suite = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const versions = ['2025-11-25', '2026-07-28'];

const folder = mkdtempSync(join(tmpdir(), 'opencx-conformance-'));
const team = join(folder, 'team.jsonc');
// The suite sends no token, so there is none: that is possible on loopback, with one workspace and one role.
writeFileSync(team, '{ "workspaces": { "w": { "api_key_env": "KEY" } }, "roles": { "r": {} } }');
const program = ['dist/main.cjs', 'http', '--team', team, '--sandbox', ':memory:', '--port', '0'];
const server = spawn(process.execPath, program, {
  env: { ...process.env, OPENCX_STATE_DIR: folder },
  stdio: ['ignore', 'pipe', 'ignore'],
});
try {
  const [banner] = await once(server.stdout, 'data');
  const [url] = /http:\/\/\S+\/mcp/.exec(banner);
  for (const version of versions) {
    const expected = `test/conformance/${version}.yml`;
    const args = ['server', '--url', url, '--requirements', version, '--expected-failures', expected];
    const command = ['--yes', '-p', 'node@24', '-p', suite, 'conformance', ...args];
    const run = spawn('npx', command, { stdio: 'inherit' });
    const [code] = await once(run, 'exit');
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
