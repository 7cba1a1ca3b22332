import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { refusedUrl, startUpstream } from '../faults/upstream.ts';
import { runToEnd } from '../support/program.ts';

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
    expect(stdout).toContain(`→ chmod 600 ${file}`);
    expect(stdout).toContain('did you mean OPENCX_READ_ONLY?');
    expect(stdout.trim().split('\n').at(-1)).toBe('0 problems, 2 warnings: the arrows say what to do.');
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
