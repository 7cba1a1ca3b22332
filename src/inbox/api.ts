import { Hono, type Context as HonoContext } from 'hono';
import type { InboxDesk } from '../presenters/inbox/views.ts';
import { draftRoutes } from './drafts.ts';
import type { Numbered } from './live/changes.ts';
import { eventStream } from './live/event-stream.ts';
import { PageError } from './problems.ts';
import type { Reading } from './reading.ts';
import { readBody } from './requests.ts';
import type { Member, PageEnv, Viewer } from './viewer.ts';
import { VisitorMessage, VisitorOpening } from './visitor.ts';

/** Rows that are asked for by id at once. */
const maxIds = 50;

/** What the page reads and does. The app that it is mounted in has let the request in, and set the viewer. */
export function pageApi(): Hono<PageEnv> {
  const api = new Hono<PageEnv>();

  api.get('/desk', ({ var: { viewer }, json }) => {
    const { visitor, live, drafts, member } = viewer;
    return json({
      sandbox: visitor !== undefined,
      live,
      drafts: drafts !== undefined,
      approves: member?.approves ?? true,
      ...(member && {
        member: { name: member.name, workspace: member.workspace, role: member.role },
      }),
    } satisfies InboxDesk);
  });
  api.get('/events', ({ req, var: { viewer } }) => {
    const { feed, member } = viewer;
    const ended = new AbortController();
    const end = () => ended.abort();
    const changes = feed.follow(req.header('last-event-id'), ended.signal);
    req.raw.signal.addEventListener('abort', end);
    if (member === undefined) return eventStream(changes, end);
    const timer = setTimeout(end, member.until - Date.now());
    return eventStream(whileAdmitted(changes, member), () => {
      clearTimeout(timer);
      end();
    });
  });
  api.get('/sessions', async (context) => {
    const {
      req,
      json,
      var: { viewer },
    } = context;
    const { ids, status, channel, handed_off, cursor } = req.query();
    const { desk } = viewer;
    const reading = readingOf(context);
    if (ids !== undefined) return json(await desk.rows(ids.split(',').slice(0, maxIds), reading));
    const filters = {
      ...(status && { status }),
      ...(channel && { channel_type: channel }),
      ...(handed_off && { handed_off: handed_off === 'true' }),
    };
    return json(await desk.list(filters, cursor, reading));
  });
  api.get('/search', async (context) => {
    const {
      req,
      json,
      var: { viewer },
    } = context;
    requireTool(viewer, 'search_sessions', 'Your role does not search.');
    const query = req.query('q')?.trim();
    if (!query) throw new PageError(400, 'invalid_request', 'Type something to search for.');
    return json(await viewer.desk.search(query.slice(0, 200), readingOf(context)));
  });
  api.get('/sessions/:id', async (context) => {
    const {
      req,
      json,
      var: { viewer },
    } = context;
    return json(await viewer.desk.read(req.param('id'), req.query('before'), readingOf(context)));
  });
  api.get('/sessions/:id/file', async (context) => {
    const {
      req,
      var: { viewer },
    } = context;
    requireTool(viewer, 'get_attachment', 'Your role does not open files.');
    const read = await viewer.desk.file(req.param('id'), req.query('id') ?? '', readingOf(context));
    if (read === undefined) throw new PageError(404, 'not_found', 'This session has no such file.');
    if (read.kind === 'unread') throw new PageError(502, 'unread', read.reason);
    return new Response(read.bytes, { headers: { 'content-type': read.type, 'x-file-kind': read.kind } });
  });
  api.post('/visitor', async (context) => {
    const opening = await readBody(context.req.raw, VisitorOpening);
    return context.json({ id: await visitorOf(context).open(withoutUndefined(opening)) });
  });
  api.post('/visitor/:id', async (context) => {
    const { text } = await readBody(context.req.raw, VisitorMessage);
    await visitorOf(context).write(context.req.param('id'), text);
    return context.json({});
  });
  api.route('/drafts', draftRoutes());
  return api;
}

function readingOf({ req, var: { viewer } }: HonoContext<PageEnv>): Reading {
  return { context: viewer.contextOf(req.raw.signal), redact: viewer.redact };
}

function visitorOf({ var: { viewer } }: HonoContext<PageEnv>) {
  if (viewer.visitor === undefined) throw new PageError(404, 'not_found', 'Nothing is at this address.');
  return viewer.visitor;
}

function requireTool({ member }: Viewer, tool: string, message: string): void {
  if (member !== undefined && !member.has(tool)) throw new PageError(403, 'forbidden', message);
}

/** A role can be lost while somebody watches. */
async function* whileAdmitted(
  changes: AsyncGenerator<Numbered, void, undefined>,
  member: Member,
): AsyncGenerator<Numbered, void, undefined> {
  for await (const change of changes) {
    if (!member.isAdmitted()) return;
    yield change;
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
