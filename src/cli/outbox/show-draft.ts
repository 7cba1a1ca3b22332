import { type DraftState, stateOf, textOf } from '../../conversations/outbox/draft-state.ts';
import type { Review } from '../../conversations/outbox/review-draft.ts';
import type { Difference } from '../../conversations/outbox/scene.ts';
import { messageLines, messageViews } from '../../presenters/message.ts';
import { bareToken, quoted } from '../../presenters/rendering/quoting.ts';
import { sendQuestionText, shownValue } from '../../presenters/sending/send-question.ts';
import type { Draft } from '../../state/outbox/outbox.ts';
import { clean } from '../../text/clean.ts';
import { age, timeWithAge } from '../../text/time-format.ts';

/** Characters of others' texts that are shown; the message itself is shown as a whole. */
const maxCharacters = { line: 60, answered: 500, message: 1000, problem: 500 };

const states: Readonly<Record<DraftState, string>> = {
  waiting: 'waits',
  approved: 'is being sent',
  sent: 'was sent',
  unknown: 'DELIVERY UNKNOWN: look whether it is in the session',
  rejected: 'was rejected',
  expired: 'expired',
};

/** One line about a draft. Everything of others stands in quotation marks, without characters that a terminal obeys. */
export function showDraftLine(draft: Draft, state = stateOf(draft, Date.now()), now: Date): string {
  const { number, scene, created, decision } = draft;
  const { ticket_number, channel, id } = scene.session;
  const where = ticket_number === undefined ? bareToken(id) : `#${ticket_number}`;
  const by = decision && (state === 'sent' || state === 'rejected') ? ` by ${quoted(decision.by, 100)}` : '';
  const words = quoted(textOf(draft, now.getTime()), maxCharacters.line);
  return `Draft ${number}, ${where} (${bareToken(channel.type)}), written ${age(new Date(created).toISOString(), now)}, ${states[state]}${by}: ${words}`;
}

/** What a person sees before deciding: who wrote it, what it answers, what happened since, and the message as it would leave. */
export async function showDraft({ draft, session, changes }: Review, now: Date): Promise<string> {
  const { body, author, created, expires, scene, problem } = draft;
  const { warning, answers } = scene;
  const by = [
    author.name !== undefined && ` by ${quoted(author.name, 100)}`,
    author.client !== undefined && ` with ${quoted(author.client, 100)}`,
  ];
  const time = (ms: number) => timeWithAge(new Date(ms).toISOString(), now);
  return [
    `Written ${time(created)}${by.filter(Boolean).join('')}. It expires ${time(expires)}.`,
    ...(problem === undefined
      ? []
      : [`It was approved before, and not sent: ${quoted(problem, maxCharacters.problem)}`]),
    answers === undefined
      ? 'The customer has not written in this session.'
      : `It answers, ${timeWithAge(answers.at, now)}: ${quoted(answers.text, maxCharacters.answered)}`,
    ...(await changeLines(changes)),
    '',
    sendQuestionText({ session, body, warning, digest: '' }),
  ].join('\n');
}

/** A text as it would be sent. */
export function showText(text: string): string {
  return ['', 'The new text:', '', clean(text), ''].join('\n');
}

async function changeLines({
  differences,
  newMessages,
  newestUnknown,
}: Review['changes']): Promise<string[]> {
  const views = await messageViews([...newMessages], maxCharacters.message);
  const lines = [
    ...(newestUnknown ? ['- The newest messages could not be read: there may be more.'] : []),
    ...differences.map(differenceLine),
    ...(views.length > 0 ? ['- New messages:'] : []),
    ...messageLines(views).map((line) => `  | ${line}`),
  ];
  return lines.length === 0 ? [] : ['', 'SINCE IT WAS WRITTEN:', ...lines];
}

function differenceLine({ what, key, before, now }: Difference): string {
  const value = (text: string | undefined) => (text === undefined ? 'not set' : shownValue(text));
  return `- ${what}${key === undefined ? '' : ` ${shownValue(key)}`}: ${value(before)} -> ${value(now)}`;
}
