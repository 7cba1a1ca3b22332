import { Hono, type Context as HonoContext } from 'hono';
import type { Context } from '../conversations/context.ts';
import type { OutboxDesk } from '../pipeline/outbox-desk.ts';
import type { InboxDesk } from '../presenters/inbox/views.ts';
import type { Access } from './access.ts';
import { openDesk } from './desk.ts';
import { draftRoutes } from './drafts.ts';
import { foreignRequest } from './guard.ts';
import { ChangeFeed, type Watch } from './live/changes.ts';
import { eventStream } from './live/event-stream.ts';
import { assetResponse, pageResponse, type WebFiles, withSafeHeaders } from './page.ts';
import { PageError, problemOf } from './problems.ts';
import { readBody, SignIn } from './requests.ts';
import { type Visitor, VisitorMessage, VisitorOpening } from './visitor.ts';

export interface InboxOptions {
  /** The built page. */
  readonly files: WebFiles;
  readonly access: Access;
  /** The port that the page is served on. Read with each request: it may be known only later. */
  port(): number;
  /** What one request of the page works with. */
  contextOf(signal: AbortSignal): Context;
  readonly watch: Watch;
  /** How soon changes show, in words. */
  readonly live: string;
  readonly visitor?: Visitor | undefined;
  /** Where a person decides about drafts, if there are any. */
  readonly drafts?: OutboxDesk | undefined;
  /** Called with errors that nobody expects. */
  onError(error: unknown): void;
}

export interface InboxApp {
  fetch(request: Request): Promise<Response>;
  /** Whether a page listens, and so changes are looked for. */
  readonly isWatching: boolean;
  /** Ends the streams of changes, which otherwise never end. */
  close(): void;
}

/** Rows that are asked for by id at once. */
const maxIds = 50;

/**
 * The inbox page and what it reads, below `/inbox`. Everything but the page itself takes a key; the page gets one for a
 * code that was printed where only its user can read it.
 */
export function inboxApp(options: InboxOptions): InboxApp {
  const { files, access, contextOf, visitor, drafts } = options;
  const desk = openDesk();
  const feed = new ChangeFeed(options.watch, options.onError);
  const app = new Hono().basePath('/inbox');

  app.use(async ({ req, res: _ }, next) => {
    const problem = foreignRequest(req.raw, options.port());
    if (problem !== undefined) throw new PageError(403, 'forbidden', problem);
    await next();
  });

  for (const path of ['', '/']) app.get(path, () => pageResponse());
  app.get('/:file{[a-z]+\\.(?:js|css|svg)}', ({ req }) => assetResponse(files, req.param('file')));

  const api = new Hono();
  api.post('/sign-in', async ({ req, json }) => {
    const { code } = await readBody(req.raw, SignIn);
    const key = access.redeem(code);
    if (key === undefined)
      throw new PageError(401, 'bad_code', 'This link was used already, or is not complete.');
    return json({ key });
  });
  api.use(async ({ req }, next) => {
    const [, key] = /^Bearer ([\w.-]{1,200})$/.exec(req.header('authorization') ?? '') ?? [];
    if (!access.admits(key))
      throw new PageError(401, 'no_key', 'This page has to be opened with a new link.');
    await next();
  });
  api.post('/codes', ({ json }) => json({ code: access.newCode() }));
  api.get('/desk', ({ json }) =>
    json({
      sandbox: visitor !== undefined,
      live: options.live,
      drafts: drafts !== undefined,
    } satisfies InboxDesk),
  );
  api.get('/events', ({ req }) => {
    const ended = new AbortController();
    const changes = feed.follow(req.header('last-event-id'), ended.signal);
    req.raw.signal.addEventListener('abort', () => ended.abort());
    return eventStream(changes, () => ended.abort());
  });
  api.get('/sessions', async ({ req, json }) => {
    const context = contextOf(req.raw.signal);
    const { ids, status, channel, handed_off, cursor } = req.query();
    if (ids !== undefined) return json(await desk.rows(ids.split(',').slice(0, maxIds), context));
    const filters = {
      ...(status && { status }),
      ...(channel && { channel_type: channel }),
      ...(handed_off && { handed_off: handed_off === 'true' }),
    };
    return json(await desk.list(filters, cursor, context));
  });
  api.get('/search', async ({ req, json }) => {
    const query = req.query('q')?.trim();
    if (!query) throw new PageError(400, 'invalid_request', 'Type something to search for.');
    return json(await desk.search(query.slice(0, 200), contextOf(req.raw.signal)));
  });
  api.get('/sessions/:id', async ({ req, json }) =>
    json(await desk.read(req.param('id'), req.query('before'), contextOf(req.raw.signal))),
  );
  api.get('/sessions/:id/file', async (context) => fileResponse(context));
  if (visitor) {
    api.post('/visitor', async ({ req, json }) => {
      const opening = await readBody(req.raw, VisitorOpening);
      return json({ id: await visitor.open(withoutUndefined(opening)) });
    });
    api.post('/visitor/:id', async ({ req, json }) => {
      const { text } = await readBody(req.raw, VisitorMessage);
      await visitor.write(req.param('id'), text);
      return json({});
    });
  }
  if (drafts) api.route('/drafts', draftRoutes(drafts));
  app.route('/api', api);

  async function fileResponse({ req }: HonoContext): Promise<Response> {
    const read = await desk.file(req.param('id') ?? '', req.query('id') ?? '', contextOf(req.raw.signal));
    if (read === undefined) throw new PageError(404, 'not_found', 'This session has no such file.');
    if (read.kind === 'unread') throw new PageError(502, 'unread', read.reason);
    return new Response(read.bytes, { headers: { 'content-type': read.type, 'x-file-kind': read.kind } });
  }

  app.notFound(() => problemResponse(new PageError(404, 'not_found', 'Nothing is at this address.')));
  app.onError((error) => problemResponse(error));

  function problemResponse(error: unknown): Response {
    const known = problemOf(error);
    if (known === undefined) options.onError(error);
    const { status, ...problem } = known ?? {
      status: 500,
      error: 'internal',
      message: 'Something went wrong here. The log of the program has the details.',
    };
    return Response.json(problem, { status });
  }

  return {
    fetch: async (request) => withSafeHeaders(await app.fetch(request)),
    get isWatching() {
      return feed.isWatching;
    },
    close: () => feed.close(),
  };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
