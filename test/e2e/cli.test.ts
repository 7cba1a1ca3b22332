import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Setting, settings } from '../../src/cli/settings/settings.ts';
import { program, runToEnd, start } from '../support/program.ts';

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
  it('shows the commands, every setting of the server once, and examples, on one page', async () => {
    const { code, stdout, stderr } = await runToEnd({ args: ['--help'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const setting of Object.values<Setting>(settings)) {
      const row = `\n  ${setting.flag ?? setting.env}  `;
      expect(stdout.split(row), row).toHaveLength(setting.commands.includes('serve') ? 2 : 1);
    }
    for (const command of ['serve', 'sandbox', 'init', 'doctor', 'demo', 'help']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    // What the examples call must be there.
    const known = /(?:opencx-sessions-mcp) ?(serve|sandbox|init|demo|doctor|--[a-z-]+|$)/;
    const lines = stdout.split('\n');
    const examples = lines.slice(lines.indexOf('Examples:') + 1).filter(Boolean);
    expect(examples.filter((line) => !known.test(line.split('   ')[0]?.trim() ?? ''))).toEqual([]);
    expect(lines.length).toBeLessThan(60);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  it('of the sandbox shows its flags, and the variables it reads alone', async () => {
    const { stdout } = await runToEnd({ args: ['sandbox', '--help'] });
    for (const { commands, flag, env } of Object.values<Setting>(settings)) {
      if (commands.includes('sandbox')) expect(stdout).toContain(flag ?? env);
    }
    expect(stdout).not.toContain('OPENCX_API_KEY');
    expect(stdout).not.toContain('--read-only');
  });

  it('may be read in part', async () => {
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

describe('a command that does not exist', () => {
  it.each([
    [['foo'], 'foo', 'Commands: serve, sandbox, init, doctor, demo, help'],
    [['snadbox', '--port', '0'], 'snadbox', 'Did you mean sandbox?'],
    [['read-only'], 'read-only', 'Did you mean --read-only?'],
    [['--read-only', 'dmeo'], 'dmeo', 'Did you mean demo?'],
    [['help', 'sevre'], 'sevre', 'Did you mean serve?'],
  ])('%j is told, with what was meant', async (args, word, hint) => {
    const { code, stdout, stderr } = await runToEnd({ args });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`There is no command "${word}".`);
    expect(stderr).toContain(hint);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('the demo leaves nothing behind', () => {
  const demo = () => ({ args: ['demo'], env: { TMPDIR: temp, HOME: home } });

  /** What stands in the folder for temporary files, but for the compiled code that newer Node keeps there. */
  const inTemp = () => readdirSync(temp).filter((name) => name !== 'node-compile-cache');

  /** The demo, watched to its end from its first words on. */
  async function interrupted(how: (child: ReturnType<typeof start>) => void) {
    const child = start(demo());
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const closed = once(child, 'exit');
    await once(child.stdout, 'data');
    expect(inTemp()).toHaveLength(1);
    how(child);
    const [code] = await closed;
    return { code, stderr };
  }

  it('when it comes to its end, having found the session by the name of its contact', async () => {
    const { code, stdout, stderr } = await runToEnd(demo());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^search_sessions \{"query":"Amelia Hart"\}$/m);
    expect([...inTemp(), ...readdirSync(home)]).toEqual([]);
  });

  it('when its reader has read enough', async () => {
    expect(await interrupted((child) => child.stdout.destroy())).toEqual({ code: 0, stderr: '' });
    expect(inTemp()).toEqual([]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('after %s', async (signal, expected) => {
    expect(await interrupted((child) => child.kill(signal))).toEqual({ code: expected, stderr: '' });
    expect(inTemp()).toEqual([]);
  });
});

// `script` makes a terminal; elsewhere it has other arguments, or is not there.
const terminal = '/usr/bin/script';
it.skipIf(process.platform !== 'linux' || !existsSync(terminal))(
  'a server that is started by hand says what it is, and what to call instead',
  () => {
    const command = `'${process.execPath}' '${program}'`;
    const env = { ...process.env, OPENCX_STATE_DIR: folder };
    const { stdout } = spawnSync(terminal, ['-qec', command, '/dev/null'], {
      env,
      input: '',
      encoding: 'utf8',
    });
    expect(stdout).toMatch(
      /^This is an MCP server: .* Ctrl-C\.\r\nTo enter it into a client, call it with init;/,
    );
  },
);
