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

/** The person left in the middle of a question. */
export class CancelledError extends ConfigurationError {}

type Input = NodeJS.ReadableStream & { isTTY?: boolean };
type Output = NodeJS.WritableStream & { isTTY?: boolean };

export function terminalOf(input: Input = process.stdin, output: Output = process.stdout): Terminal {
  async function ask(question: string, echo: Output): Promise<string> {
    const lines = createInterface({ input, output: echo, terminal: true });
    const cancelled = new Promise<never>((_, reject) => {
      const cancel = () => reject(new CancelledError('Cancelled. Nothing more was changed.'));
      lines.once('SIGINT', cancel);
      lines.once('close', cancel);
    });
    // Closing it below is no cancellation.
    cancelled.catch(() => {});
    try {
      return (await Promise.race([lines.question(question), cancelled])).trim();
    } finally {
      lines.close();
    }
  }
  return {
    isInteractive: input.isTTY === true && output.isTTY === true,
    ask: (question) => ask(question, output),
    async askSecret(question) {
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      output.write(question);
      try {
        return await ask('', nowhere);
      } finally {
        output.write('\n');
      }
    },
  };
}
