import type { ListedDraft, Review } from '../../conversations/outbox/review-draft.ts';
import { clean, cleanLine, cleanText } from '../../text/clean.ts';
import { readableText } from '../../text/mail/readable-text.ts';
import { exactTime } from '../../text/time-format.ts';
import { contactLabel } from '../contact.ts';
import { omitEmpty, type PresentContext } from '../rendering/rendering.ts';
import { sendFacts, shownValue } from '../sending/send-question.ts';
import { entriesOf } from './present.ts';
import type { InboxDraft, InboxReview } from './views.ts';

type Decision = NonNullable<ListedDraft['draft']['decision']>;

const maxAnsweredCharacters = 500;

type Redact = PresentContext['redact'];

/**
 * A draft with the session that it was written for.
 * @param text what waits, or what was approved.
 * @param redact replaces personal data in what it says about the conversation. What would be sent, nobody could approve
 * without seeing it.
 */
export async function inboxDraft(
  { draft, state }: ListedDraft,
  text: string,
  redact?: Redact,
): Promise<InboxDraft> {
  const { number, sessionId, body, scene, author, decision, problem } = draft;
  const { warning, answers } = scene;
  const session = redact?.view(scene.session) ?? scene.session;
  const shown = (words: string) => redact?.view(words) ?? words;
  return {
    number,
    session_id: cleanLine(sessionId),
    state,
    text: state === 'waiting' ? clean(text) : shown(clean(text)),
    facts: sendFacts({ session, body, warning }),
    created_at: new Date(draft.created).toISOString(),
    expires_at: new Date(draft.expires).toISOString(),
    ...omitEmpty({
      ticket_number: session.ticket_number,
      contact: contactLabel(session),
      answers: answers && {
        at: exactTime(answers.at),
        text: shown(cleanText((await readableText(answers.text)).text, maxAnsweredCharacters).trim()),
      },
      author: [author.name, author.client].flatMap((words) => (words ? [cleanLine(words)] : [])).join(', '),
      // One that led to nothing says nothing.
      decision:
        state === 'waiting' || state === 'expired' ? undefined : decision && decisionView(decision, shown),
      problem: state === 'waiting' ? problem && shown(cleanText(problem, 500)) : undefined,
    }),
  };
}

function decisionView(
  { by, at, reason, text }: Decision,
  shown: (words: string) => string,
): NonNullable<InboxDraft['decision']> {
  return {
    by: cleanLine(by),
    at: new Date(at).toISOString(),
    ...omitEmpty({
      reason: reason && shown(cleanText(reason, 2000)),
      edited: text === undefined ? undefined : (true as const),
    }),
  };
}

/** A draft with the session as it is now, and what happened in it since. */
export async function inboxReview(review: Review, text: string, redact?: Redact): Promise<InboxReview> {
  const { draft, session, changes, digest } = review;
  const { differences, newMessages, newestUnknown } = changes;
  const shown = (value: string | undefined) =>
    value === undefined ? 'not set' : shownValue(redact?.view(value) ?? value);
  const entries = await entriesOf(session, newMessages);
  const now = { ...review, draft: { ...draft, scene: { ...draft.scene, session } } };
  return {
    draft: await inboxDraft(now, text, redact),
    digest,
    changes: [
      ...differences.map(({ what, key, before, now }) => {
        const name = key === undefined ? what : `${what} ${shownValue(redact?.view(key) ?? key)}`;
        return `${name}: now ${shown(now)} (was ${shown(before)})`;
      }),
      ...(newestUnknown ? ['The newest messages could not be read: there may be more.'] : []),
    ],
    new_messages: redact?.view(entries) ?? entries,
  };
}
