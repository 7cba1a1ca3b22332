import { type Logger, pino } from 'pino';
import { masked } from '../client/mask.ts';

/**
 * A structured log on stderr; stdout belongs to the protocol.
 * @param secrets masked in every line; what is added later counts as well.
 */
export function createLog(level = 'warn', secrets: readonly string[] = []): Logger {
  const stderr = pino.destination({ dest: 2, sync: true });
  const write = (line: string) => stderr.write(secrets.reduce(masked, line));
  return pino({ name: 'opencx-sessions-mcp', level }, { write });
}
