import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../src/cli/doctor/findings.ts';
import { refusedUrl, startUpstream } from '../support/faults/upstream.ts';
import { program, runToEnd } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const key = 'ocx_live_0123456789abcdef';

const doctor = (args: string[], env: Record<string, string> = {}) =>
  runToEnd({ args: ['doctor', ...args], env });

describe('doctor', () => {
  it('finds all well with an API that is, knows the key by four characters, and ends with 0', async () => {
    const upstream = await startUpstream();
    onTestFinished(upstream.close);
    const file = join(folder, 'key');
    writeFileSync(file, `${key}\n`);
    chmodSync(file, 0o644);
    const env = { OPENCX_API_URL: upstream.url, OPENCX_API_KEY_FILE: file, OPENCX_READONLY: '1' };
    const { code, stdout, stderr } = await doctor([], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ key +from .*, ends in \.\.\.cdef$/m);
    // Windows has no such rights.
    const rights = process.platform === 'win32' ? 0 : 1;
    expect(stdout.split(`→ chmod 600 ${file}`)).toHaveLength(1 + rights);
    expect(stdout).toContain('did you mean OPENCX_READ_ONLY?');
    expect(stdout.trim().split('\n').at(-1)).toMatch(
      /^0 problems, [12] warnings?: the arrows say what to do\.$/,
    );
    expect(upstream.arrivals).toHaveLength(2);
    for (const { authorization } of upstream.arrivals) expect(authorization).toBe(`Bearer ${key}`);
    expect(stdout).not.toContain(key.slice(0, -4));
  });

  it('names what is in the way, and ends with 1', async () => {
    const env = {
      OPENCX_API_URL: await refusedUrl(),
      OPENCX_API_KEY: `"${key}"`,
      OPENCX_STATE_DIR: join(folder, 'key', 'below-a-file'),
    };
    const { code, stdout } = await doctor(['--json'], env);
    expect(code).toBe(1);
    const { ok, findings } = JSON.parse(stdout);
    expect(ok).toBe(false);
    const failed = findings.filter(({ status }: { status: string }) => status === 'failed');
    expect(failed.map(({ check }: { check: string }) => check)).toEqual([
      'key',
      'state folder',
      'connection',
    ]);
    expect(failed[0].advice).toBe('It stands in quotes: leave them out.');
    expect(failed[2].advice).toMatch(/^OPENCX_API_URL points at this machine/);
    expect(stdout).not.toContain(key);
  });

  it('tells a variable that a client left as it was, and each setting that the server would refuse', async () => {
    const { code, stdout } = await doctor([], {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the literal placeholder is the point
      OPENCX_API_KEY: '${OPENCX_API_KEY}',
      OPENCX_RATE_LIMIT: 'much',
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^! settings +OPENCX_API_KEY is the literal text \$\{OPENCX_API_KEY\}: the client/m,
    );
    expect(stdout).toMatch(/^✗ settings +OPENCX_RATE_LIMIT: must be a whole number/m);
  });

  it('examines the embedded sandbox, and probes it', async () => {
    const { code, stdout } = await doctor(['--sandbox', ':memory:', '--probe', '--json']);
    expect(code).toBe(0);
    const { ok, target, probe } = JSON.parse(stdout);
    expect({ ok, target }).toEqual({ ok: true, target: expect.stringContaining('(the embedded sandbox)') });
    expect(probe.filter(({ verdict }: { verdict: string }) => verdict === 'differs')).toEqual([]);
  });
});

describe('doctor of a client', () => {
  /** The findings of Cursor with this entry in its file. */
  async function ofCursor(entry: object | string, env: Record<string, string> = {}) {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, '.cursor'));
    const text = typeof entry === 'string' ? entry : JSON.stringify({ mcpServers: { mine: entry } });
    writeFileSync(join(home, '.cursor', 'mcp.json'), text);
    const { code, stdout } = await doctor(['cursor', '--json'], { HOME: home, USERPROFILE: home, ...env });
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const lines = findings.filter(({ check }) => ['client', 'settings', 'key'].includes(check));
    return { code, told: lines.map(({ check, status, seen }) => `${check} ${status}: ${seen}`).join('\n') };
  }
  const entry = (args: string[], more = {}) => ({
    command: process.execPath,
    args: [program, ...args],
    ...more,
  });

  it('examines what the client would start, with its flags and variables', async () => {
    const upstream = await startUpstream();
    onTestFinished(upstream.close);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
    const variables = { OPENCX_API_KEY: '${env:OPENCX_API_KEY}', OPENCX_API_URL: upstream.url };
    const whole = entry(['--read-only'], { env: variables });
    const { code, told } = await ofCursor(whole, { OPENCX_API_KEY: key, OPENCX_LOG_LEVEL: 'loud' });
    expect(code).toBe(0);
    expect(told.split('\n')).toEqual([
      expect.stringMatching(/^client ok: Cursor has the entry mine in /),
      'settings ok: OPENCX_API_KEY, OPENCX_API_URL',
      'key ok: from OPENCX_API_KEY, ends in ...cdef',
    ]);
    expect(upstream.arrivals).toHaveLength(2);
    const unset = await ofCursor(whole);
    expect(unset.code).toBe(1);
    expect(unset.told).toContain('client warning: OPENCX_API_KEY is not set in this shell');
    expect(unset.told).toContain('key failed: there is none');
  });
});
