import { SessionStatus } from '../contract/primitives.ts';
import { z } from '../contract/zod.ts';
import type { Context } from '../conversations/context.ts';
import { ArgumentError } from '../conversations/errors.ts';
import { readAfterWrite } from '../conversations/sending/read-after-write.ts';
import { presentUpdated, UpdatedView } from '../presenters/sending/write-results.ts';
import { SessionId } from './input/session-id.ts';
import { defineTool } from './tool.ts';

export const updateSession = defineTool({
  name: 'update_session',
  title: 'Close or reopen a session',
  description:
    'Close a session (closed_resolved, closed_unresolved) or reopen it (open). Only the status can be changed here; send_message changes custom data.',
  effect: { write: true, destructive: true, idempotent: true, openWorld: false },
  input: z
    .object({
      session_id: SessionId,
      status: SessionStatus.describe('New status').optional(),
      generate_summary_and_sentiment_on_resolve: z.boolean().describe('On closing').optional(),
      reflect_status_change_for_integration: z
        .boolean()
        .describe('Also change the linked ticketing system')
        .optional(),
      session_closed_payload: z.record(z.unknown()).describe('Free-form data for the closing').optional(),
    })
    .strict(),
  output: UpdatedView,

  async run({ session_id, ...changes }, context) {
    if (Object.values(changes).every((value) => value === undefined)) {
      throw new ArgumentError(
        'status',
        'nothing to change was given; pass open, closed_resolved or closed_unresolved',
      );
    }
    // A hint beside the answer: it is looked up meanwhile, and may not cost the answer anything.
    const drafts = draftsLeftBy(session_id, changes.status, context).catch(() => []);
    // Known only if the call named it by its ticket number.
    const before = context.fetched;
    await context.client.updateSession(session_id, changes, context.call);
    const session = await readAfterWrite(session_id, context);
    const known = { before: before?.status, drafts: await drafts };
    return { id: session_id, status: changes.status, session, ...known };
  },

  present: ({ id, status, session, before, drafts }, context) =>
    presentUpdated(id, status, session, context, { before, drafts }),
});

/** The drafts that would still wait in a session that is closed. Most servers have no outbox. */
async function draftsLeftBy(
  sessionId: string,
  status: string | undefined,
  context: Context,
): Promise<number[]> {
  if (status === undefined || status === 'open' || context.outbox === undefined) return [];
  const { waitingDrafts } = await import('../conversations/outbox/own-drafts.ts');
  return waitingDrafts(sessionId, context);
}
