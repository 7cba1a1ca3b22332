import type { Db } from '../../store/db.ts';
import { changeSession } from '../../store/queries/sessions.ts';
import type { SessionRow } from '../../store/tables.ts';
import { addEvent } from '../events.ts';
import { summarize } from '../summary.ts';

interface Closing {
  readonly status: 'closed_resolved' | 'closed_unresolved';
  /** Type of the history event. Source: the event types in the public widget, github.com/opencx-labs/widget. */
  readonly event:
    | 'closed_resolved_by_api'
    | 'closed_unresolved_by_api'
    | 'ai_decided_to_resolve_the_issue'
    | 'ai_assumed_the_session_resolved';
  readonly by: 'api' | 'ai';
  /** Set if the AI closes the session. */
  readonly aiClosure?: 'resolved' | 'assumed_resolved';
  /** Further context of the event. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Whether to store a summary and the customer's sentiment. */
  readonly summary: boolean;
}

/**
 * Closes a session. The history records who closed it, how long it was open and, if requested, a summary.
 * Source: docs.open.cx/api-reference, `updateChatSession`; assumptions `insights`, `closingSummary`.
 */
export async function closeSession(db: Db, session: SessionRow, at: string, closing: Closing): Promise<void> {
  const { status, event, by, aiClosure, context } = closing;
  const summary = closing.summary ? await summarize(db, session.id) : undefined;
  await changeSession(db, session.id, {
    status,
    ...(aiClosure && { ai_closure_type: aiClosure }),
    ...(summary && { sentiment: summary.sentiment }),
    updated_at: at,
  });
  const duration = Math.round((Date.parse(at) - Date.parse(session.created_at)) / 1000);
  await addEvent(db, session.id, at, {
    type: event,
    sender: { type: by === 'ai' ? 'ai' : 'system' },
    context: { closed_by: by, duration_seconds: duration, ...context },
  });
  if (!summary) return;
  // The event type is an assumption: none is documented for summaries.
  await addEvent(db, session.id, at, {
    type: 'summary_generated',
    sender: { type: 'system' },
    content: { type: 'text', text: summary.text },
    context: { sentiment: summary.sentiment },
  });
}
