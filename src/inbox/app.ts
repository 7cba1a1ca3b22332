import { Hono } from 'hono';
import type { Access } from './access-codes.ts';
import { pageApi } from './api.ts';
import { openDesk } from './desk.ts';
import { foreignLocalRequest } from './guard.ts';
import { ChangeFeed, type Watch } from './live/changes.ts';
import { assetResponse, pageResponse, type WebFiles, withSafeHeaders } from './page.ts';
import { PageError, problemResponse } from './problems.ts';
import { readBody, SignIn } from './requests.ts';
import type { PageEnv, Viewer } from './viewer.ts';

export interface InboxOptions extends Omit<Viewer, 'desk' | 'feed' | 'redact' | 'member'> {
  /** The built page. */
  readonly files: WebFiles;
  readonly access: Access;
  /** The port that the page is served on. Read with each request: it may be known only later. */
  port(): number;
  readonly watch: Watch;
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

/**
 * The inbox page of this machine and what it reads, below `/inbox`. Everything but the page itself takes a key; the page
 * gets one for a code that was printed where only its user can read it.
 */
export function inboxApp(options: InboxOptions): InboxApp {
  const { files, access, onError } = options;
  const feed = new ChangeFeed(options.watch, onError);
  const viewer: Viewer = { ...options, desk: openDesk(), feed };
  const app = new Hono().basePath('/inbox');

  app.use(async ({ req, res: _ }, next) => {
    const problem = foreignLocalRequest(req.raw, options.port());
    if (problem !== undefined) throw new PageError(403, 'forbidden', problem);
    await next();
  });

  for (const path of ['', '/']) app.get(path, () => pageResponse('/inbox'));
  app.get('/:file{[a-z]+\\.(?:js|css|svg)}', ({ req }) => assetResponse(files, req.param('file')));

  const api = new Hono<PageEnv>();
  api.post('/sign-in', async ({ req, json }) => {
    const { code } = await readBody(req.raw, SignIn);
    const key = access.redeem(code);
    if (key === undefined)
      throw new PageError(401, 'bad_code', 'This link was used already, is too old, or is not complete.');
    return json({ key });
  });
  api.use(async (context, next) => {
    const [, key] = /^Bearer ([\w.-]{1,200})$/.exec(context.req.header('authorization') ?? '') ?? [];
    if (!access.admits(key))
      throw new PageError(401, 'no_key', 'This page has to be opened with a new link.');
    context.set('viewer', viewer);
    await next();
  });
  api.post('/codes', ({ json }) => json({ code: access.newCode() }));
  api.route('/', pageApi());
  app.route('/api', api);

  app.notFound(() =>
    problemResponse(new PageError(404, 'not_found', 'Nothing is at this address.'), onError),
  );
  app.onError((error) => problemResponse(error, onError));

  return {
    fetch: async (request) => withSafeHeaders(await app.fetch(request)),
    get isWatching() {
      return feed.isWatching;
    },
    close: () => feed.close(),
  };
}
