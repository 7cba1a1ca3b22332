import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { type Route, routes } from '../../contract/routes.ts';
import { Refusal } from '../service/refusal.ts';
import type { Service } from '../service/service.ts';
import { authenticate, authorize, type Caller } from './auth.ts';
import { errorResponse, HttpError, validate } from './errors.ts';
import { ConnectionReset, injectFaults } from './fault-injection.ts';
import type { PendingFaults } from './faults.ts';
import { fileResponse } from './file-response.ts';
import { openApiDocument } from './openapi.ts';
import { type OperationInput, operations } from './operations.ts';
import type { RateLimit } from './rate-limit.ts';
import { readJson } from './read-body.ts';
import { readQuery } from './read-query.ts';
import { serveTestControls } from './test-controls.ts';

/** Variables of a request. */
interface RequestEnv {
  Variables: { caller: Caller };
}

/** A log entry of a request. It holds neither the key nor the query or body. */
export interface RequestLog {
  /** The `X-Request-Id` of the response. */
  readonly requestId: string;
  readonly method: string;
  /** Without the query. File ids are left out, because an id is the permission to read the file. */
  readonly path: string;
  readonly status: number;
  /** Milliseconds. */
  readonly took: number;
}

interface Listeners {
  /** Called with errors that become a 500. */
  readonly onError: (error: unknown) => void;
  readonly onResponse: (entry: RequestLog) => void;
}

/**
 * The sandbox's HTTP app: every operation of the contract, the OpenAPI document, stored files and health checks.
 * @param pageKey the key of the inbox page.
 * @param faults what the next requests meet.
 * @param reset replaces the data; present if the routes for tests are served (`serveTestControls`).
 */
export function sandboxApp(
  service: Service,
  limit: RateLimit,
  { onError, onResponse }: Listeners,
  pageKey: string,
  faults: PendingFaults,
  reset?: (seed?: number | boolean) => Promise<number>,
): Hono<RequestEnv> {
  const app = new Hono<RequestEnv>();
  const run = operations(service);
  let document: string | undefined;

  app.use(async (context, next) => {
    const began = performance.now();
    await next();
    const requestId = randomUUID();
    context.header('x-request-id', requestId);
    // The same clock as the data, so that clients can compare the two.
    context.header('date', service.now().toUTCString());
    const { method } = context.req;
    const path = context.req.path.replace(/^\/files\/.*/s, '/files/...');
    onResponse({ requestId, method, path, status: context.res.status, took: performance.now() - began });
  });

  // Health checks for operators, not part of the API.
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    try {
      await service.store.ping();
      return context.json({ status: 'ok' });
    } catch (error) {
      onError(error);
      return errorResponse(new HttpError(503, 'The database does not respond, or cannot be written'));
    }
  });

  app.use('/chat/*', async (context, next) => {
    const caller = await authenticate(service.store, context.req.raw, pageKey);
    const headers = caller.isPage ? {} : await limit(caller.keyHash);
    context.set('caller', caller);
    await next();
    for (const [name, value] of Object.entries(headers)) {
      // An injected rate limit sets its own headers.
      if (!context.res.headers.has(name)) context.header(name, value);
    }
  });

  if (reset) serveTestControls(app, service.store, faults, reset);
  const paths = new Map<string, string[]>();
  for (const [name, route] of Object.entries(routes) as [keyof typeof routes, Route][]) {
    const path = route.path.replace('{session_id}', ':session_id');
    paths.set(path, [...(paths.get(path) ?? []), route.method]);
    const inject = injectFaults(faults, route);
    app.on(route.method, path, (context, next) =>
      context.get('caller').isPage ? next() : inject(context, next),
    );
    app.on(route.method, path, async (context) => {
      authorize(context.get('caller'), route);
      const input = await readInput(context, route);
      const result = await (run[name] as (input: OperationInput<Route>) => Promise<unknown>)(input);
      return route.response === null ? emptyResponse() : context.json(result as object);
    });
  }

  app.get('/openapi.json', (context) => {
    document ??= JSON.stringify(openApiDocument());
    return context.body(document, 200, { 'content-type': 'application/json' });
  });
  app.get('/files/:id', (context) => fileResponse(service.store, context.req.param('id')));

  for (const [path, methods] of paths) {
    app.all(path, () => {
      throw new HttpError(405, `This path accepts ${methods.join(' and ')}`, { allow: methods.join(', ') });
    });
  }
  app.notFound(() => errorResponse(new HttpError(404, 'Unknown path')));
  app.onError((error) => {
    if (error instanceof ConnectionReset) throw error;
    const refused = error instanceof HttpError || error instanceof Refusal;
    if (!refused) onError(error);
    if (isDiskFull(error)) return errorResponse(new HttpError(507, 'The disk of the sandbox is full'));
    return errorResponse(error);
  });
  return app;
}

async function readInput(context: Context, route: Route): Promise<OperationInput<Route>> {
  const url = new URL(context.req.url);
  return {
    sessionId: context.req.param('session_id') ?? '',
    query: route.query && readQuery(route.query, url.searchParams),
    body: route.body && validate(route.body, await readJson(context.req.raw), 'body'),
    origin: url.origin,
  } as OperationInput<Route>;
}

/** SQLite's code, or PostgreSQL's for `disk_full`. */
function isDiskFull(error: unknown): boolean {
  return ['SQLITE_FULL', '53100'].includes((error as { code?: string }).code ?? '');
}

/** Source: assumption `statusCodes`. */
function emptyResponse(): Response {
  return new Response(null, { status: 200, headers: { 'content-length': '0' } });
}
