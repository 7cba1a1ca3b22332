import { setTimeout as pause } from 'node:timers/promises';
import type { Env, Hono, MiddlewareHandler } from 'hono';
import { type Route, routes } from '../../contract/routes.ts';
import { z } from '../../contract/zod.ts';
import type { Store } from '../store/store.ts';
import { authenticate, authorize } from './auth.ts';
import { HttpError, validate } from './errors.ts';
import { readJson } from './read-body.ts';

/** Thrown to reset the connection, which `server.ts` does. Without a port, the call to `fetch` rejects. */
export class ConnectionReset extends Error {
  constructor() {
    super('Connection reset by fault injection.');
  }
}

const operationIds = Object.values(routes).map(({ operationId }) => operationId);

const common = {
  /** Number of requests affected. */
  count: z.number().int().min(1).max(1000).default(1),
  /** Affects only this operation. Default: all. */
  operation: z.enum(operationIds as [string, ...string[]]).optional(),
};
/** Whether the request takes effect although it appears to fail. */
const carriedOut = { carried_out: z.boolean().default(false) };

const Fault = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('slow'),
      delay_ms: z.number().int().min(1).max(120_000).default(2000),
      ...common,
    })
    .strict(),
  z
    .object({
      kind: z.literal('fail'),
      status: z.number().int().min(500).max(599).default(503),
      ...carriedOut,
      ...common,
    })
    .strict(),
  z.object({ kind: z.literal('reset'), ...carriedOut, ...common }).strict(),
  z
    .object({
      kind: z.literal('rate_limit'),
      retry_after_seconds: z.number().int().min(1).max(3600).default(1),
      ...common,
    })
    .strict(),
]);
type Fault = z.infer<typeof Fault>;

const maxPending = 100;
const path = '/_sandbox/faults';

/**
 * Fault injection, for tests of clients. `POST /_sandbox/faults` makes the next API requests to this process fail,
 * `GET` lists the pending faults, `DELETE` clears them. Requires a key with write access. Not part of the API.
 * @returns a function that makes the middleware of an operation.
 */
export function injectFaults<E extends Env>(app: Hono<E>, store: Store): (route: Route) => MiddlewareHandler {
  let pending: Fault[] = [];

  app.use(path, async (context, next) => {
    authorize(await authenticate(store, context.req.raw), { scope: 'chat-sessions:write' });
    await next();
  });
  app.get(path, (context) => context.json({ pending }));
  app.delete(path, (context) => {
    pending = [];
    return context.json({ pending });
  });
  app.post(path, async (context) => {
    const fault = validate(Fault, await readJson(context.req.raw), 'body');
    if (pending.length >= maxPending) throw new HttpError(409, `At most ${maxPending} faults can be pending`);
    pending.push(fault);
    return context.json({ pending });
  });

  /** Takes the first pending fault for an operation and counts it down. */
  function take(operationId: string): Fault | undefined {
    const fault = pending.find(({ operation = operationId }) => operation === operationId);
    if (fault) fault.count -= 1;
    pending = pending.filter(({ count }) => count > 0);
    return fault;
  }

  return ({ operationId }) =>
    async (context, next) => {
      const fault = take(operationId);
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
