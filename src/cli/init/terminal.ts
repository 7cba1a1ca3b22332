import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ConfigurationError } from '../settings/configuration-error.ts';

/** A person at the keyboard, if there is one. */
export interface Terminal {
  readonly isInteractive: boolean;
  ask(question: string): Promise<string>;
  /** The answer is not shown. */
  askSecret(question: string): Promise<string>;
}

type Input = NodeJS.ReadableStream & { isTTY?: boolean };
type Output = NodeJS.WritableStream & { isTTY?: boolean };

export function terminalOf(input: Input = process.stdin, output: Output = process.stdout): Terminal {
  async function ask(question: string, echo: Output): Promise<string> {
    output.write(question);
    const lines = createInterface({ input, output: echo, terminal: true });
    const ended = new Promise<never>((_, reject) => {
      const cancel = () => reject(new ConfigurationError('Cancelled. Nothing more was changed.'));
      lines.once('SIGINT', cancel);
      lines.once('close', cancel);
    });
    try {
      return (await Promise.race([lines.question(''), ended])).trim();
    } finally {
      // Its end is no cancellation any more.
      ended.catch(() => {});
      lines.close();
    }
  }
  return {
    isInteractive: input.isTTY === true && output.isTTY === true,
    ask: (question) => ask(question, output),
    async askSecret(question) {
      const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
      const answer = await ask(question, nothing);
      output.write('\n');
      return answer;
    },
  };
}
