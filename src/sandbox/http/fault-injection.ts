import { setTimeout as pause } from 'node:timers/promises';
import type { Env, Hono, MiddlewareHandler } from 'hono';
import { type Route, routes } from '../../contract/routes.ts';
import { z } from '../../contract/zod.ts';
import type { Store } from '../store/store.ts';
import { authenticate, authorize } from './auth.ts';
import { HttpError, validated } from './errors.ts';
import { readJson } from './read-body.ts';

/** Thrown for a request whose connection is to break off; `server.ts` does that. Without a port the call rejects. */
export class ConnectionReset extends Error {
  constructor() {
    super('The connection was reset, as it was asked for.');
  }
}

const operationIds = Object.values(routes).map(({ operationId }) => operationId);

const common = {
  /** How many requests it befalls. */
  count: z.number().int().min(1).max(1000).default(1),
  /** Only requests to this operation; any other one passes and does not count. */
  operation: z.enum(operationIds as [string, ...string[]]).optional(),
};
/** Whether the request takes effect although its answer is lost. */
const carriedOut = { carried_out: z.boolean().default(false) };

const FaultOrder = z.discriminatedUnion('kind', [
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
type FaultOrder = z.infer<typeof FaultOrder>;

const maxPending = 100;
const path = '/_sandbox/faults';

/**
 * Faults on demand, for whoever tests a client: `POST /_sandbox/faults` befalls the next requests of the API to this
 * process, `GET` tells what is still to come, `DELETE` calls it off. Needs a key that may write. Not part of the API.
 * @returns what is to stand before an operation.
 */
export function offerFaults<E extends Env>(app: Hono<E>, store: Store): (route: Route) => MiddlewareHandler {
  let pending: FaultOrder[] = [];

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
    const order = validated(FaultOrder, await readJson(context.req.raw), 'body');
    if (pending.length >= maxPending) throw new HttpError(409, `At most ${maxPending} faults can wait`);
    pending.push(order);
    return context.json({ pending });
  });

  /** The first that waits for such a request, one time less. */
  function take(operationId: string): FaultOrder | undefined {
    const order = pending.find(({ operation = operationId }) => operation === operationId);
    if (order) order.count -= 1;
    pending = pending.filter(({ count }) => count > 0);
    return order;
  }

  return ({ operationId }) =>
    async (context, next) => {
      const fault = take(operationId);
      if (fault?.kind === 'slow') await pause(fault.delay_ms, undefined, { ref: false });
      if (fault && 'carried_out' in fault && fault.carried_out) {
        await next();
        // Else its headers would stand in the answer that is given instead.
        context.res = undefined;
      }
      if (fault?.kind === 'fail') throw new HttpError(fault.status, 'A fault that was asked for');
      if (fault?.kind === 'reset') throw new ConnectionReset();
      if (fault?.kind === 'rate_limit') {
        const seconds = String(fault.retry_after_seconds);
        const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds };
        throw new HttpError(429, 'A limit that was asked for', { 'retry-after': seconds, ...spent });
      }
      await next();
    };
}
