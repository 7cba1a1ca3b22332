import type { UpdateSessionBody } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import { changeSession } from '../../store/queries/sessions.ts';
import type { SessionRow } from '../../store/tables.ts';
import { addEvent } from '../events.ts';
import { type Service, timestampAfter } from '../service.ts';
import { requireSession } from '../sessions.ts';
import { closeSession } from './close-session.ts';

/**
 * Changes a session's status and leaves the marks of it in the history. The status it already has changes
 * nothing. Source: facts, "Update".
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
      mark: `${status}_by_api`,
      by: 'api',
      ...(body.session_closed_payload !== undefined && {
        context: { session_closed_payload: body.session_closed_payload },
      }),
      summary: body.generate_summary_and_sentiment_on_resolve === true,
    });
  });
}

/** Opens a closed session again; how the AI's part had ended no longer holds, unless it was handed off. */
export async function reopen(db: Db, session: SessionRow, at: string): Promise<void> {
  await changeSession(db, session.id, {
    status: 'open',
    ai_closure_type: session.ai_closure_type === 'handed_off' ? 'handed_off' : null,
    updated_at: at,
  });
  // No public word names a reopening by API; this is the nearest of those that exist.
  await addEvent(db, session.id, at, { type: 'system_reopened_session', sender: { type: 'system' } });
}
