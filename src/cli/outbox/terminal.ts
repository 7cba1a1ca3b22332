import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createPaint, type Paint } from '../colour.ts';
import type { Environment } from '../settings/read-settings.ts';

/** The terminal of a person. */
export interface Terminal {
  readonly paint: Paint;
  print(line?: string): void;
  /** @returns the line that was typed, trimmed; undefined if there is no more input (Ctrl-D, Ctrl-C). */
  ask(question: string): Promise<string | undefined>;
  /** Lets the person change a text, in $VISUAL or $EDITOR, or by typing a new one. @returns undefined if there is none. */
  edit(text: string): Promise<string | undefined>;
}

export function terminal(env: Environment): Terminal {
  const print = (line = '') => void process.stdout.write(`${line}\n`);
  /** A reader for each question: an editor needs the terminal for itself. */
  const ask = (question: string) =>
    new Promise<string | undefined>((resolve) => {
      const reader = createInterface({ input: process.stdin, output: process.stdout });
      let answer: string | undefined;
      reader.on('close', () => resolve(answer));
      reader.on('SIGINT', () => reader.close());
      reader.question(question, (line) => {
        answer = line.trim();
        reader.close();
      });
    });

  async function typed(): Promise<string | undefined> {
    print('Type the new text. End it with a line that has only a full stop.');
    return new Promise((resolve) => {
      const reader = createInterface({ input: process.stdin, output: process.stdout });
      const lines: string[] = [];
      let text: string | undefined;
      reader.on('close', () => resolve(text));
      reader.on('SIGINT', () => reader.close());
      reader.on('line', (line) => {
        if (line.trim() !== '.') return void lines.push(line);
        text = lines.join('\n');
        reader.close();
      });
    });
  }

  async function edited(editor: string, text: string): Promise<string | undefined> {
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
  };
}
