import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { checkClient } from '../../../src/cli/doctor/client-entry.ts';
import { startServer } from '../../../src/cli/doctor/start-server.ts';
import { getClient, userFileOf } from '../../../src/cli/init/clients/find-client.ts';
import type { Machine } from '../../../src/cli/init/machine.ts';
import { writeTinyServer } from '../../support/program/tiny-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = writeTinyServer(folder);

/** Checks a client whose user file has this text, or these servers. */
async function checked(
  id: string,
  content: object | string,
  env: Record<string, string> = {},
  sandbox = false,
  published = false,
) {
  const client = getClient(id);
  const home = mkdtempSync(join(folder, 'home-'));
  const machine: Machine = {
    platform: 'linux',
    home,
    env: { PATH: dirname(process.execPath), ...env },
    elsewhere: false,
  };
  const file = userFileOf(client, machine);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    typeof content === 'string' ? content : JSON.stringify({ [String(client.servers)]: content }),
  );
  const from = { published, version: '1.2.3' };
  const { findings, launch, remote } = await checkClient(client, machine, program, { sandbox, from });
  return {
    text: findings.map(({ status, detail }) => `${status}: ${detail}`).join('\n'),
    findings,
    launch,
    remote,
  };
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
    { 'opencx-sessions': { command: 'node-nobody-has', args: [] } },
    /starts node-nobody-has, which/,
    /--replace/,
  ],
  [
    { mine: { command: 'npx', args: ['-y', 'opencx-sessions-mcp@1'] } },
    /has not published it: it fails with 404, or runs what somebody else published\. It was not started$/,
    /--replace/,
  ],
  [
    '\uFEFF{ "mcpServers": }',
    / is not valid JSON \(a value is missing at line 1, column 17\)$/,
    /^Fix the file/,
  ],
  [
    { 'opencx-sessions': entry({ args: [join(folder, 'gone.cjs')] }) },
    /gone\.cjs, which does not exist$/,
    /--replace/,
  ],
  [{ 'opencx-sessions': {} }, /has no command to start$/, /--replace/],
  [{ 'opencx-sessions': { command: '' } }, /has no command to start$/, /--replace/],
  [{ 'opencx-sessions': entry({ args: program }) }, /has "args" that are not a list$/, /--replace/],
  [{ mine: entry({ disabled: true }) }, /is switched off$/, /^Switch it on in Cursor/],
  [
    { 'opencx-sessions': entry({ args: ['dist/main.cjs'] }) },
    /starts dist\/main\.cjs, and Cursor decides in which folder/,
    /--replace/,
  ],
  [
    { 'opencx-sessions': { command: 'no-such-npx', args: ['-y', 'a-fork'] } },
    /starts no-such-npx, which does not exist$/,
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
  const args = [program, '--read-only', '--tools', 'get_session'];
  const env = { OPENCX_API_KEY: placeholder('env:MY_KEY'), OPENCX_RATE_LIMIT: '7' };
  const { launch, text } = await checked(
    'cursor',
    { demo: entry({ args: [program, '--sandbox'] }), live: { command: process.execPath, args, env } },
    { MY_KEY: 'secret', OPENCX_TOOLS: 'all' },
  );
  expect(text.split('\n')).toEqual([
    expect.stringMatching(/^ok: Cursor has the entry live in /),
    expect.stringMatching(/^warning: it also has the entry demo in .* may confuse the two$/),
    'ok: opencx-sessions with key starts and lists 2 tools',
  ]);
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
  expect(cursor.text).toContain('failed: OPENCX_API_KEY is not set in this shell');
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

it('checks the entry for the demo data with --sandbox, and no other', async () => {
  const servers = { live: entry(), demo: entry({ args: [program, '--sandbox=demo.db'] }) };
  expect((await checked('cursor', servers, {}, true)).text).toContain('has the entry demo in');
  expect((await checked('cursor', servers)).text).toContain('has the entry live in');
  const byVariable = { demo: entry({ env: { OPENCX_SANDBOX: 'true' } }), live: entry() };
  expect((await checked('cursor', byVariable, {}, true)).text).toContain('has the entry demo in');
  expect((await checked('cursor', byVariable)).text).toContain('has the entry live in');
  const off = { live: entry({ env: { OPENCX_SANDBOX: 'false' } }) };
  const { findings, launch } = await checked('cursor', off, {}, true);
  expect(launch).toBeUndefined();
  expect(findings).toEqual([
    {
      check: 'client',
      status: 'skipped',
      detail: expect.stringMatching(
        /^Cursor has no entry with --sandbox\. Its entry live in .* was not checked$/,
      ),
      fix: expect.stringMatching(/run this without --sandbox\. .* init cursor --sandbox --write$/),
    },
  ]);
  const none = await checked('cursor', {}, {}, true);
  expect(none.findings[0]?.fix).toMatch(/ init cursor --sandbox --write$/);
});

it('starts what npx runs only if the package is published, and wants its version named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-npx-'));
  const started = join(folder, 'started');
  const npx = join(folder, 'npx');
  writeFileSync(
    npx,
    `#!/bin/sh\ntouch ${started}\necho npm error 404 Not Found - GET x >&2\necho npm error log >&2\nexit 1\n`,
    {
      mode: 0o755,
    },
  );
  const mine = { mine: { command: npx, args: ['-y', 'opencx-sessions-mcp@latest'] } };
  await checked('cursor', mine);
  expect(existsSync(started)).toBe(false);
  if (process.platform !== 'win32') {
    const { text } = await checked('cursor', mine, {}, false, true);
    expect(text).toContain('warning: its entry starts opencx-sessions-mcp@latest, in whatever version');
    expect(text).toContain('failed: its entry does not work: it ended with code 1: npm error 404 Not Found');
  }
  rmSync(folder, { recursive: true });
});

it.each([
  ['process.exit(3)', /^it ended with code 3$/],
  [
    `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id } = JSON.parse(line);
      if (id) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { serverInfo: { name: 'a' }, tools: [] } }));
    })`,
    /^a starts, but lists no tools$/,
  ],
  [
    "console.error('ReferenceError: crypto is not defined\\n    at x'); process.exit(1)",
    /code 1: ReferenceError: crypto is not/,
  ],
  ["console.log('Hello!'); setInterval(() => {}, 1000)", /writes to stdout what is not MCP: Hello!$/],
  ['setInterval(() => {}, 1000)', /did not answer within 1 s/],
  ['throw new Error(process.env.OPENCX_API_KEY)', /: .*Error: \[key\]$/],
])('says what came from a server that does %s', async (code, problem) => {
  const file = join(mkdtempSync(join(folder, 'server-')), 'server.cjs');
  writeFileSync(file, code);
  const env = { PATH: process.env['PATH'] ?? '', OPENCX_API_KEY: 'ocx_live_0123456789abcdef' };
  const result = await startServer(process.execPath, [file], { cwd: folder, env, timeoutMs: 800 });
  expect(result).toEqual({ problem: expect.stringMatching(problem) });
});

it('does not start an entry of a server at another address', async () => {
  const { launch, remote } = await checked('cursor', {
    'opencx-sessions': { url: 'https://mcp.example.com/mcp' },
  });
  expect(remote).toEqual({ address: 'https://mcp.example.com/mcp' });
  expect(launch).toBeUndefined();
});

it('starts an entry of the project only if the client is named', async () => {
  const home = mkdtempSync(join(folder, 'home-'));
  const project = mkdtempSync(join(folder, 'project-'));
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(project);
  onTestFinished(() => cwd.mockRestore());
  const machine: Machine = { platform: 'linux', home, env: {}, elsewhere: false };
  const file = join(project, '.cursor', 'mcp.json');
  for (const folder of [home, project]) mkdirSync(join(folder, '.cursor'));
  writeFileSync(file, JSON.stringify({ mcpServers: { mine: entry() } }));
  const check = async (trustsProject: boolean) =>
    (await checkClient(getClient('cursor'), machine, program, { trustsProject })).findings;
  expect(await check(false)).toEqual([
    {
      check: 'client',
      status: 'skipped',
      detail: `Cursor has the entry mine in ${file}. It was not started: files of a project may come from somebody else`,
      fix: expect.stringMatching(/^If you trust this folder, run: .* doctor cursor$/),
    },
  ]);
  expect((await check(true)).map(({ status, check }) => `${status} ${check}`)).toEqual([
    'ok client',
    'ok start',
  ]);
  // The user's own entry is started, whatever the project has.
  writeFileSync(join(home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers: { own: entry() } }));
  expect((await check(false))[0]?.detail).toContain('has the entry own in');
});

it('names a file once when the project is the home folder', async () => {
  const client = getClient('cursor');
  const machine: Machine = { platform: 'linux', home: process.cwd(), env: {}, elsewhere: false };
  const { findings } = await checkClient(client, machine, program);
  expect(findings[0]?.detail.split('mcp.json')).toHaveLength(2);
});
