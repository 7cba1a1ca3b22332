import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { redact } from '../../text/redact.ts';

/** Prints an uncaught error as Node would, but without the key, and ends the process. */
export function redactCrashes(secrets: readonly string[]): void {
  process.once('uncaughtException', (error) => {
    writeSync(2, `${secrets.reduce(redact, inspect(error))}\n`);
    process.exit(1);
  });
}
