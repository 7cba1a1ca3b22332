import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The packed package, unpacked in an empty folder, with nothing beside it but its one dependency. */
const folder = mkdtempSync(join(tmpdir(), 'opencx-pack-'));
const root = join(folder, 'node_modules', 'opencx-sessions-mcp');

beforeAll(() => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // What the build before the tests made is packed as it is: building again would pull it from under other tests.
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const tarball = execFileSync(npm, args, { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
  mkdirSync(root, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', root, '--strip-components=1']);
  for (const name of ['libsql', '@neon-rs/load', 'detect-libc', '@libsql']) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    if (existsSync(resolve('node_modules', name)))
      symlinkSync(resolve('node_modules', name), link, 'junction');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('holds what it needs and nothing else', () => {
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'mcp.json', 'package.json']));
    expect(names).toEqual(
      expect.arrayContaining([join('dist', 'main.cjs'), join('dist', 'THIRD-PARTY-LICENSES.txt')]),
    );
    expect(names.filter((name) => /^(?:src|test|scripts|docs|node_modules)\b/.test(name))).toEqual([]);
  });

  it('lists its tools and answers a call on the sandbox', async () => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const args = [join(root, 'dist', 'main.cjs'), '--sandbox', ':memory:'];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: folder }));
    expect((await client.listTools()).tools).toHaveLength(7);
    const result = await client.callTool({ name: 'list_sessions', arguments: { limit: 3 } });
    expect(result.structuredContent).toMatchObject({ shown: 3, more: true });
    await client.close();
  });

  it('exports its client', async () => {
    const { createClient, NoKeyError } = await import(pathToFileURL(join(root, 'dist', 'client.js')).href);
    const client = createClient();
    await expect(client.listSessions()).rejects.toBeInstanceOf(NoKeyError);
    await client.close();
  });
});
