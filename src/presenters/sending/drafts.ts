import type { OwnDraft, OwnDrafts } from '../../conversations/outbox/own-drafts.ts';
import { cleanLine, cleanText } from '../../text/clean.ts';
import { isoTime, timeWithAge } from '../../text/time-format.ts';
import { bareToken, quoted } from '../rendering/quoting.ts';
import { omitEmpty } from '../rendering/rendering.ts';
import type { DraftsPart, DraftView } from './drafts-view.ts';

/** Enough to know which one it is. */
const maxBeginning = 120;

const maxTexts = 2000;

/** @returns undefined if messages do not wait for a person. */
export function draftsPart(own: OwnDrafts | undefined): DraftsPart | undefined {
  if (own === undefined) return undefined;
  const note = own.failed
    ? 'What became of messages that wait for a person could not be read.'
    : own.leftOut > 0
      ? `${own.leftOut} older drafts are left out.`
      : '';
  return {
    fields: (maxCharacters) =>
      omitEmpty({
        drafts: own.drafts.map((one) => draftView(one, Math.min(maxCharacters, maxTexts))),
        drafts_note: note,
      }),
    notes({ drafts = [], drafts_note }) {
      return [
        ...(drafts.length > 0 ? [`Your drafts: ${numbersByState(drafts)}.`] : []),
        ...(drafts_note === undefined ? [] : [drafts_note]),
      ];
    },
    lines: ({ drafts = [] }, now) => drafts.flatMap((draft) => draftLines(draft, now)),
  };
}

/** `numbers 3, 1 waiting; number 2 sent`, in the order of their first one. */
function numbersByState(drafts: readonly DraftView[]): string {
  const states = new Set(drafts.map(({ state }) => state));
  return [...states]
    .map((state) => {
      const numbers = drafts.filter((draft) => draft.state === state).map(({ number }) => number);
      return `${numbers.length === 1 ? 'number' : 'numbers'} ${numbers.join(', ')} ${state}`;
    })
    .join('; ');
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

function draftLines(draft: DraftView, now: Date): string[] {
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
}
