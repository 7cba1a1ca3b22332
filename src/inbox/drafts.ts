import { Hono, type Context as HonoContext } from 'hono';
import { z } from '../contract/zod.ts';
import { textOf } from '../conversations/outbox/draft-state.ts';
import type { ListedDraft, Review } from '../conversations/outbox/review-draft.ts';
import type { OutboxDesk } from '../pipeline/outbox-desk.ts';
import { inboxDraft, inboxReview } from '../presenters/inbox/draft.ts';
import type { InboxDecision, InboxDraft, InboxReview } from '../presenters/inbox/views.ts';
import { PageError } from './problems.ts';
import { readBody } from './requests.ts';
import type { PageEnv, Viewer } from './viewer.ts';

const ApproveBody = z
  .object({ digest: z.string().max(200), text: z.string().max(100_000).optional() })
  .strict();

const RejectBody = z
  .object({
    reason: z.string().trim().min(1, 'must not be empty: whoever wrote the message reads it').max(2000),
  })
  .strict();

/** Longer than the longest text as JSON, in bytes. */
const maxBody = 1_000_000;

/** What the page does with drafts. A person decides; that something is sent once, and only as shown, the desk sees to. */
export function draftRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>();

  app.get('/', async ({ var: { viewer }, json }) => {
    const listed = await deskOf(viewer).list();
    if (listed.outcome === 'failed') throw new PageError(502, 'failed', listed.problem);
    const drafts: InboxDraft[] = [];
    for (const draft of listed.drafts) drafts.push(await viewOf(draft, viewer));
    return json({ drafts });
  });
  app.get('/:number', async ({ req, var: { viewer }, json }) => {
    const read = await deskOf(viewer).review(numberOf(req.param('number')));
    if (read.outcome === 'failed') throw new PageError(502, 'failed', read.problem);
    if (read.outcome === 'missing') throw new PageError(404, 'not_found', 'There is no such draft.');
    return json(await reviewViewOf(read.review, viewer));
  });
  app.post('/:number/approve', async (context) => {
    const desk = await decidingDesk(context);
    const { digest, text } = await readBody(context.req.raw, ApproveBody, maxBody);
    const number = numberOf(context.req.param('number'));
    return context.json(await decisionOf(await desk.approve({ number, digest, text }), context.var.viewer));
  });
  app.post('/:number/reject', async (context) => {
    const desk = await decidingDesk(context);
    const { reason } = await readBody(context.req.raw, RejectBody);
    const number = numberOf(context.req.param('number'));
    return context.json(await decisionOf(await desk.reject({ number, reason }), context.var.viewer));
  });
  return app;
}

function deskOf({ drafts }: Viewer): OutboxDesk {
  if (drafts === undefined) throw new PageError(404, 'not_found', 'There are no drafts here.');
  return drafts;
}

/** @throws PageError if the viewer does not decide about drafts. */
async function decidingDesk({ var: { viewer } }: HonoContext<PageEnv>): Promise<OutboxDesk> {
  const { member } = viewer;
  if (member === undefined || member.approves) return deskOf(viewer);
  await member.refused();
  throw new PageError(403, 'forbidden', 'Your role does not approve or reject messages.');
}

type Decided = Awaited<ReturnType<OutboxDesk['approve'] | OutboxDesk['reject']>>;

/** What came of a decision, with the draft as it is now. */
async function decisionOf(decided: Decided, viewer: Viewer): Promise<InboxDecision> {
  const { outcome } = decided;
  const problem = 'problem' in decided ? decided.problem : undefined;
  if ('review' in decided) return { outcome, review: await reviewViewOf(decided.review, viewer) };
  if (!('draft' in decided)) return { outcome, problem };
  const { number } = decided.draft;
  const listed = await deskOf(viewer).list();
  const now = listed.outcome === 'listed' && listed.drafts.find(({ draft }) => draft.number === number);
  return { outcome, problem, ...(now && { draft: await viewOf(now, viewer) }) };
}

function viewOf(listed: ListedDraft, { redact }: Viewer): Promise<InboxDraft> {
  return inboxDraft(listed, textOf(listed.draft, Date.now()), redact);
}

function reviewViewOf(review: Review, { redact }: Viewer): Promise<InboxReview> {
  return inboxReview(review, textOf(review.draft, Date.now()), redact);
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new PageError(404, 'not_found', 'There is no such draft.');
}
