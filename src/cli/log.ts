import { type Logger, pino } from 'pino';

/** A structured log on stderr; stdout belongs to the protocol. */
export function createLog(level = 'warn'): Logger {
  return pino({ name: 'opencx-sessions-mcp', level }, pino.destination({ dest: 2, sync: true }));
}
