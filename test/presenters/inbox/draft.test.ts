import { describe, expect, it } from 'vitest';
import { showDraft } from '../../../src/cli/outbox/show-draft.ts';
import type { Session } from '../../../src/contract/entities.ts';
import {
  type ListedDraft,
  type Review,
  reviewDraft,
} from '../../../src/conversations/outbox/review-draft.ts';
import { inboxDraft, inboxReview } from '../../../src/presenters/inbox/draft.ts';
import type { PresentContext } from '../../../src/presenters/rendering/rendering.ts';
import type { Draft } from '../../../src/state/outbox/outbox.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { session } from '../../support/fakes/fakes.ts';
import { aDraft } from '../../support/outbox/a-draft.ts';
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
  expect((await inboxReview(review, '')).changes).toEqual([
    `verified email: now ${shown} (was "jo@example.com")`,
  ]);
  expect(await showDraft(review, new Date())).toContain(`- verified email: "jo@example.com" -> ${shown}\n`);
});

const redact: PresentContext['redact'] = {
  view: <T>(value: T) => JSON.parse(JSON.stringify(value).replaceAll('jo@example.com', '[email]')) as T,
  text: (words) => words.replaceAll('jo@example.com', '[email]'),
};

const at = Date.parse('2026-03-01T11:00:00Z');
const listed = (state: ListedDraft['state'], more: Partial<Draft> = {}): ListedDraft => ({
  draft: aDraft({ created: at, expires: at + 1000, ...more }),
  state,
});

describe('a draft of the inbox', () => {
  it('has what is known of it', async () => {
    const scene = {
      session: fullSession as Session,
      newestReached: true,
      answers: { at: '2026-03-01T10:00:00Z', text: '<p>Where is <b>it</b>?</p>' },
      warning: 'not_read',
    } as const;
    const author = { name: 'robin', client: 'a-client', person: 'p1' };
    expect(await inboxDraft(listed('waiting', { scene, author }), 'The \u200btext.')).toEqual({
      number: 1,
      session_id: 's1',
      state: 'waiting',
      ticket_number: 4521,
      contact: { name: 'Jane Doe', email: 'jane.doe+support@example.co.uk' },
      text: 'The text.',
      facts: expect.arrayContaining([
        'WARNING: this conversation was not read before answering.',
        'Sent as: an agent, to the customer',
        'Held by: a human (assignee ID 42)',
      ]),
      answers: { at: '2026-03-01T10:00:00.000Z', text: 'Where is it?' },
      author: 'robin, a-client',
      created_at: '2026-03-01T11:00:00.000Z',
      expires_at: '2026-03-01T11:00:01.000Z',
    });
  });

  it('lacks what is not known', async () => {
    const draft = await inboxDraft(listed('waiting'), 'Text.');
    for (const name of ['contact', 'answers', 'author', 'decision', 'problem'])
      expect(draft).not.toHaveProperty(name);
    expect(await inboxDraft(listed('waiting', { author: { client: 'a-client' } }), '')).toMatchObject({
      author: 'a-client',
    });
  });

  const decision = { id: 'd', by: 's\u200bam', at: at + 500, reason: 'x'.repeat(2001), text: 'Edited.' };
  it.each<[ListedDraft['state'], object | undefined]>([
    ['waiting', undefined],
    ['expired', undefined],
    ['approved', { edited: true }],
    ['sent', { edited: true }],
    ['unknown', { edited: true }],
    ['rejected', { edited: true }],
  ])('that is %s has this decision: %j', async (state, more) => {
    const shown = await inboxDraft(listed(state, { decision }), '');
    const whole = { by: 'sam', at: '2026-03-01T11:00:00.500Z', reason: `${'x'.repeat(2000)}…`, ...more };
    expect(shown.decision).toEqual(more && whole);
  });

  it('has no reason and no other text if there was none', async () => {
    const shown = await inboxDraft(listed('sent', { decision: { id: 'd', by: 'sam', at } }), '');
    expect(shown.decision).toEqual({ by: 'sam', at: '2026-03-01T11:00:00.000Z' });
    const none = await inboxDraft(listed('sent'), '');
    expect(none).not.toHaveProperty('decision');
  });

  it('says why it was not sent while it waits', async () => {
    const problem = 'x'.repeat(501);
    expect(await inboxDraft(listed('waiting', { problem }), '')).toMatchObject({
      problem: `${'x'.repeat(500)}…`,
    });
    expect(await inboxDraft(listed('sent', { problem }), '')).not.toHaveProperty('problem');
  });

  it('has no white space around the message that it answers', async () => {
    const scene = {
      session: session('s1'),
      newestReached: true,
      answers: { at: 'yesterday', text: '\n Words.\n' },
    };
    expect((await inboxDraft(listed('waiting', { scene }), '')).answers?.text).toBe('Words.');
  });

  it('cuts the message that it answers', async () => {
    const answers = { at: 'yesterday', text: `${'x'.repeat(501)}` };
    const scene = { session: session('s1'), newestReached: true, answers };
    expect((await inboxDraft(listed('waiting', { scene }), '')).answers).toEqual({
      at: 'yesterday',
      text: `${'x'.repeat(500)}…`,
    });
  });

  it('is redacted, except for what would be sent', async () => {
    const mail = 'To jo@example.com';
    const contact = { ...fullSession.contact, email: 'jo@example.com' };
    const scene = {
      session: { ...fullSession, contact } as Session,
      newestReached: true,
      answers: { at: 'yesterday', text: mail },
    };
    const more = { scene, problem: mail, decision: { id: 'd', by: 'sam', at, reason: mail } };
    const waiting = await inboxDraft(listed('waiting', more), mail, redact);
    expect(waiting).toMatchObject({
      text: mail,
      contact: { email: '[email]' },
      answers: { text: 'To [email]' },
      problem: 'To [email]',
    });
    expect(JSON.stringify(waiting.facts)).not.toContain('jo@example.com');
    expect(await inboxDraft(listed('rejected', more), mail, redact)).toMatchObject({
      text: 'To [email]',
      decision: { reason: 'To [email]' },
    });
    expect(await inboxDraft(listed('rejected', more), mail)).toMatchObject({
      text: mail,
      decision: { reason: mail },
      contact: { email: 'jo@example.com' },
    });
  });
});

describe('a review of the inbox', () => {
  const item = {
    id: 'm2',
    created_at: '2026-03-01T11:30:00.000Z',
    event: {
      type: 'message',
      sender: { type: 'contact' },
      content: { type: 'text', text: 'To jo@example.com' },
    },
  };
  const review = (more: Partial<Review['changes']>): Review => ({
    ...listed('waiting'),
    session: { ...fullSession, status: 'closed_resolved' } as Session,
    changes: { differences: [], newMessages: [], newestUnknown: false, ...more },
    hasChanged: true,
    digest: 'abc',
  });

  it('shows the draft with the session as it is now', async () => {
    expect(await inboxReview(review({}), 'Text.')).toMatchObject({
      digest: 'abc',
      changes: [],
      new_messages: [],
      draft: {
        text: 'Text.',
        ticket_number: 4521,
        facts: expect.arrayContaining(['Channel: web, status: closed_resolved']),
      },
    });
  });

  it('shows what differs and what is new', async () => {
    const differences = [
      { what: 'held by', before: 'the AI', now: 'a human' },
      { what: 'assignee', before: '1', now: undefined },
      { what: 'session data', key: 'jo@example.com', before: undefined, now: 'jo@example.com' },
    ];
    const changed = review({ differences, newMessages: [item], newestUnknown: true });
    expect(await inboxReview(changed, '')).toMatchObject({
      changes: [
        'held by: now "a human" (was "the AI")',
        'assignee: now not set (was "1")',
        'session data "jo@example.com": now "jo@example.com" (was not set)',
        'The newest messages could not be read: there may be more.',
      ],
      new_messages: [{ id: 'm2', at: item.created_at, from: 'contact', text: 'To jo@example.com' }],
    });
    expect(await inboxReview(changed, '', redact)).toMatchObject({
      changes: [
        'held by: now "a human" (was "the AI")',
        'assignee: now not set (was "1")',
        'session data "[email]": now "[email]" (was not set)',
        'The newest messages could not be read: there may be more.',
      ],
      new_messages: [{ text: 'To [email]' }],
    });
  });

  it('redacts the draft too', async () => {
    const session = { ...fullSession, contact: { ...fullSession.contact, email: 'jo@example.com' } };
    const { draft } = await inboxReview({ ...review({}), session: session as Session }, '', redact);
    expect(draft.contact?.email).toBe('[email]');
  });
});
