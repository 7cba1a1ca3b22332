import type { Env, Hono } from 'hono';
import { z } from '../../contract/zod.ts';
import type { Store } from '../store/store.ts';
import { authenticate, authorize } from './auth.ts';
import { validate } from './errors.ts';
import type { PendingFaults } from './faults.ts';
import { readJson } from './read-body.ts';

/** Which demo data replaces all data. */
export const Seed = z.union([z.boolean(), z.number().int().min(0).max(100_000)], {
  errorMap: () => ({ message: 'must be false, true, or a number of sessions' }),
});

const Reset = z.object({ seed: Seed.optional() }).strict();

/**
 * Routes that tests of clients use, which are not part of the API. All require a key with write access.
 *
 * - `/_sandbox/faults`: `POST` makes the next API requests to this process fail, `GET` lists the pending faults, `DELETE`
 *   clears them.
 * - `POST /_sandbox/reset`: replaces all data by demo data. `{"seed": false}` leaves none.
 */
export function serveTestControls<E extends Env>(
  app: Hono<E>,
  store: Store,
  faults: PendingFaults,
  reset: (seed?: number | boolean) => Promise<number>,
): void {
  app.use('/_sandbox/*', async (context, next) => {
    authorize(await authenticate(store, context.req.raw), { scope: 'chat-sessions:write' });
    await next();
  });
  const pending = () => ({ pending: faults.list });
  app.get('/_sandbox/faults', (context) => context.json(pending()));
  app.delete('/_sandbox/faults', (context) => {
    faults.clear();
    return context.json(pending());
  });
  app.post('/_sandbox/faults', async (context) => {
    faults.add(await readJson(context.req.raw));
    return context.json(pending());
  });
  app.post('/_sandbox/reset', async (context) => {
    const { seed } = validate(Reset, await readJson(context.req.raw), 'body');
    faults.clear();
    return context.json({ sessions: await reset(seed) });
  });
}
