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
import { readTools } from '../../support/every-tool/covers-every-tool.ts';
import { program, runToEnd } from '../../support/program/program.ts';

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
  it('writes an entry that a client can start, and shows the next steps', async () => {
    const { code, stdout, stderr } = await init(['cursor', '--write', '--sandbox', '--', '--read-only']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`wrote "opencx-sessions-sandbox" to ${cursorFile()}`);
    expect(stdout).toMatch(/^Next steps:\n {2}1\. Restart Cursor\./m);
    expect(stdout).toContain(' doctor cursor --sandbox\n');

    const entry = JSON.parse(readFileSync(cursorFile(), 'utf8')).mcpServers['opencx-sessions-sandbox'];
    expect(entry).toEqual({ command: process.execPath, args: [program, '--sandbox', '--read-only'] });
    const client = new Client({ name: 'test', version: '1.0.0' });
    const env = { ...getDefaultEnvironment(), OPENCX_STATE_DIR: join(home, 'state') };
    await client.connect(new StdioClientTransport({ ...entry, env }));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(readTools);
    await client.close();
  });

  // On Windows, links need privileges and permissions differ.
  it.skipIf(process.platform === 'win32')(
    'keeps a backup of the file, its links and its permissions, and stores no key in plain text',
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
      expect(again.stdout).toContain('is already in');
      expect(readFileSync(real, 'utf8')).toBe(after);
      // A different entry with the same name needs --replace. --with-key stores the key in plain text.
      const other = await init(['cursor', '--write', '--with-key']);
      expect(other.code).toBe(2);
      expect(other.stderr).toContain('--replace');
      const withKey = await init(['cursor', '--write', '--with-key', '--replace']);
      expect(withKey.code).toBe(0);
      expect(readFileSync(real, 'utf8')).toContain(`"OPENCX_API_KEY": "${key}"`);
      // Then only the owner may read it, and the backup does not keep it.
      expect(withKey.stdout).toContain('Now only you can (mode 600)');
      expect(statSync(real).mode & 0o777).toBe(0o600);
      expect((await init(['cursor', '--remove'])).code).toBe(0);
      expect(readFileSync(real, 'utf8').replace(/\s/g, '')).toBe(before.replace(/\s/g, ''));
      const backups = readdirSync(home).filter((name) => name.endsWith('.bak'));
      expect(backups).toEqual([backup]);
      expect(readFileSync(join(home, backup), 'utf8')).toContain('"OPENCX_API_KEY": "[removed]"');
      expect(statSync(join(home, backup)).mode & 0o777).toBe(0o600);
      expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
  );

  it('does not change a file that it cannot parse', async () => {
    writeFileSync(cursorFile(), '{ "mcpServers": { ');
    const { code, stdout, stderr } = await init(['cursor', '--write']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      `${cursorFile()} is not valid JSON (a closing } is missing at line 1, column 19).`,
    );
    expect(stderr).toContain('Nothing was changed.');
    expect(readdirSync(join(home, '.cursor'))).toEqual(['mcp.json']);
    expect(readFileSync(cursorFile(), 'utf8')).toBe('{ "mcpServers": { ');
  });

  it('shows how to create a key file only if there is none, because the command would empty it', async () => {
    const file = join(home, 'key');
    const withFile = async () => (await init(['cursor', '--key-file', file])).stdout;
    expect(await withFile()).toContain(`cat > ${file}`);
    writeFileSync(file, key);
    const stdout = await withFile();
    expect(stdout).toContain(`The server reads the key from ${file}. `);
    expect(stdout).not.toContain('cat >');
  });

  it('explains where misplaced arguments belong', async () => {
    const rejected = [
      [['cursor', '--write', '--read-only'], 'server flags go after --'],
      [['cursor', 'zed', '--write'], 'only flags of the server'],
      [['--write'], '--write: name a client: claude-desktop, '],
    ] as const;
    const ends = await Promise.all(rejected.map(([args]) => init([...args])));
    for (const [at, { code, stdout, stderr }] of ends.entries()) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(rejected[at]?.[1]);
    }
    expect(readdirSync(join(home, '.cursor'))).toEqual([]);
  });

  it('lists the clients of this machine and their files when nobody can be asked', async () => {
    writeFileSync(cursorFile(), '{}');
    // Flags of the server may come without a client.
    const { stdout } = await init(['--', '--read-only']);
    expect(stdout).toMatch(/^Found on this machine:\n {2}cursor .*mcp\.json\n\nOthers:\n/m);
    expect(stdout).toMatch(/^ {2}zed .*settings\.json \(does not exist yet\)$/m);
  });

  it('shows entries in TOML and YAML, and those of a team server', async () => {
    const url = 'https://mcp.example.com/mcp/w/acme';
    const token = 'ocxt_0123456789abcdef';
    const shown = await Promise.all([
      init(['codex', '--sandbox']),
      init(['goose', '--url', url]),
      init(['windsurf', '--url', url, '--with-token'], { OPENCX_TOKEN: token }),
      init(['claude', '--url', url]),
    ]);
    const [codex, goose, windsurf, desktop] = shown.map(({ stdout, stderr }) => stdout + stderr);
    expect(codex).toContain('[mcp_servers.opencx-sessions-sandbox]\ncommand = ');
    expect(goose).toContain(`    type: streamable_http\n    uri: ${url}\n`);
    expect(windsurf).toContain(
      `"serverUrl": "${url}",\n      "headers": {\n        "Authorization": "Bearer ${token}"`,
    );
    expect(desktop).toContain('Claude Desktop has no remote servers in its file');
    expect(desktop).toContain(url);
  });
});
