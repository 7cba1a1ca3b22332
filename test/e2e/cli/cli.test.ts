import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Setting } from '../../../src/cli/settings/setting.ts';
import { settings } from '../../../src/cli/settings/settings.ts';
import { program, runToEnd, start } from '../../support/program/program.ts';
import { runHere } from '../../support/program/run-here.ts';

let folder: string;
let temp: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-cli-'));
  temp = join(folder, 'tmp');
  home = join(folder, 'home');
  for (const path of [temp, home]) mkdirSync(path);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('--help', () => {
  it('shows all commands, each server setting once, and examples on one page', async () => {
    const { code, stdout, stderr } = await runHere({ args: ['--help'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const setting of Object.values<Setting>(settings)) {
      const row = `\n  ${setting.flag ?? setting.env}  `;
      expect(stdout.split(row), row).toHaveLength(setting.commands.includes('serve') ? 2 : 1);
    }
    for (const command of [
      'serve',
      'sandbox',
      'http',
      'inbox',
      'token',
      'outbox',
      'init',
      'doctor',
      'audit',
      'demo',
      'help',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    // The examples use existing commands and flags only, and start the program as it was started.
    const known = /^ {2}node \S+main\.cjs (sandbox|http|inbox|init|demo|doctor|--[a-z-]+)/;
    const lines = stdout.split('\n');
    const examples = lines.slice(lines.indexOf('Examples:') + 1).filter(Boolean);
    expect(examples.filter((line) => !known.test(line))).toEqual([]);
    expect(lines.length).toBeLessThan(75);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  it('after sandbox shows the flags and variables of that command only', async () => {
    const { stdout } = await runHere({ args: ['sandbox', '--help'] });
    for (const { commands, flag, env } of Object.values<Setting>(settings)) {
      if (commands.includes('sandbox')) expect(stdout).toContain(flag ?? env);
    }
    expect(stdout).not.toContain('OPENCX_API_KEY');
    expect(stdout).not.toContain('--read-only');
  });

  it('describes each command in sentences on its page, and in a phrase in lists', async () => {
    const commands = 'serve sandbox http inbox token outbox init doctor audit demo'.split(' ');
    for (const args of [...commands.map((name) => [name]), ['sandbox', 'reset'], ['audit', 'verify']]) {
      const { stdout } = await runHere({ args: [...args, '--help'] });
      expect(stdout.split('\n\n')[1], args.join(' ')).toMatch(/^[A-Z].*\.$/s);
      const list = (await runHere({ args: [...args.slice(0, -1), '--help'] })).stdout;
      const [, phrase = ''] = new RegExp(`^ {2}${args.at(-1)}\\b.*? {2,}(\\S.*)$`, 'm').exec(list) ?? [];
      expect(phrase, args.join(' ')).toMatch(/^[a-z].*[^.]$/);
    }
  });

  it('does not fail when its reader closes the pipe', async () => {
    const child = start({ args: ['--help'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('what was typed', () => {
  const key = 'ocx_live_0123456789abcdef';

  it.each([
    [
      ['foo'],
      'Unknown command. Commands: serve, sandbox, http, inbox, token, outbox, init, doctor, audit, demo, help',
    ],
    [['snadbox', '--port', '0'], 'Did you mean sandbox?'],
    [['read-only'], 'Did you mean --read-only?'],
    [['--read-only', 'dmeo'], 'Did you mean demo?'],
    [['help', 'sevre'], 'Did you mean serve?'],
    [[key], 'Unknown command.'],
    [['--sandbox', ':memory:', key], 'Unknown command.'],
    [[`--api-key=${key}`], "unknown option '--api-key'"],
    [['--api-key', key], 'The key has no flag'],
    [[`--${key}`], 'unknown option (not shown)'],
    [[`-k${key}`], 'unknown option (not shown)'],
    [['--tools', key], '--tools: must be comma-separated tool names.'],
    [['--sandbox', key], '--sandbox: must be on, off, :memory:, or the path of a file'],
    [['sandbox', key], 'Unknown command. Commands: reset, help.'],
    [['sandbox', '--port', '0', 'rset'], 'Did you mean reset?'],
    [['sandbox', '--host', key], '--host: must be an IP address'],
    [['doctor', key], 'Unknown client.'],
    [['audit', key], 'unknown command\n'],
    [['audit', 'verify', key], 'The audit log cannot be read (ENOENT).'],
    [['audit', 'verify', program, key], 'The audit log (file 2) cannot be read (ENOENT).'],
    [['audit', 'verify', program, '--contains', key], '--contains needs the SHA-256 of a record'],
    [['--audit-log', `/nowhere/${key}`], '--audit-log: the file cannot be written (ENOENT).'],
    [['init', 'zed', '--', `--token=${key}`], 'The key has no flag'],
    [['sandbox', 'reset', '--port', '1'], '--port: not a flag of sandbox reset. Nothing was changed.'],
  ])('%j is refused with a hint, and not repeated', async (args, hint) => {
    const { code, stderr } = await runHere({ args, env: { OPENCX_STATE_DIR: folder } });
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain(key);
    expect(readdirSync(folder).sort()).toEqual(['home', 'tmp']);
  });

  it('as a value of a variable is not repeated either', async () => {
    const { code, stderr } = await runHere({ env: { OPENCX_TOOLS: key, OPENCX_SANDBOX: key } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/OPENCX_SANDBOX: must be.*\n.*OPENCX_TOOLS: must be/);
    expect(stderr).not.toContain(key);
  });
});

describe('demo', () => {
  const demo = (more = {}) => ({ args: ['demo'], env: { TMPDIR: temp, ...more } });

  /** Temporary files, without the compile cache of newer Node versions. */
  const inTemp = () => readdirSync(temp).filter((name) => name !== 'node-compile-cache');

  /** Runs the demo until its first output, interrupts it, and waits for its end. */
  async function interruptDemo(interrupt: (child: ReturnType<typeof start>) => void) {
    const child = start(demo());
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const closed = once(child, 'exit');
    await once(child.stdout, 'data');
    expect(inTemp()).toHaveLength(1);
    interrupt(child);
    const [code] = await closed;
    return { code, stderr };
  }

  it('passes every step without colours when piped, and removes its files', async () => {
    const { code, stdout, stderr } = await runToEnd(demo({ HOME: home }));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('All 13 steps passed');
    expect(stdout).toContain('main.cjs init cursor --sandbox --write\n');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^search_sessions \{"query":"Amelia Hart"\}$/m);
    // Compiled code is kept for the next start.
    const inHome = readdirSync(home).filter((name) => name !== '.cache');
    expect([...inTemp(), ...inHome]).toEqual([]);
  });

  it('removes its files when its reader closes the pipe', async () => {
    expect(await interruptDemo((child) => child.stdout.destroy())).toEqual({ code: 0, stderr: '' });
    expect(inTemp()).toEqual([]);
  });

  // The others are handled by the same lines.
  it.each([['SIGINT', 130]] as const)('removes its files after %s', async (signal, expected) => {
    expect(await interruptDemo((child) => child.kill(signal))).toEqual({ code: expected, stderr: '' });
    expect(inTemp()).toEqual([]);
  });
});

// `script` provides a terminal; on other systems its arguments differ.
const terminal = '/usr/bin/script';
it.skipIf(process.platform !== 'linux' || !existsSync(terminal))(
  'a server started in a terminal explains itself and names other commands',
  () => {
    const command = `'${process.execPath}' '${program}'`;
    const env = { ...process.env, OPENCX_STATE_DIR: folder };
    const { stdout } = spawnSync(terminal, ['-qec', command, '/dev/null'], {
      env,
      input: '',
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^This is an MCP server: .* Ctrl-C to stop\.\r\nRun init to add it to a client,/);
  },
);
