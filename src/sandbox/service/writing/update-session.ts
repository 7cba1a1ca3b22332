import type { UpdateSessionBody } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import { changeSession } from '../../store/queries/sessions.ts';
import type { SessionRow } from '../../store/tables.ts';
import { addEvent } from '../events.ts';
import { requireSession } from '../require-session.ts';
import { type Service, timestampAfter } from '../service.ts';
import { closeSession } from './close-session.ts';

/**
 * Changes a session's status and records it in the history. Setting the current status changes nothing.
 * Source: docs.open.cx/api-reference, `updateChatSession`; assumptions `sameStatus`, `closedPayload`.
 * @throws Refusal 404.
 */
export async function updateSession(
  service: Service,
  id: string,
  body: z.infer<typeof UpdateSessionBody>,
): Promise<void> {
  await service.store.write(async (db) => {
    const session = await requireSession(db, id);
    const { status } = body;
    if (status === undefined || status === session.status) return;
    const at = timestampAfter(service, session.updated_at);
    if (status === 'open') {
      await reopen(db, session, at);
      return;
    }
    await closeSession(db, session, at, {
      status,
      event: `${status}_by_api`,
      by: 'api',
      ...(body.session_closed_payload !== undefined && {
        context: { session_closed_payload: body.session_closed_payload },
      }),
      summary: body.generate_summary_and_sentiment_on_resolve === true,
    });
  });
}

/** Reopens a closed session. Clears how the AI closed it, but keeps a handoff. Source: assumption `reopening`. */
export async function reopen(db: Db, session: SessionRow, at: string): Promise<void> {
  await changeSession(db, session.id, {
    status: 'open',
    ai_closure_type: session.ai_closure_type === 'handed_off' ? 'handed_off' : null,
    updated_at: at,
  });
  // No event type is documented for reopening by API; this is the closest one.
  await addEvent(db, session.id, at, { type: 'system_reopened_session', sender: { type: 'system' } });
}
