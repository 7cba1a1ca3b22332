import { Hono, type Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { pageApi } from '../api.ts';
import { foreignTeamRequest } from '../guard.ts';
import { assetResponse, pageResponse, type WebFiles, withSafeHeaders } from '../page.ts';
import { PageError, problemResponse } from '../problems.ts';
import type { PageEnv, Viewer } from '../viewer.ts';
import { isNotice, type NoticeWord, noticeResponse } from './notices.ts';

/** How people come in: with their identity provider, and then with a cookie. */
export interface TeamDoor {
  /** Origin of the server for people. */
  readonly publicUrl: string;
  /** The workspace that an address names, or the only one; undefined if there is none. */
  workspaceAt(name: string | undefined): string | undefined;
  /** @returns where to send the browser, and what it has to bring back; or why that is not possible. */
  begin(
    workspace: string,
    home: string,
    isForOther: boolean,
  ): Promise<{ readonly url: string; readonly attempt: string } | { readonly problem: NoticeWord }>;
  /** @param query what the provider said. @param attempt of `begin`. */
  finish(
    query: URLSearchParams,
    attempt: string,
  ): Promise<
    { readonly home: string } & (
      | { readonly workspace: string; readonly session: string }
      | { readonly problem: NoticeWord }
    )
  >;
  /** Whoever a session of `finish` stands for, as the team is now. @throws PageError if nobody. */
  viewer(workspace: string, session: string): Promise<Viewer>;
}

export interface TeamInboxOptions {
  /** The built page. */
  readonly files: WebFiles;
  /** Asked with each request: the team may have changed. */
  door(): TeamDoor;
  /**
   * Called with unexpected errors, and with those that only an operator can fix.
   * @param workspace as the address names it, if it does.
   */
  onError(error: unknown, workspace?: string): void;
}

/** Lives of the cookies in seconds. What is in them says itself when it ends. */
export const attemptSeconds = 600;
export const sessionSeconds = 3600;

const attemptCookie = 'opencx-inbox-sign-in';

/** A page of another site can send no header of its own without being allowed to. */
const pageHeader = 'x-opencx-inbox';

/**
 * The inbox page of a team below `/inbox`, one for each workspace. The page itself is open to all, and empty: what it reads
 * takes the cookie that somebody gets who signs in.
 */
export function teamInboxApp({ files, door, onError }: TeamInboxOptions) {
  const app = new Hono<PageEnv>().basePath('/inbox');

  app.use(async ({ req, res: _ }, next) => {
    const problem = foreignTeamRequest(req.raw, door().publicUrl);
    if (problem !== undefined) throw new PageError(403, 'forbidden', problem);
    await next();
  });
  app.get('/:file{[a-z]+\\.(?:js|css|svg)}', ({ req }) => assetResponse(files, req.param('file')));

  app.get('/signed-in', async (context) => {
    const { req, redirect } = context;
    const finished = await door().finish(
      new URL(req.url).searchParams,
      getCookie(context, attemptCookie, prefix()) ?? '',
    );
    deleteCookie(context, attemptCookie, cookieOptions());
    const { home } = finished;
    if ('problem' in finished) return redirect(`${home}/notice?about=${finished.problem}`, 303);
    setCookie(context, sessionCookie(finished.workspace), finished.session, {
      ...cookieOptions(),
      // Other sites link to the page, which is empty; only the page itself reads with the cookie.
      sameSite: 'Strict',
      maxAge: sessionSeconds,
    });
    return redirect(home, 303);
  });

  const api = new Hono<PageEnv>();
  api.use(async ({ req, res: _ }, next) => {
    if (req.header(pageHeader) === undefined)
      throw new PageError(403, 'forbidden', 'The request does not come from the page.');
    await next();
  });
  api.post('/sign-out', (context) => {
    deleteCookie(context, sessionCookie(workspaceOf(context)), cookieOptions());
    return context.json({});
  });
  api.use(async (context, next) => {
    const workspace = workspaceOf(context);
    const session = getCookie(context, sessionCookie(workspace), prefix()) ?? '';
    context.set('viewer', await door().viewer(workspace, session));
    await next();
  });
  api.route('/', pageApi());

  for (const path of ['', '/w/:workspace{[a-z0-9][a-z0-9_-]{0,39}}']) {
    for (const end of ['', '/']) {
      app.get(`${path}${end}`, ({ req }) => {
        const { home, workspace, missing } = placeOf(req.param('workspace'));
        return workspace === undefined
          ? noticeResponse(missing, home)
          : pageResponse(home, `${home}/sign-in`);
      });
    }
    app.get(`${path}/sign-in`, async (context) => {
      const { req, redirect } = context;
      const { home, workspace, missing } = placeOf(req.param('workspace'));
      if (workspace === undefined) return noticeResponse(missing, home);
      const begun = await door().begin(workspace, home, req.query('other') !== undefined);
      if ('problem' in begun) return redirect(`${home}/notice?about=${begun.problem}`, 303);
      setCookie(context, attemptCookie, begun.attempt, {
        ...cookieOptions(),
        // The provider's site leads back.
        sameSite: 'Lax',
        maxAge: attemptSeconds,
      });
      return redirect(begun.url, 303);
    });
    app.get(`${path}/notice`, ({ req }) => {
      const word = req.query('about') ?? '';
      return noticeResponse(isNotice(word) ? word : 'unknown', placeOf(req.param('workspace')).home);
    });
    app.route(`${path}/api`, api);
  }

  function placeOf(name: string | undefined) {
    const home = name === undefined ? '/inbox' : `/inbox/w/${name}`;
    const missing: NoticeWord = name === undefined ? 'several' : 'unknown';
    return { home, workspace: door().workspaceAt(name), missing };
  }

  function workspaceOf({ req }: HonoContext<PageEnv>): string {
    const workspace = door().workspaceAt(req.param('workspace'));
    if (workspace === undefined) throw new PageError(404, 'not_found', 'No inbox is at this address.');
    return workspace;
  }

  const isSecure = () => door().publicUrl.startsWith('https:');
  /** A browser takes such a cookie from this host alone, over https. */
  const prefix = () => (isSecure() ? 'host' : undefined);
  const cookieOptions = () =>
    ({
      path: '/',
      httpOnly: true,
      secure: isSecure(),
      ...(isSecure() && { prefix: 'host' as const }),
    }) as const;

  app.notFound(() =>
    problemResponse(new PageError(404, 'not_found', 'Nothing is at this address.'), onError),
  );
  app.onError((error, { req }) => problemResponse(error, () => onError(error, req.param('workspace')), true));

  return { fetch: async (request: Request) => withSafeHeaders(await app.fetch(request)) };
}

/** One for each workspace, so that somebody can be in several. */
function sessionCookie(workspace: string): string {
  return `opencx-inbox-${workspace}`;
}
