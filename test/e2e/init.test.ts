import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { program, runToEnd } from '../support/program.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'opencx-init-'));
  mkdirSync(join(home, '.cursor'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const key = 'ocx_live_0123456789abcdef';
const init = (args: string[], env: Record<string, string> = {}) =>
  runToEnd({ args: ['init', ...args], env: { HOME: home, USERPROFILE: home, OPENCX_API_KEY: key, ...env } });
const cursorFile = () => join(home, '.cursor', 'mcp.json');

describe('init', () => {
  it('writes an entry that a client can start, and tells what it did and what is next', async () => {
    const { code, stdout, stderr } = await init(['cursor', '--write', '--sandbox', '--', '--read-only']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`"opencx-sessions-sandbox" was written into ${cursorFile()}`);
    expect(stdout).toMatch(/^Next:\n {2}1\. Start Cursor anew/m);
    expect(stdout).toContain(' doctor cursor --sandbox\n');

    const entry = JSON.parse(readFileSync(cursorFile(), 'utf8')).mcpServers['opencx-sessions-sandbox'];
    expect(entry).toEqual({ command: process.execPath, args: [program, '--sandbox', '--read-only'] });
    const client = new Client({ name: 'test', version: '1.0.0' });
    const env = { ...getDefaultEnvironment(), OPENCX_STATE_DIR: join(home, 'state') };
    await client.connect(new StdioClientTransport({ ...entry, env }));
    expect((await client.listTools()).tools).toHaveLength(4);
    await client.close();
  });

  // Windows gives links to few, and has other rights.
  it.skipIf(process.platform === 'win32')(
    'keeps the file as it was beside the new one, with its links and rights, and no key in clear',
    async () => {
      const real = join(home, 'dotfile.json');
      const before = '{\n  // mine\n  "mcpServers": { "other": { "command": "x" } }\n}\n';
      writeFileSync(real, before, { mode: 0o640 });
      symlinkSync(real, cursorFile());
      const { code, stdout } = await init(['cursor', '--write']);
      expect(code).toBe(0);
      expect(lstatSync(cursorFile()).isSymbolicLink()).toBe(true);
      expect(statSync(real).mode & 0o777).toBe(0o640);
      const [backup = ''] = readdirSync(home).filter((name) => name.endsWith('.bak'));
      expect(stdout).toContain(join(home, backup));
      expect(readFileSync(join(home, backup), 'utf8')).toBe(before);
      const after = readFileSync(real, 'utf8');
      expect(after).toContain('// mine');
      expect(after + stdout).not.toContain(key);

      const again = await init(['cursor', '--write']);
      expect(again.stdout).toContain('stands in');
      expect(readFileSync(real, 'utf8')).toBe(after);
      // Another entry of that name is only replaced when told to; now the key is asked for in clear.
      const other = await init(['cursor', '--write', '--with-key']);
      expect(other.code).toBe(2);
      expect(other.stderr).toContain('--replace');
      expect((await init(['cursor', '--write', '--with-key', '--replace'])).code).toBe(0);
      expect(readFileSync(real, 'utf8')).toContain(`"OPENCX_API_KEY": "${key}"`);
      expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
  );

  it('leaves a file alone that it cannot read', async () => {
    writeFileSync(cursorFile(), '{ "mcpServers": { ');
    const { code, stdout, stderr } = await init(['cursor', '--write']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${cursorFile()} is not valid JSON (CloseBraceExpected at line 1, column 19).`);
    expect(stderr).toContain('Nothing was changed.');
    expect(readdirSync(join(home, '.cursor'))).toEqual(['mcp.json']);
    expect(readFileSync(cursorFile(), 'utf8')).toBe('{ "mcpServers": { ');
  });

  it('says how to make the file of a key only where there is none: it would empty one', async () => {
    const file = join(home, 'key');
    const withFile = async () => (await init(['cursor', '--key-file', file])).stdout;
    expect(await withFile()).toContain(`cat > ${file}`);
    writeFileSync(file, key);
    const stdout = await withFile();
    expect(stdout).toContain(`The key is read from ${file}: `);
    expect(stdout).not.toContain('cat >');
  });

  it('says of what stands in the wrong place where it belongs', async () => {
    const refused = [
      [['cursor', '--write', '--read-only'], 'flags of the server go behind --'],
      [['cursor', 'zed', '--write'], '"zed" is not a flag of the server.'],
      [['--write'], '--write: name a client, one of claude-desktop, '],
    ] as const;
    const ends = await Promise.all(refused.map(([args]) => init([...args])));
    for (const [at, { code, stdout, stderr }] of ends.entries()) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(refused[at]?.[1]);
    }
    expect(readdirSync(join(home, '.cursor'))).toEqual([]);
  });

  it('without a client lists where each has its file', async () => {
    writeFileSync(cursorFile(), '{}');
    const { stdout } = await init([]);
    expect(stdout).toContain(`  cursor          ${cursorFile()}\n`);
    expect(stdout).toMatch(/^ {2}zed .*settings\.json \(not there yet\)$/m);
  });
});
