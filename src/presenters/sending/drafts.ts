import { z } from '../../contract/zod.ts';
import type { OwnDraft, OwnDrafts } from '../../conversations/outbox/own-drafts.ts';
import { cleanLine, cleanText } from '../../text/clean.ts';
import { isoTime, timeWithAge } from '../../text/time-format.ts';
import { bareToken, quoted } from '../rendering/quoting.ts';
import { omitEmpty } from '../rendering/rendering.ts';

export const DraftView = z.object({
  number: z.number(),
  session_id: z.string(),
  ticket_number: z.number().optional(),
  state: z
    .string()
    .describe(
      'waiting, approved (being sent), sent, rejected, expired, or unknown (it may or may not be there)',
    ),
  written_at: z.string(),
  expires: z.string().describe('Until when a person can decide').optional(),
  text: z.string().describe('Its beginning, as you wrote it'),
  decided_by: z.string().optional(),
  decided_at: z.string().optional(),
  reason: z.string().describe('Why it was rejected').optional(),
  final_text: z.string().describe('What was sent in its place: a person edited it').optional(),
  message_id: z.string().optional(),
  problem: z.string().describe('Why it was not sent although it was approved').optional(),
});
export type DraftView = z.infer<typeof DraftView>;

/** The members of an answer that tell a writer what became of messages that a person has to approve. */
export const draftFields = {
  drafts: z.array(DraftView).describe('Your messages that wait for a person, or did').optional(),
  drafts_note: z.string().optional(),
};

/** Enough to know which one it is. */
const maxBeginning = 120;

const maxTexts = 2000;

/** @param maxCharacters limit for each longer text, if there is less space than usual. */
export function draftsView(own: OwnDrafts | undefined, maxCharacters: number) {
  if (own === undefined) return {};
  const note = own.failed
    ? 'What became of messages that wait for a person could not be read.'
    : own.leftOut > 0
      ? `${own.leftOut} older drafts are left out.`
      : '';
  return omitEmpty({
    drafts: own.drafts.map((one) => draftView(one, Math.min(maxCharacters, maxTexts))),
    drafts_note: note,
  });
}

function draftView({ draft, state }: OwnDraft, maxCharacters: number): DraftView {
  const { number, sessionId, scene, body, created, expires, decision, messageId, problem } = draft;
  const isDecided = state !== 'waiting' && state !== 'expired';
  const wasSent = state === 'sent' || state === 'unknown' || state === 'approved';
  const time = (ms: number) => isoTime(new Date(ms).toISOString());
  return {
    number,
    session_id: cleanLine(sessionId),
    ...omitEmpty({ ticket_number: scene.session.ticket_number }),
    state,
    written_at: time(created),
    ...(state === 'waiting' && { expires: time(expires) }),
    text: cleanText(body.message.text, Math.min(maxCharacters, maxBeginning)),
    ...omitEmpty({
      ...(isDecided &&
        decision && { decided_by: cleanLine(decision.by, 100), decided_at: time(decision.at) }),
      reason:
        state === 'rejected' && decision?.reason ? cleanText(decision.reason, maxCharacters) : undefined,
      final_text:
        wasSent && decision?.text !== undefined ? cleanText(decision.text, maxCharacters) : undefined,
      message_id: messageId === undefined ? undefined : cleanLine(messageId),
      problem: problem === undefined ? undefined : cleanLine(problem, 200),
    }),
  };
}

/** One entry for each draft, for the data block: reasons, names and texts are people's words. */
export function draftLines(drafts: readonly DraftView[], now: Date): string[] {
  return drafts.flatMap((draft) => {
    const { number, ticket_number, session_id, state, written_at, expires, text, reason, final_text } = draft;
    const where = ticket_number === undefined ? bareToken(session_id) : `#${ticket_number}`;
    const by = draft.decided_by === undefined ? '' : ` by ${quoted(draft.decided_by)}`;
    const at = draft.decided_at === undefined ? '' : `, ${timeWithAge(draft.decided_at, now)}`;
    const fate = {
      waiting: `waits for a person until ${expires === undefined ? '' : timeWithAge(expires, now)}`,
      approved: `approved${by}${at}, being sent`,
      sent: `approved${by}${at}, sent${draft.message_id === undefined ? '' : ` as ${bareToken(draft.message_id)}`}`,
      rejected: `rejected${by}${at}`,
      expired: 'expired: nobody decided in time; not sent',
      unknown: `approved${by}${at}; delivery unknown: it may or may not be in the session`,
    }[state];
    return [
      `draft ${number} in ${where}, written ${timeWithAge(written_at, now)}: ${fate}`,
      `  text ${quoted(text)}`,
      ...(reason === undefined ? [] : [`  reason ${quoted(reason)}`]),
      ...(final_text === undefined ? [] : [`  edited; the text that was sent is ${quoted(final_text)}`]),
      ...(draft.problem === undefined ? [] : [`  not sent after an approval: ${quoted(draft.problem)}`]),
    ];
  });
}
