import type { Db } from '../../store/db.ts';
import { changeSession } from '../../store/queries/sessions.ts';
import type { SessionRow } from '../../store/tables.ts';
import { addEvent } from '../events.ts';
import { summarize } from '../summary.ts';

/** Why the AI's part ends; no word is for anger. Source: facts, "Lifecycle". */
export type HandOffReason =
  | 'insufficient_knowledge'
  | 'insufficient_tools'
  | 'prohibited_topic'
  | 'user_requested_human_assistance';

interface HandOff {
  /** In a sentence, which the summary begins with. */
  readonly why: string;
  readonly reason?: HandOffReason;
}

/**
 * Ends the AI's part: from now on the session carries a handoff, with a summary and the customer's mood, and a person
 * holds it. Source: facts, "Lifecycle"; assumption `handOff`.
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

/** Whether a person has the session, so that the AI keeps still. */
export function isHeld(session: SessionRow): boolean {
  return session.handed_off === 1 || session.assignee_id !== null;
}
