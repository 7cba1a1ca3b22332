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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHere } from '../../support/program/run-here.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'opencx-init-'));
  mkdirSync(join(home, '.cursor'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const key = 'ocx_live_0123456789abcdef';
const init = (args: string[], env: Record<string, string> = {}) =>
  runHere({ args: ['init', ...args], env: { HOME: home, USERPROFILE: home, OPENCX_API_KEY: key, ...env } });
const cursorFile = () => join(home, '.cursor', 'mcp.json');

describe('init', () => {
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
      [
        ['cursor', 'zed', '--write'],
        'Only one client can be named. To choose several, run init without a name',
      ],
      [['cursor', 'zed', '--sandbox', '--write'], 'Only one client can be named.'],
      [['cursor', 'zad', '--write'], 'only flags of the server'],
      [['--write'], '--write: name a client: claude-desktop, '],
      [['cursor', '--write', '--remove'], '--remove and --write cannot be used together'],
    ] as const;
    for (const [args, hint] of rejected) {
      const { code, stdout, stderr } = await init([...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(hint);
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

  it('says how to approve messages that wait, with the flags and the key of the same drafts', async () => {
    const steps = async (...args: string[]) => (await init(args)).stdout.split('Next steps:')[1] ?? '';
    const log = join(home, 'a log.jsonl');
    const flags = ['--confirm-sends=outbox', '--allow-verified', '--audit-log', log];
    const sandbox = await steps('cursor', '--sandbox', '--write', '--', ...flags);
    const same = `--sandbox --allow-verified --audit-log "${log}"`;
    expect(sandbox).toMatch(/^ {2}3\. Approve what it writes on a page: node \S+ inbox /m);
    expect(sandbox).toContain(` inbox ${same}\n     Or in a terminal: node `);
    expect(sandbox).toMatch(new RegExp(` outbox ${same.replaceAll('\\', '\\\\')}\n$`));
    // The commands take them.
    const outbox = await runHere({ args: ['outbox', '--sandbox', '--allow-verified', '--audit-log', log] });
    expect(outbox.stderr).toContain('outbox needs a terminal');

    const live = ['--', '--confirm-sends=outbox'];
    expect(await steps('cursor', ...live)).toMatch(/ outbox\n$/);
    const keyFile = join(home, 'key');
    expect(await steps('cursor', '--key-file', keyFile, ...live)).toContain(
      ` outbox\n     There, set OPENCX_API_KEY_FILE to ${keyFile}.\n`,
    );
    expect(await steps('vscode', ...live)).toContain(
      ' outbox\n     There, set OPENCX_API_KEY to the same key.\n',
    );
    expect(await steps('cursor', '--', '--confirm-sends=ask')).not.toContain('Approve');
  });

  it('says how a token is added, and replaces an entry only if one was written', async () => {
    const url = ['--url', 'https://mcp.example.com'];
    expect((await init(['cursor', ...url])).stdout).toContain('run this again with --with-token.\n');
    expect((await init(['cursor', ...url, '--write'])).stdout).toContain(
      'run this again with --with-token --replace.\n',
    );
  });

  it('shows entries in TOML and YAML, and those of a team server', async () => {
    const url = 'https://mcp.example.com/mcp/w/acme';
    const token = 'ocxt_0123456789abcdef';
    const shown = async (args: string[], env?: Record<string, string>) => {
      const { stdout, stderr } = await init(args, env);
      return stdout + stderr;
    };
    const windsurf = await shown(['windsurf', '--url', url, '--with-token'], { OPENCX_TOKEN: token });
    const desktop = await shown(['claude', '--url', url]);
    expect(await shown(['codex', '--sandbox'])).toContain(
      '[mcp_servers.opencx-sessions-sandbox]\ncommand = ',
    );
    expect(await shown(['goose', '--url', url])).toContain(`    type: streamable_http\n    uri: ${url}\n`);
    expect(windsurf).toContain(
      `"serverUrl": "${url}",\n      "headers": {\n        "Authorization": "Bearer ${token}"`,
    );
    expect(desktop).toContain('Claude Desktop has no remote servers in its file');
    expect(desktop).toContain(url);
  });
});
