import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkKey } from '../../../src/cli/doctor/environment.ts';
import { readSettings } from '../../../src/cli/settings/read-settings.ts';
import { readApiKey } from '../../../src/cli/setup/api/api-key.ts';
import { withSavedKey } from '../../../src/cli/setup/api/saved-key.ts';
import { readToken } from '../../../src/cli/setup/token.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const key = 'ocx_live_0123456789abcdef';

/** What a key file with this content comes to, for the server and for doctor. */
async function read(content: string | Buffer, mode = 0o600) {
  const apiKeyFile = join(folder, 'key');
  writeFileSync(apiKeyFile, content);
  chmodSync(apiKeyFile, mode);
  const result = await readApiKey({ apiKeyFile });
  const settings = readSettings('serve', {}, { OPENCX_API_KEY_FILE: apiKeyFile });
  return { ...result, findings: checkKey(settings, result) };
}

describe('a key file', () => {
  it.each([key, `${key}\n`, `\uFEFF${key}\r\n`, `  ${key}\t\n\n`, `"${key}"\n`])(
    'may hold %j',
    async (text) => {
      expect((await read(text)).key).toBe(key);
    },
  );

  it.skipIf(process.platform === 'win32')('is warned about if others can read it', async () => {
    const warned = async (mode: number) => (await read(key, mode)).warnings.length > 0;
    expect([await warned(0o600), await warned(0o640), await warned(0o604)]).toEqual([false, true, true]);
    // The file of somebody else: its group may be there for this user.
    const user = vi.spyOn(process, 'getuid').mockReturnValue(4_000_000);
    onTestFinished(() => user.mockRestore());
    expect([await warned(0o440), await warned(0o444)]).toEqual([false, true]);
  });

  it.each([
    ['', 'is empty'],
    [' \n', 'is empty'],
    [`OPENCX_API_KEY=${key}`, 'begins with a name'],
    [`set my_token_2 : ${key}`, 'begins with a name'],
    [`export OPENCX_API_KEY="${key}"\n`, 'begins with a name'],
    [`api_key: ${key}`, 'begins with a name'],
    [`Bearer ${key}`, 'begins with "Bearer"'],
    ['YOUR_API_KEY', 'is an example text'],
    ['<your key here>', 'is an example text'],
    ['paste-your-key-here', 'is an example text'],
    ['xxxxxxxx', 'is an example text'],
    ['$OPENCX_API_KEY', 'is a placeholder'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the literal placeholder is the point
    ['"${OPENCX_API_KEY}"', 'is a placeholder'],
    ['%OPENCX_API_KEY%', 'is a placeholder'],
    ['ocx_live_...cdef', 'is a shortened key'],
    [`${key}\n${key}`, 'has more than one line'],
    [`${key} ${key}`, 'contains spaces'],
    [`${key}ä`, 'contains spaces or other characters'],
    [Buffer.from(`\uFEFF${key}`, 'utf16le'), 'is not UTF-8 text'],
  ])('with %j is refused by name, and not repeated', async (content, reason) => {
    const { key: none, problem, findings } = await read(content);
    expect(none).toBeUndefined();
    expect(problem).toContain('OPENCX_API_KEY_FILE: ');
    expect(problem).toContain(reason);
    expect(problem).not.toContain(key);
    expect(findings).toEqual([
      { check: 'key', status: 'failed', detail: expect.stringContaining(reason), fix: expect.any(String) },
    ]);
  });

  it('that others can read, or with quotes, causes one warning each', async () => {
    const { findings } = await read(`'${key}'`, 0o640);
    const details = findings.filter(({ status }) => status === 'warning').map(({ detail }) => detail);
    const expected = ['there are quotes around the key in its file; they are ignored'];
    if (process.platform !== 'win32') expected.push('other users of this machine can read the key file');
    expect(details).toEqual(expected);
    expect((await read(key, 0o600)).findings).toEqual([expect.objectContaining({ status: 'ok' })]);
  });

  it('that cannot be read is explained', async () => {
    const problemOf = async (apiKeyFile: string) => (await readApiKey({ apiKeyFile })).problem;
    expect(await problemOf(join(folder, 'none'))).toContain('file not found. Create it');
    expect(await problemOf(folder)).toContain('this is a folder');
    // Only a place below the home folder cannot be a key that was set by mistake.
    vi.stubEnv('HOME', folder);
    vi.stubEnv('USERPROFILE', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await problemOf(join(folder, 'none'))).toContain('file not found (~/none). Create it');
    const token = await readToken({ OPENCX_TOKEN_FILE: join(folder, 'none') });
    expect(token.problem).toContain('Create it, with only the token in it.');
    expect((await readToken({ OPENCX_TOKEN: 'Bearer x' })).problem).toContain('Keep only the token.');
  });
});

it('a variable with something else than a key is refused in the same way', async () => {
  expect((await readApiKey({ apiKey: 'YOUR_API_KEY' })).problem).toMatch(
    /^OPENCX_API_KEY: is an example text/,
  );
  expect(await readApiKey({ apiKey: key })).toEqual({ key, warnings: [] });
  expect(await readApiKey({})).toEqual({ warnings: [] });
});

it.each([key, 'sk-Th3Qz9', 'MyTokenIsThis9x', 'ThemeKey99x', 'a'.repeat(40)])(
  'a random key is no example: %s',
  async (apiKey) => {
    expect((await readApiKey({ apiKey })).key).toBe(apiKey);
  },
);

it('the key that init saved is used, unless a variable says that another one or another API was meant', async () => {
  vi.stubEnv(process.platform === 'win32' ? 'USERPROFILE' : 'HOME', folder);
  const used = (env: Record<string, string>, flags = {}) =>
    withSavedKey(readSettings('inbox', flags, env), env).apiKeyFile;
  expect(used({})).toBeUndefined();
  const saved = join(folder, '.opencx', 'api-key.txt');
  mkdirSync(join(folder, '.opencx'));
  writeFileSync(saved, key);
  expect(used({})).toBe(saved);
  expect(used({ OPENCX_API_KEY: key })).toBeUndefined();
  expect(used({ OPENCX_API_URL: 'https://api.example.com' })).toBeUndefined();
  expect(used({}, { sandbox: true })).toBeUndefined();
  expect(used({ OPENCX_API_KEY_FILE: '/other' })).toBe('/other');
  for (const name of ['OPENCX_API_KEY', 'OPENCX_API_KEY_FILE', 'OPENCX_API_URL'])
    for (const unset of ['', '%STAGING%']) expect(used({ [name]: unset }), name + unset).toBeUndefined();
});
