import type { Logger as PinoLogger } from 'pino';
import { redact } from '../../text/redact.ts';

type Severity = 'error' | 'warn' | 'info';
type Line = [fields: object, message: string] | [message: string];

export type Logger = Readonly<Record<Severity, (...line: Line) => void>> & {
  /** Resolves when everything logged so far is written. */
  flushed(): Promise<void>;
};

const levels = ['debug', 'info', 'warn', 'error', 'silent'];

/**
 * Creates a structured logger on stderr; stdout is reserved for the protocol. Loads pino with the first line that is
 * written, because most starts log nothing.
 * @param level the lowest level that is written.
 * @param secrets redacted in every line; may be extended later.
 */
export function createLogger(level = 'warn', secrets: readonly string[] = []): Logger {
  let written: Promise<PinoLogger> | undefined;
  const writer =
    (severity: Severity) =>
    (...line: Line) => {
      if (levels.indexOf(severity) < levels.indexOf(level)) return;
      written = (written ?? load(level, secrets)).then((log) => {
        log[severity](...(line as [object, string]));
        return log;
      });
    };
  return {
    error: writer('error'),
    warn: writer('warn'),
    info: writer('info'),
    flushed: async () => void (await written),
  };
}

async function load(level: string, secrets: readonly string[]): Promise<PinoLogger> {
  const { default: pino } = await import('pino');
  const stderr = pino.destination({ dest: 2, sync: true });
  const write = (line: string) => stderr.write(secrets.reduce(redact, line));
  return pino({ name: 'opencx-sessions-mcp', level }, { write });
}
