import { expect, it } from 'vitest';
import { showDraft } from '../../../src/cli/outbox/show-draft.ts';
import { reviewDraft } from '../../../src/conversations/outbox/review-draft.ts';
import { inboxReview } from '../../../src/presenters/inbox/draft.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { outboxDesk } from '../../support/outbox/desk.ts';

it.each([
  ['an invisible character', 'jo\u200b@example.com', String.raw`"jo\u{200b}@example.com"`],
  [
    'what is cut',
    `jo@example.com${'.'.repeat(500)}`,
    `"jo@example.com${'.'.repeat(486)}" (… 14 more characters)`,
  ],
])('a change of the recipient shows %s, in the page and at the terminal', async (_, email, shown) => {
  const desk = outboxDesk();
  const withEmail = (value: string) =>
    ({ ...fullSession, contact: { ...fullSession.contact, email: value } }) as typeof fullSession;
  desk.session = withEmail('jo@example.com');
  await desk.draft();
  desk.session = withEmail(email);
  const { outbox, context } = desk.start();
  const review = await reviewDraft(1, outbox, context());
  if (review === undefined) throw new Error('it is gone');
  const line = `verified email: "jo@example.com" -> ${shown}`;
  expect((await inboxReview(review, '')).changes).toEqual([line]);
  expect(await showDraft(review, new Date())).toContain(`- ${line}\n`);
});
