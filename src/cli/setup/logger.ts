import type { Logger } from 'pino';
import { redact } from '../../client/http/redact.ts';

type Severity = 'error' | 'warn' | 'info';
type Line = [fields: object, message: string] | [message: string];

/** What the program logs. */
export type Log = Readonly<Record<Severity, (...line: Line) => void>> & {
  /** Resolves when all that was logged so far is written. */
  flushed(): Promise<void>;
};

const levels = ['debug', 'info', 'warn', 'error', 'silent'];

/**
 * A structured log on stderr; stdout belongs to the protocol.
 * @param level the least that is written; one of the levels of pino, which is loaded for the first line: a start that
 * has nothing to say need not wait for it.
 * @param secrets redacted in every line; what is added later counts as well.
 */
export function createLog(level = 'warn', secrets: readonly string[] = []): Log {
  let written: Promise<Logger> | undefined;
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

async function load(level: string, secrets: readonly string[]): Promise<Logger> {
  const { default: pino } = await import('pino');
  const stderr = pino.destination({ dest: 2, sync: true });
  const write = (line: string) => stderr.write(secrets.reduce(redact, line));
  return pino({ name: 'opencx-sessions-mcp', level }, { write });
}
