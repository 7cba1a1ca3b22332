import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSettings } from '../../../src/cli/settings/read-settings.ts';
import { requireUsableKey } from '../../../src/cli/setup/api/api-target.ts';
import { runHere } from '../../support/program/run-here.ts';

const home = mkdtempSync(join(tmpdir(), 'opencx-usable-key-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const missing = join(home, 'api-key.txt');
const key = 'ocx_live_0123456789abcdef';

const unusable: [Record<string, string>, RegExp][] = [
  [{}, /No API key is set\. Run init, which asks for one, set OPENCX_API_KEY, or try --sandbox\./],
  [{ OPENCX_API_KEY_FILE: missing }, /OPENCX_API_KEY_FILE: .*api-key\.txt/],
  [{ OPENCX_API_KEY: 'YOUR_API_KEY' }, /OPENCX_API_KEY: is an example text/],
  [{ OPENCX_API_KEY: key, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, /so the key is not sent/],
];

it.each(unusable)('inbox does not begin with %j, and says why in one line', async (env, reason) => {
  const args = ['inbox', '--port', '0', '--no-open'];
  const { code, stdout, stderr } = await runHere({ args, env: { HOME: home, USERPROFILE: home, ...env } });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  // Other tests of this process may cause warnings of Node meanwhile.
  const [line = '', ...others] = stderr
    .split('\n')
    .filter((text) => text.startsWith('opencx-sessions-mcp: '));
  expect(line).toMatch(reason);
  expect(others).toEqual([]);
  expect(stderr).not.toMatch(/"level"|^\s+at /m);
});

it.each<[Record<string, string>, Record<string, unknown>]>([
  [{}, { sandbox: true }],
  [{ OPENCX_API_KEY: key }, {}],
  [{ OPENCX_API_URL: 'http://127.0.0.1:4010', OPENCX_API_KEY: key, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, {}],
])('commands for people begin with %j and %j', async (env, flags) => {
  await expect(requireUsableKey(readSettings('inbox', flags, env), env)).resolves.toBeUndefined();
});
