import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkClient } from '../../../src/cli/doctor/client-entry.ts';
import { getClient } from '../../../src/cli/init/clients.ts';
import type { Machine } from '../../../src/cli/init/machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'main.cjs');
writeFileSync(program, '');

/** Checks a client whose user file has this text, or these servers. */
async function checked(
  id: string,
  content: object | string,
  env: Record<string, string> = {},
  sandbox = false,
) {
  const client = getClient(id);
  const home = mkdtempSync(join(folder, 'home-'));
  const machine: Machine = {
    platform: 'linux',
    home,
    env: { PATH: dirname(process.execPath), ...env },
    elsewhere: false,
  };
  const file = client.userFile(machine);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify({ [client.servers]: content }));
  const { findings, launch } = await checkClient(client, machine, program, sandbox);
  return { text: findings.map(({ status, detail }) => `${status}: ${detail}`).join('\n'), findings, launch };
}

/** A placeholder that the client replaces. */
const placeholder = (what: string) => `\${${what}}`;

const entry = (more: object = {}) => ({ command: process.execPath, args: [program], ...more });

it.each([
  ['{ "mcpServers": ', / is not valid JSON \(.*\)$/, /^Fix the file/],
  ['', /^Cursor has no entry that starts this server \(/, /init cursor --write$/],
  [{ other: { command: 'other' } }, /^Cursor has no entry/, /init cursor --write$/],
  [
    { mine: entry({ command: '/no/such/node' }) },
    /starts \/no\/such\/node, which does not exist$/,
    /--replace/,
  ],
  [
    { mine: { command: 'npx-nobody-has', args: ['-y', 'opencx-sessions-mcp@1'] } },
    /starts npx-nobody-has, which/,
    /--replace/,
  ],
  [
    { 'opencx-sessions': entry({ args: [join(folder, 'gone.cjs')] }) },
    /gone\.cjs, which does not exist$/,
    /--replace/,
  ],
  [{ mine: entry({ args: [program, '--reed-only'] }) }, /invalid flags: .*'--reed-only'/, /--help/],
])('reports the problem of %j', async (content, detail, fix) => {
  const { findings } = await checked('cursor', content);
  expect(findings.find(({ status }) => status === 'failed')).toEqual({
    check: 'client',
    status: 'failed',
    detail: expect.stringMatching(detail),
    fix: expect.stringMatching(fix),
  });
});

it('reads flags and variables as the client passes them, and ignores those of this shell', async () => {
  const args = ['-y', 'opencx-sessions-mcp@latest', '--read-only', '--tools', 'get_session'];
  const env = { OPENCX_API_KEY: placeholder('env:MY_KEY'), OPENCX_RATE_LIMIT: '7' };
  const { launch, text } = await checked(
    'cursor',
    { demo: entry({ args: [program, '--sandbox'] }), live: { command: 'node', args, env } },
    { MY_KEY: 'secret', OPENCX_TOOLS: 'all' },
  );
  expect(text).toMatch(/^ok: Cursor has the entry live in .* \(not checked: demo\)$/);
  expect(launch).toEqual({
    flags: { readOnly: true, tools: 'get_session' },
    env: { PATH: expect.anything(), MY_KEY: 'secret', OPENCX_API_KEY: 'secret', OPENCX_RATE_LIMIT: '7' },
    keyIsHidden: false,
  });
});

it('reports what it cannot check about the key', async () => {
  const cursor = await checked('cursor', {
    mine: entry({ env: { OPENCX_API_KEY: placeholder('env:OPENCX_API_KEY') } }),
  });
  expect(cursor.text).toContain('warning: OPENCX_API_KEY is not set in this shell');
  const vscode = await checked('vscode', {
    mine: entry({ env: { OPENCX_API_KEY: placeholder('input:opencx-key') } }),
  });
  expect(vscode.text).toContain('skipped: VS Code asks for OPENCX_API_KEY and stores it');
  expect(vscode.launch).toMatchObject({ keyIsHidden: true });
  expect(vscode.launch?.env).not.toHaveProperty('OPENCX_API_KEY');
  // Claude Desktop replaces no placeholders: the server gets the literal text.
  const desktop = await checked('claude-desktop', {
    mine: entry({ env: { OPENCX_API_KEY: placeholder('OPENCX_API_KEY') } }),
  });
  expect(desktop.launch?.env['OPENCX_API_KEY']).toBe(placeholder('OPENCX_API_KEY'));
});

it('prefers the entry for the demo data with --sandbox', async () => {
  const servers = { live: entry(), demo: entry({ args: [program, '--sandbox'] }) };
  expect((await checked('cursor', servers, {}, true)).text).toContain('has the entry demo in');
  expect((await checked('cursor', servers)).text).toContain('has the entry live in');
  const { findings } = await checked('cursor', {}, {}, true);
  expect(findings[0]?.fix).toMatch(/ init cursor --sandbox --write$/);
});
