import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/findings.ts';
import { createAuthority } from '../../support/faults/certificates.ts';
import { refusedUrl, startUpstream } from '../../support/faults/upstream.ts';
import { connect, program, runToEnd, start } from '../../support/program/program.ts';
import { runHere } from '../../support/program/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const key = 'ocx_live_0123456789abcdef';

/** Clients of this machine do not matter. */
const emptyHome = mkdtempSync(join(folder, 'home-'));

const options = (args: string[], env: Record<string, string>) => ({
  args: ['doctor', ...args],
  env: { HOME: emptyHome, USERPROFILE: emptyHome, ...env },
});
const doctor = (args: string[], env: Record<string, string> = {}) => runToEnd(options(args, env));
/** For what depends on nothing of its process. */
const doctorHere = (args: string[], env: Record<string, string> = {}) => runHere(options(args, env));

describe('doctor', () => {
  it('reports warnings for a working API, shows four characters of the key, and exits with 0', async () => {
    const upstream = await startUpstream();
    onTestFinished(upstream.close);
    const file = join(folder, 'key');
    writeFileSync(file, `${key}\n`);
    chmodSync(file, 0o644);
    const env = { OPENCX_API_URL: upstream.url, OPENCX_API_KEY_FILE: file, OPENCX_READONLY: '1' };
    const { code, stdout, stderr } = await doctor([], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ key +from .*, ends in \.\.\.cdef$/m);
    // Windows has no such permissions.
    const warnings = process.platform === 'win32' ? 0 : 1;
    expect(stdout.split(`→ chmod 600 ${file}`)).toHaveLength(1 + warnings);
    expect(stdout).toContain('did you mean OPENCX_READ_ONLY?');
    expect(stdout).toMatch(/^– clients +none of those known is installed here$/m);
    expect(stdout.trim().split('\n').at(-1)).toMatch(
      /^0 problems, [12] warnings?\. The arrows show how to fix them\.$/,
    );
    expect(upstream.arrivals).toHaveLength(2);
    for (const { authorization } of upstream.arrivals) expect(authorization).toBe(`Bearer ${key}`);
    expect(stdout).not.toContain(key.slice(0, -4));
  });

  it('names each problem with a fix, and exits with 1', async () => {
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    const env = {
      OPENCX_API_URL: await refusedUrl(),
      OPENCX_API_KEY: `Bearer ${key}`,
      OPENCX_STATE_DIR: join(file, 'below-a-file'),
    };
    const { code, stdout } = await doctorHere(['--json'], env);
    expect(code).toBe(1);
    const { ok, findings } = JSON.parse(stdout);
    expect(ok).toBe(false);
    const failed = findings.filter(({ status }: { status: string }) => status === 'failed');
    expect(failed.map(({ check }: { check: string }) => check)).toEqual([
      'key',
      'state folder',
      'connection',
    ]);
    expect(failed[0].fix).toBe('Keep only the key.');
    expect(failed[2].fix).toMatch(/^OPENCX_API_URL points to this machine/);
    expect(stdout).not.toContain(key);
  });

  it('checks the key that init saved, unless another API is set', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, '.opencx'));
    writeFileSync(join(home, '.opencx', 'api-key.txt'), `Bearer ${key}`, { mode: 0o600 });
    const env = { HOME: home, USERPROFILE: home, HTTPS_PROXY: await refusedUrl() };
    const saved = await doctorHere([], env);
    expect(saved.stdout).toMatch(/^✗ key +OPENCX_API_KEY_FILE: begins with "Bearer"$/m);
    const other = await doctorHere([], { ...env, OPENCX_API_URL: await refusedUrl() });
    expect(other.stdout).toMatch(/^✗ key +not set$/m);
    expect(other.stdout).toContain('run init, which asks for it and saves it');
  });

  it('reports placeholders that the client did not replace, and invalid settings', async () => {
    const { code, stdout } = await doctorHere([], {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the literal placeholder is the point
      OPENCX_API_KEY: '${OPENCX_API_KEY}',
      OPENCX_RATE_LIMIT: 'much',
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✗ settings +OPENCX_API_KEY is the literal text \$\{OPENCX_API_KEY\}: the client/m,
    );
    expect(stdout).toMatch(/^✗ settings +OPENCX_RATE_LIMIT: must be a whole number/m);
  });

  it('checks the embedded sandbox and its assumptions', async () => {
    const { code, stdout } = await doctorHere(['--sandbox', ':memory:', '--probe', '--json']);
    expect(code).toBe(0);
    const { ok, target, probe } = JSON.parse(stdout);
    expect({ ok, target }).toEqual({ ok: true, target: expect.stringContaining('(the embedded sandbox)') });
    expect(probe.filter(({ verdict }: { verdict: string }) => verdict === 'differs')).toEqual([]);
  });
});

it('doctor sends nothing while certificates are not verified, and the server neither', async () => {
  const upstream = await startUpstream({ tls: createAuthority('Nobody knows it').issue('127.0.0.1') });
  onTestFinished(upstream.close);
  const env = { OPENCX_API_URL: upstream.url, OPENCX_API_KEY: key, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const { code, stdout } = await doctor([], env);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ TLS +NODE_TLS_REJECT_UNAUTHORIZED=0 turns off/m);
  expect(stdout).not.toContain('trusted');
  const server = await connect({ env });
  for (const [name, args] of [
    ['list_sessions', {}],
    ['send_message', { session_id: 'abc', sender: 'agent', text: 'x' }],
  ] as const) {
    const { isError, text } = await server.call(name, args);
    expect(isError).toBe(true);
    expect(text).toMatch(/^NODE_TLS_REJECT_UNAUTHORIZED=0 turns off.*\n?Nothing was changed\./);
  }
  await server.close();
  expect(upstream.arrivals).toEqual([]);
});

describe('doctor for a client', () => {
  /** Findings for Cursor with this entry in its file. */
  async function checkCursor(entry: object | string, env: Record<string, string> = {}) {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, '.cursor'));
    const content = typeof entry === 'string' ? entry : JSON.stringify({ mcpServers: { mine: entry } });
    writeFileSync(join(home, '.cursor', 'mcp.json'), content);
    const { code, stdout } = await doctorHere(['cursor', '--json'], {
      HOME: home,
      USERPROFILE: home,
      ...env,
    });
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const lines = findings.filter(({ check }) => ['client', 'start', 'settings', 'key'].includes(check));
    return {
      code,
      text: lines.map(({ check, status, detail }) => `${check} ${status}: ${detail}`).join('\n'),
    };
  }
  const entry = (args: string[], more = {}) => ({
    command: process.execPath,
    args: [program, ...args],
    ...more,
  });

  it('checks what the client starts, with its flags and variables', async () => {
    const upstream = await startUpstream();
    onTestFinished(upstream.close);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
    const variables = { OPENCX_API_KEY: '${env:OPENCX_API_KEY}', OPENCX_API_URL: upstream.url };
    const mine = entry(['--read-only'], { env: variables });
    const { code, text } = await checkCursor(mine, { OPENCX_API_KEY: key, OPENCX_LOG_LEVEL: 'loud' });
    expect(code).toBe(0);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^client ok: Cursor has the entry mine in /),
      expect.stringMatching(/^start ok: opencx-sessions\S* .* starts and lists 7 tools$/),
      'settings ok: OPENCX_API_KEY, OPENCX_API_URL',
      'key ok: from OPENCX_API_KEY, ends in ...cdef',
    ]);
    expect(upstream.arrivals).toHaveLength(2);
    const unset = await checkCursor(mine);
    expect(unset.code).toBe(1);
    expect(unset.text).toContain('key failed: OPENCX_API_KEY is not set in this shell');
    // One cause, one finding.
    expect(unset.text.split('failed: ')).toHaveLength(2);
  });
});

describe('doctor for every client', () => {
  it('starts the entries of all that are installed, and asks each API once', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    const upstream = await startUpstream();
    onTestFinished(upstream.close);
    const env = { HOME: home, USERPROFILE: home };
    const keyFile = join(home, 'key');
    writeFileSync(keyFile, key, { mode: 0o600 });
    const variables = { OPENCX_API_KEY_FILE: keyFile, OPENCX_API_URL: upstream.url };
    mkdirSync(join(home, '.cursor'));
    mkdirSync(join(home, '.codex'));
    mkdirSync(join(home, '.gemini'));
    mkdirSync(join(home, '.fx'));
    const mine = { command: process.execPath, args: [program], env: variables };
    writeFileSync(join(home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers: { mine } }));
    const toml = `command = ${JSON.stringify(mine.command)}\nargs = ${JSON.stringify([program, '--read-only'])}\n`;
    const table = Object.entries(variables).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    writeFileSync(
      join(home, '.codex', 'config.toml'),
      `[mcp_servers.mine]\n${toml}[mcp_servers.mine.env]\n${table.join('\n')}\n`,
    );
    writeFileSync(join(home, '.gemini', 'settings.json'), '{}');
    writeFileSync(join(home, '.fx', 'mcp.json'), '{');
    const { code, stdout } = await doctorHere(['--json'], env);
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const of = (name?: string) =>
      findings
        .filter(({ client }) => client === name)
        .map(({ check, status, detail }) => `${status} ${check}: ${detail}`)
        .join('\n');
    expect(of('Cursor')).toMatch(/^ok start: .* lists 10 tools$/m);
    expect(of('Cursor')).toContain('ok chat-sessions:read');
    expect(of('Codex')).toMatch(/^ok start: .* lists 7 tools$/m);
    expect(of('Codex')).toContain('skipped API: the same as for Cursor');
    expect(of('fx')).toMatch(/^failed client: .* is not valid JSON/);
    expect(of()).toContain('without an entry of this server: Gemini CLI');
    expect(of('this shell')).toBe('');
    expect(upstream.arrivals).toHaveLength(2);
  });

  /** A home with an entry of Cursor. */
  function homeWith(entry: { args?: string[]; env?: Record<string, string> }) {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, '.cursor'));
    const mine = { command: process.execPath, args: [program, ...(entry.args ?? [])], env: entry.env };
    writeFileSync(join(home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers: { mine } }));
    return { HOME: home, USERPROFILE: home };
  }
  const failuresOf = (stdout: string) =>
    (JSON.parse(stdout) as { findings: Finding[] }).findings
      .filter(({ status }) => status === 'failed')
      .map(({ client, check }) => `${client}: ${check}`);
  const services = {
    OPENCX_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    OPENCX_REDIS_URL: 'redis://127.0.0.1:1',
  };

  it.each([[['--sandbox']], [[]]])(
    'checks the database and the cache of this shell beside an entry without them: %j',
    async (args) => {
      const env = { ...homeWith({ args: ['--sandbox'] }), ...services };
      const { code, stdout } = await doctorHere(['--json', ...args], env);
      expect(code).toBe(1);
      expect(failuresOf(stdout)).toEqual(['this shell: PostgreSQL', 'this shell: Redis']);
    },
  );

  it('asks again for an entry that reaches the same API in another way', async () => {
    const home = homeWith({ args: ['--sandbox'], env: { OPENCX_STATE_DIR: join(folder, 'elsewhere') } });
    const certificates = join(folder, 'no-certificates');
    mkdirSync(join(home.HOME, '.gemini'));
    const other = {
      command: process.execPath,
      args: [program, '--sandbox'],
      env: { OPENCX_STATE_DIR: join(folder, 'elsewhere'), NODE_EXTRA_CA_CERTS: certificates },
    };
    writeFileSync(
      join(home.HOME, '.gemini', 'settings.json'),
      JSON.stringify({ mcpServers: { mine: other } }),
    );
    const { stdout } = await doctorHere(['--json'], home);
    expect(failuresOf(stdout)).toEqual(['Gemini CLI: CA certificates']);
  });

  it('does not take the sandbox for the account of an entry, nor the entry for the sandbox', async () => {
    const home = homeWith({ env: { OPENCX_API_KEY: key } });
    const { code, stdout } = await doctorHere(['--json', '--sandbox'], home);
    expect(code).toBe(0);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const listed = findings.filter(({ check }) => check === 'chat-sessions:read');
    expect(listed.map(({ client }) => client)).toEqual(['this shell']);
    expect(findings.filter(({ client }) => client === 'Cursor')).toMatchObject([
      { check: 'client', status: 'skipped' },
    ]);
    const named = await doctorHere(['cursor', '--json', '--sandbox'], home);
    expect(named.code).toBe(1);
    expect(named.stdout).toContain('no entry with --sandbox');
  });

  it('says where a new key goes if the API refuses the one that is used', async () => {
    const upstream = await startUpstream({
      plan: () => ({ fault: ({ response }) => void response.writeHead(401).end('{}') }),
    });
    onTestFinished(upstream.close);
    const file = join(folder, 'wrong-key');
    writeFileSync(file, 'notakey', { mode: 0o600 });
    const { stdout } = await doctorHere([], { OPENCX_API_URL: upstream.url, OPENCX_API_KEY_FILE: file });
    expect(stdout).toContain(`Settings, Access, and save it in ${file}.`);
    const other = await doctorHere([], { OPENCX_API_URL: upstream.url, OPENCX_API_KEY: key });
    expect(other.stdout).toContain('Settings, Access, and set OPENCX_API_KEY to it.');
  });
});

describe('doctor for a team server', () => {
  it('checks certificate, token, role and protocol of what the http command serves', async () => {
    const authority = createAuthority('Team');
    const { key: tlsKey, cert } = authority.issue('127.0.0.1');
    let inner = '';
    // The proxy that ends TLS.
    const front = createServer({ key: tlsKey, cert }, (request, response) => {
      const { method, url, headers } = request;
      const forwarded = httpRequest(inner + url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(forwarded);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void front.close());
    const address = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const child = start({
      args: ['http', '--port', '0', '--sandbox', ':memory:', '--public-url', address],
      env: { OPENCX_LOG_LEVEL: 'info' },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const log = text(child.stderr, (soFar) => soFar.includes('listening'));
    const [token = ''] = /ocxt_[\w-]+/.exec(await text(child.stdout, (all) => all.includes('Ctrl-C'))) ?? [];
    [inner = ''] = /http:\/\/127[\d.:]+/.exec(await log) ?? [];

    const untrusted = await doctorHere(['--url', address], { OPENCX_TOKEN: token });
    expect(untrusted.code).toBe(1);
    expect(untrusted.stdout).toMatch(/^✗ connection .* its certificate, .* is not trusted/m);

    const env = { OPENCX_TOKEN: token, NODE_EXTRA_CA_CERTS: authority.file(folder) };
    const trusted = await doctor(['--url', address], env);
    expect(trusted.stderr).toBe('');
    expect(trusted.stdout.replace(/ +/g, ' ').split('\n').slice(2, -3)).toEqual([
      expect.stringMatching(/^✓ Node /),
      expect.stringMatching(/^✓ CA certificates Team, from /),
      expect.stringMatching(/^✓ connection port \d+ in \d+ ms, TLSv1.3, certificate trusted$/),
      '✓ server OpenCX sessions; a token is required',
      '– sign-in not set up: the administrators of the server hand out tokens',
      '✓ token try-out, with a token in the team file',
      '✓ role everything in the workspace sandbox',
      '✓ permissions 10 tools: may read, and change (create_session, send_message, update_session); verified identities may be changed',
      '✓ protocol 2026 2026-07-28; 10 tools listed',
      '✓ protocol 2025 2025-11-25; 10 tools listed',
    ]);
    expect(trusted.code).toBe(0);
    expect(trusted.stdout).not.toContain(token);

    // A client that has the address: what init writes is what doctor checks.
    const home = mkdtempSync(join(folder, 'home-'));
    const inHome = { ...env, HOME: home, USERPROFILE: home };
    const args = ['init', 'codex', '--url', address, '--with-token', '--write'];
    expect((await runHere({ args, env: inHome })).code).toBe(0);
    const { code, stdout } = await doctor(['codex'], inHome);
    expect(stdout).toMatch(/^✓ role +everything in the workspace sandbox$/m);
    expect(code).toBe(0);
  });
});

/** What a program has printed, up to what is waited for. */
async function text(stream: AsyncIterable<Buffer>, isEnough: (soFar: string) => boolean): Promise<string> {
  let soFar = '';
  for await (const chunk of stream) {
    soFar += chunk.toString();
    if (isEnough(soFar)) break;
  }
  return soFar;
}
