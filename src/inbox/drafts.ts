import { Hono } from 'hono';
import { z } from '../contract/zod.ts';
import { textOf } from '../conversations/outbox/draft-state.ts';
import type { ListedDraft, Review } from '../conversations/outbox/review-draft.ts';
import type { OutboxDesk } from '../pipeline/outbox-desk.ts';
import { inboxDraft, inboxReview } from '../presenters/inbox/draft.ts';
import type { InboxDecision, InboxDraft, InboxReview } from '../presenters/inbox/views.ts';
import { PageError } from './problems.ts';
import { readBody } from './requests.ts';

const ApproveBody = z
  .object({ digest: z.string().max(200), text: z.string().max(100_000).optional() })
  .strict();

const RejectBody = z
  .object({ reason: z.string().trim().min(1, 'Say why: whoever wrote it reads it.').max(2000) })
  .strict();

/** Longer than the longest text as JSON, in bytes. */
const maxBody = 1_000_000;

/** What the page does with drafts. A person decides; that something is sent once, and only as shown, the desk sees to. */
export function draftRoutes(desk: OutboxDesk): Hono {
  const app = new Hono();

  app.get('/', async ({ json }) => {
    const listed = await desk.list();
    if (listed.outcome === 'failed') throw new PageError(502, 'failed', listed.problem);
    const drafts: InboxDraft[] = [];
    for (const draft of listed.drafts) drafts.push(await viewOf(draft));
    return json({ drafts });
  });
  app.get('/:number', async ({ req, json }) => {
    const read = await desk.review(numberOf(req.param('number')));
    if (read.outcome === 'failed') throw new PageError(502, 'failed', read.problem);
    if (read.outcome === 'missing') throw new PageError(404, 'not_found', 'There is no such draft.');
    return json(await reviewViewOf(read.review));
  });
  app.post('/:number/approve', async ({ req, json }) => {
    const { digest, text } = await readBody(req.raw, ApproveBody, maxBody);
    const number = numberOf(req.param('number'));
    return json(await decisionOf(await desk.approve({ number, digest, text }), desk));
  });
  app.post('/:number/reject', async ({ req, json }) => {
    const { reason } = await readBody(req.raw, RejectBody);
    return json(await decisionOf(await desk.reject({ number: numberOf(req.param('number')), reason }), desk));
  });
  return app;
}

type Decided = Awaited<ReturnType<OutboxDesk['approve'] | OutboxDesk['reject']>>;

/** What came of a decision, with the draft as it is now. */
async function decisionOf(decided: Decided, desk: OutboxDesk): Promise<InboxDecision> {
  const { outcome } = decided;
  const problem = 'problem' in decided ? decided.problem : undefined;
  if ('review' in decided) return { outcome, review: await reviewViewOf(decided.review) };
  if (!('draft' in decided)) return { outcome, problem };
  const { number } = decided.draft;
  const listed = await desk.list();
  const now = listed.outcome === 'listed' && listed.drafts.find(({ draft }) => draft.number === number);
  return { outcome, problem, ...(now && { draft: await viewOf(now) }) };
}

function viewOf(listed: ListedDraft): Promise<InboxDraft> {
  return inboxDraft(listed, textOf(listed.draft, Date.now()));
}

function reviewViewOf(review: Review): Promise<InboxReview> {
  return inboxReview(review, textOf(review.draft, Date.now()));
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new PageError(404, 'not_found', 'There is no such draft.');
}
