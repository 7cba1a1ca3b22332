import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { createPaint, type Paint } from '../colour.ts';
import type { Environment } from '../settings/read-settings.ts';

/** The terminal of a person. */
export interface Terminal {
  readonly paint: Paint;
  print(line?: string): void;
  /**
   * What was typed before the question was shown does not answer it.
   * @returns the line that was typed, trimmed; undefined if there is no more input (Ctrl-D, Ctrl-C).
   */
  ask(question: string): Promise<string | undefined>;
  /** Lets the person change a text, in $VISUAL or $EDITOR, or by typing a new one. @returns undefined if there is none. */
  edit(text: string): Promise<string | undefined>;
  /** Stops reading, without which the program would not end. */
  close(): void;
}

export function terminal(env: Environment): Terminal {
  const print = (line = '') => void process.stdout.write(`${line}\n`);
  let reader: Interface | undefined;
  let isOver = false;
  /** Takes the next line, or undefined at the end of the input. Lines that nobody waits for are dropped. */
  let take: (line: string | undefined) => void = () => {};

  function open(): void {
    const opened = createInterface({ input: process.stdin, output: process.stdout, historySize: 0 });
    reader = opened;
    opened.on('line', (line) => take(line));
    opened.on('SIGINT', () => opened.close());
    opened.on('close', () => {
      // An editor needs the terminal for itself.
      if (reader !== opened) return;
      isOver = true;
      take(undefined);
    });
  }
  function close(): void {
    const opened = reader;
    reader = undefined;
    opened?.close();
  }
  /** @param onLine called with each line until it returns true. */
  const lines = (prompt: string, onLine: (line: string) => boolean) =>
    new Promise<boolean>((resolve) => {
      if (isOver) return resolve(false);
      if (reader === undefined) open();
      take = (line) => {
        if (line !== undefined && !onLine(line)) return;
        take = () => {};
        resolve(line !== undefined);
      };
      reader?.setPrompt(prompt);
      reader?.prompt();
    });

  async function ask(question: string): Promise<string | undefined> {
    let answer: string | undefined;
    await lines(question, (line) => {
      answer = line.trim();
      return true;
    });
    return answer;
  }

  async function typed(): Promise<string | undefined> {
    print('Type the new text. End it with a line that has only a full stop.');
    const text: string[] = [];
    const isWhole = await lines('', (line) => {
      if (line.trim() === '.') return true;
      text.push(line);
      return false;
    });
    return isWhole ? text.join('\n') : undefined;
  }

  async function edited(editor: string, text: string): Promise<string | undefined> {
    close();
    const folder = await mkdtemp(join(tmpdir(), 'opencx-draft-'));
    const file = join(folder, 'message.txt');
    try {
      await writeFile(file, text, { mode: 0o600 });
      // The variable may hold arguments, as in `code --wait`.
      const child = spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit' });
      const code = await new Promise<number | null>((resolve) => {
        child.on('error', () => resolve(1));
        child.on('close', resolve);
      });
      if (code !== 0) return undefined;
      // Editors end a file with a line feed.
      return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  return {
    paint: createPaint(env),
    print,
    ask,
    edit(text) {
      const editor = env['VISUAL'] || env['EDITOR'];
      return editor ? edited(editor, text) : typed();
    },
    close,
  };
}
