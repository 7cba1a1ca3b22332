import type { Db } from '../../store/db.ts';
import { changeSession } from '../../store/queries/sessions.ts';
import type { SessionRow } from '../../store/tables.ts';
import { addEvent } from '../events.ts';
import { summarize } from '../summary.ts';

/** Why the AI hands off. There is no reason for anger. Source: docs.open.cx/api-reference/handoff-analytics/events. */
export type HandOffReason =
  | 'insufficient_knowledge'
  | 'insufficient_tools'
  | 'prohibited_topic'
  | 'user_requested_human_assistance';

interface HandOff {
  /** The first sentence of the summary. */
  readonly why: string;
  readonly reason?: HandOffReason;
}

/**
 * Hands a session off from the AI to a person. Stores a summary and the customer's sentiment.
 * Source: docs.open.cx/core-concepts; assumption `handOff`.
 */
export async function handOff(
  db: Db,
  session: SessionRow,
  at: string,
  { why, reason }: HandOff,
): Promise<void> {
  const { text, sentiment } = await summarize(db, session.id);
  const summary = `${why} ${text}`;
  await changeSession(db, session.id, {
    ai_closure_type: 'handed_off',
    sentiment,
    handed_off: 1,
    handoff_summary: summary,
    handoff_sentiment: sentiment,
    updated_at: at,
  });
  await addEvent(db, session.id, at, {
    type: 'handoff',
    sender: { type: 'system' },
    content: { type: 'text', text: summary },
    context: { ...(reason && { reason }), sentiment },
  });
}

/** Whether a person is responsible for the session. The AI does not answer then. */
export function isWithAgent(session: SessionRow): boolean {
  return session.handed_off === 1 || session.assignee_id !== null;
}
