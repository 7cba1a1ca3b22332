import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkClient } from '../../../src/cli/doctor/client-entry.ts';
import { clientNamed, type Machine } from '../../../src/cli/init/clients.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'main.cjs');
writeFileSync(program, '');

/** What is told of a client whose file for all projects has this text, or these servers. */
async function checked(
  id: string,
  content: object | string,
  env: Record<string, string> = {},
  sandbox = false,
) {
  const client = clientNamed(id);
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
  const { findings, start } = await checkClient(client, machine, program, sandbox);
  return { told: findings.map(({ status, seen }) => `${status}: ${seen}`).join('\n'), findings, start };
}

/** What the client is to fill in. */
const filledIn = (what: string) => `\${${what}}`;

const entry = (more: object = {}) => ({ command: process.execPath, args: [program], ...more });

it.each([
  ['{ "mcpServers": ', / is not valid JSON \(.*\)$/, /^Mend it/],
  ['', /^Cursor has no entry that starts this server \(/, /init cursor --write$/],
  [{ other: { command: 'other' } }, /^Cursor has no entry/, /init cursor --write$/],
  [
    { mine: entry({ command: '/no/such/node' }) },
    /starts \/no\/such\/node, which is not there$/,
    /--replace/,
  ],
  [
    { mine: { command: 'npx-nobody-has', args: ['-y', 'opencx-sessions-mcp@1'] } },
    /starts npx-nobody-has, which/,
    /--replace/,
  ],
  [
    { 'opencx-sessions': entry({ args: [join(folder, 'gone.cjs')] }) },
    /gone\.cjs, which is not there$/,
    /--replace/,
  ],
  [{ mine: entry({ args: [program, '--reed-only'] }) }, /does not take: .*'--reed-only'/, /--help/],
])('says of %j what is wrong with it', async (content, told, advice) => {
  const { findings } = await checked('cursor', content);
  expect(findings.find(({ status }) => status === 'failed')).toEqual({
    check: 'client',
    status: 'failed',
    seen: expect.stringMatching(told),
    advice: expect.stringMatching(advice),
  });
});

it('reads flags and variables as the client hands them on, and nothing of this shell', async () => {
  const args = ['-y', 'opencx-sessions-mcp@latest', '--read-only', '--tools', 'get_session'];
  const env = { OPENCX_API_KEY: filledIn('env:MY_KEY'), OPENCX_RATE_LIMIT: '7' };
  const { start, told } = await checked(
    'cursor',
    { demo: entry({ args: [program, '--sandbox'] }), live: { command: 'node', args, env } },
    { MY_KEY: 'secret', OPENCX_TOOLS: 'all' },
  );
  expect(told).toMatch(/^ok: Cursor has the entry live in .* \(beside demo, not examined\)$/);
  expect(start).toEqual({
    flags: { readOnly: true, tools: 'get_session' },
    env: { PATH: expect.anything(), MY_KEY: 'secret', OPENCX_API_KEY: 'secret', OPENCX_RATE_LIMIT: '7' },
    keyIsHidden: false,
  });
});

it('tells what it cannot know of the key', async () => {
  const cursor = await checked('cursor', {
    mine: entry({ env: { OPENCX_API_KEY: filledIn('env:OPENCX_API_KEY') } }),
  });
  expect(cursor.told).toContain('warning: OPENCX_API_KEY is not set in this shell');
  const vscode = await checked('vscode', {
    mine: entry({ env: { OPENCX_API_KEY: filledIn('input:opencx-key') } }),
  });
  expect(vscode.told).toContain('skipped: VS Code asks for OPENCX_API_KEY and keeps it');
  expect(vscode.start).toMatchObject({ keyIsHidden: true });
  expect(vscode.start?.env).not.toHaveProperty('OPENCX_API_KEY');
  // Claude Desktop fills nothing in: the server would get the text as it is.
  const desktop = await checked('claude-desktop', {
    mine: entry({ env: { OPENCX_API_KEY: filledIn('OPENCX_API_KEY') } }),
  });
  expect(desktop.start?.env['OPENCX_API_KEY']).toBe(filledIn('OPENCX_API_KEY'));
});

it('examines the entry for the demo data where that is meant', async () => {
  const servers = { live: entry(), demo: entry({ args: [program, '--sandbox'] }) };
  expect((await checked('cursor', servers, {}, true)).told).toContain('has the entry demo in');
  expect((await checked('cursor', servers)).told).toContain('has the entry live in');
  const { findings } = await checked('cursor', {}, {}, true);
  expect(findings[0]?.advice).toMatch(/ init cursor --sandbox --write$/);
});
