import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { program } from '../program/program.ts';

/** Whether there is util-linux's `script`, which gives a program a terminal of its own. */
export const hasTerminals =
  process.platform === 'linux' &&
  /util-linux/.test(spawnSync('script', ['--version']).stdout?.toString() ?? '');

/** The program at a terminal, and a person who reads and types there. */
export function atTerminal(args: readonly string[], env: Record<string, string>) {
  // The program takes the place of the shell, so that it is the only child of `script`.
  const command = `exec ${[process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...getDefaultEnvironment(), OPENCX_SANDBOX_AUTOPILOT_MS: 'off', NO_COLOR: '1', ...env },
  });
  let output = '';
  let seen = 0;
  let check = () => {};
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    check();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      resolve(code);
      check();
    });
  });
  return {
    /** Waits for a text after the last one that was waited for. @returns what was shown up to it. */
    async reads(text: string): Promise<string> {
      await new Promise<void>((resolve, reject) => {
        check = () => {
          if (output.includes(text, seen)) resolve();
          else if (child.exitCode !== null) reject(new Error(`it ended without "${text}":\n${output}`));
        };
        check();
      });
      const end = output.indexOf(text, seen) + text.length;
      const shown = output.slice(seen, end).replaceAll('\r', '');
      seen = end;
      return shown;
    },
    types: (line: string) => void child.stdin.write(`${line}\r`),
    /** Waits for the end. @returns what was shown since. */
    async ends(): Promise<{ code: number | null; shown: string }> {
      const code = await ended;
      return { code, shown: output.slice(seen).replaceAll('\r', '') };
    },
    /** Takes the terminal away. */
    hangUp: () => child.kill('SIGKILL'),
    /** Kills the program itself. */
    kill() {
      const pid = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
      process.kill(Number(pid), 'SIGKILL');
    },
  };
}
