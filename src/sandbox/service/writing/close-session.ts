import type { Db } from '../../store/db.ts';
import { changeSession } from '../../store/queries/sessions.ts';
import type { SessionRow } from '../../store/tables.ts';
import { addEvent } from '../events.ts';
import { summarize } from '../summary.ts';

interface Closing {
  readonly status: 'closed_resolved' | 'closed_unresolved';
  /** The mark that it leaves in the history. Source of the words: facts, "Update" and "History". */
  readonly mark:
    | 'closed_resolved_by_api'
    | 'closed_unresolved_by_api'
    | 'ai_decided_to_resolve_the_issue'
    | 'ai_assumed_the_session_resolved';
  readonly by: 'api' | 'ai';
  /** How the AI's part ended, where this ends it. */
  readonly aiClosure?: 'resolved' | 'assumed_resolved';
  /** What else stands beside the mark. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Whether a summary and the customer's mood are stored, too. */
  readonly summary: boolean;
}

/**
 * Closes a session and leaves in its history who closed it, after how long, and a summary where one is wanted.
 * Source: facts, "Update"; assumptions `insights`, `closingSummary`.
 */
export async function closeSession(db: Db, session: SessionRow, at: string, closing: Closing): Promise<void> {
  const { status, mark, by, aiClosure, context } = closing;
  const summary = closing.summary ? await summarize(db, session.id) : undefined;
  await changeSession(db, session.id, {
    status,
    ...(aiClosure && { ai_closure_type: aiClosure }),
    ...(summary && { sentiment: summary.sentiment }),
    updated_at: at,
  });
  const duration = Math.round((Date.parse(at) - Date.parse(session.created_at)) / 1000);
  await addEvent(db, session.id, at, {
    type: mark,
    sender: { type: by === 'ai' ? 'ai' : 'system' },
    context: { closed_by: by, duration_seconds: duration, ...context },
  });
  if (!summary) return;
  // "summary_generated" is an assumption: no public word names this event.
  await addEvent(db, session.id, at, {
    type: 'summary_generated',
    sender: { type: 'system' },
    content: { type: 'text', text: summary.text },
    context: { sentiment: summary.sentiment },
  });
}
