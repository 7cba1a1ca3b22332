import { setTimeout as pause } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import type { Route } from '../../contract/routes.ts';
import { HttpError } from './errors.ts';
import type { PendingFaults } from './faults.ts';

/** Thrown to reset the connection, which `server.ts` does. Without a port, the call to `fetch` rejects. */
export class ConnectionReset extends Error {
  constructor() {
    super('Connection reset by fault injection.');
  }
}

/** Makes the requests of an operation meet the pending faults. */
export function injectFaults(faults: PendingFaults, { operationId }: Route): MiddlewareHandler {
  return async (context, next) => {
    const fault = faults.take(operationId);
    if (fault?.kind === 'slow') await pause(fault.delay_ms, undefined, { ref: false });
    if (fault && 'carried_out' in fault && fault.carried_out) {
      await next();
      // Otherwise hono would copy its headers to the error response.
      context.res = undefined;
    }
    if (fault?.kind === 'fail') throw new HttpError(fault.status, 'Injected fault');
    if (fault?.kind === 'reset') throw new ConnectionReset();
    if (fault?.kind === 'rate_limit') {
      const seconds = String(fault.retry_after_seconds);
      const limitHeaders = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds };
      throw new HttpError(429, 'Injected rate limit', { 'retry-after': seconds, ...limitHeaders });
    }
    await next();
  };
}
