import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { type Route, routes } from '../../contract/routes.ts';
import { Refusal } from '../service/refusal.ts';
import type { Service } from '../service/service.ts';
import { authenticate, authorize, type Caller } from './auth.ts';
import { errorAnswer, HttpError, validated } from './errors.ts';
import { ConnectionReset, offerFaults } from './fault-injection.ts';
import { fileAnswer } from './file-response.ts';
import { openApiDocument } from './openapi.ts';
import { type OperationInput, operations } from './operations.ts';
import type { Limit } from './rate-limit.ts';
import { readJson } from './read-body.ts';
import { readQuery } from './read-query.ts';

/** What the steps of one request hand on. */
interface Environment {
  Variables: { caller: Caller };
}

/** What a log may hold of a request: neither its key nor what it asked for or said. */
export interface Answered {
  /** The `X-Request-Id` of the answer. */
  readonly requestId: string;
  readonly method: string;
  /** Without the query; of a file not the name, which is its key. */
  readonly path: string;
  readonly status: number;
  /** Milliseconds. */
  readonly took: number;
}

interface Listeners {
  /** Told of what is answered with 500. */
  readonly onFault: (error: unknown) => void;
  readonly onAnswer: (answer: Answered) => void;
}

/**
 * The sandbox's HTTP door: every operation of the contract, its document, the files of messages, and its health.
 * @param faultsOnDemand whether requests may be made to fail: see `offerFaults`.
 */
export function sandboxApp(
  service: Service,
  limit: Limit,
  { onFault, onAnswer }: Listeners,
  faultsOnDemand: boolean,
): Hono<Environment> {
  const app = new Hono<Environment>();
  const run = operations(service);
  let document: string | undefined;

  app.use(async (context, next) => {
    const began = performance.now();
    await next();
    const requestId = randomUUID();
    context.header('x-request-id', requestId);
    // The same clock as in the data: a reader may compare the two.
    context.header('date', service.now().toUTCString());
    const { method } = context.req;
    const path = context.req.path.replace(/^\/files\/.*/s, '/files/...');
    onAnswer({ requestId, method, path, status: context.res.status, took: performance.now() - began });
  });

  // For whoever runs the sandbox, not part of the API: whether the program answers, and whether its database does.
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    try {
      await service.store.ping();
      return context.json({ status: 'ok' });
    } catch (error) {
      onFault(error);
      return errorAnswer(new HttpError(503, 'The database does not answer'));
    }
  });

  app.use('/chat/*', async (context, next) => {
    const caller = await authenticate(service.store, context.req.raw);
    const headers = await limit(caller.keyHash);
    context.set('caller', caller);
    await next();
    for (const [name, value] of Object.entries(headers)) {
      // A limit that was ordered as a fault tells its own.
      if (!context.res.headers.has(name)) context.header(name, value);
    }
  });

  const faulty = faultsOnDemand ? offerFaults(app, service.store) : undefined;
  const paths = new Map<string, string[]>();
  for (const [name, route] of Object.entries(routes) as [keyof typeof routes, Route][]) {
    const path = route.path.replace('{session_id}', ':session_id');
    paths.set(path, [...(paths.get(path) ?? []), route.method]);
    if (faulty) app.on(route.method, path, faulty(route));
    app.on(route.method, path, async (context) => {
      authorize(context.get('caller'), route);
      const input = await readInput(context, route);
      const result = await (run[name] as (input: OperationInput<Route>) => Promise<unknown>)(input);
      return route.response === null ? empty() : context.json(result as object);
    });
  }

  app.get('/openapi.json', (context) => {
    document ??= JSON.stringify(openApiDocument());
    return context.body(document, 200, { 'content-type': 'application/json' });
  });
  app.get('/files/:id', (context) => fileAnswer(service.store, context.req.param('id')));

  for (const [path, methods] of paths) {
    app.all(path, () => {
      throw new HttpError(405, `Use ${methods.join(' or ')} here`, { allow: methods.join(', ') });
    });
  }
  app.notFound(() => errorAnswer(new HttpError(404, 'No such address')));
  app.onError((error) => {
    if (error instanceof ConnectionReset) throw error;
    const refused = error instanceof HttpError || error instanceof Refusal;
    if (!refused) onFault(error);
    return errorAnswer(error);
  });
  return app;
}

async function readInput(context: Context, route: Route): Promise<OperationInput<Route>> {
  const url = new URL(context.req.url);
  return {
    sessionId: context.req.param('session_id') ?? '',
    query: route.query && readQuery(route.query, url.searchParams),
    body: route.body && validated(route.body, await readJson(context.req.raw), 'body'),
    origin: url.origin,
  } as OperationInput<Route>;
}

/** Source: assumption `statusCodes`. */
function empty(): Response {
  return new Response(null, { status: 200, headers: { 'content-length': '0' } });
}
