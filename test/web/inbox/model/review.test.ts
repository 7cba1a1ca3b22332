import { describe, expect, it } from 'vitest';
import type { InboxEntry, InboxReview } from '../../../../src/presenters/inbox/views.ts';
import { noticeOf } from '../../../../src/web/inbox/model/review.ts';

const at = '2026-03-01T12:00:00.000Z';

const reviewWith = (more: Partial<InboxReview> = {}): InboxReview => ({
  draft: {
    number: 1,
    session_id: 'session-1',
    state: 'waiting',
    text: 'It ships today.',
    facts: [],
    created_at: at,
    expires_at: at,
  },
  digest: 'a',
  changes: [],
  new_messages: [],
  ...more,
});
const messageOf = (more: Partial<InboxEntry>) =>
  noticeOf(reviewWith({ new_messages: [{ at, from: 'agent', ...more }] }), false)?.messages[0];

describe('the notice above a draft', () => {
  it('is not there if nothing has changed', () => {
    expect(noticeOf(reviewWith(), false)).toBeUndefined();
    expect(noticeOf(undefined, false)).toBeUndefined();
  });

  it('says what has changed', () => {
    const notice = noticeOf(reviewWith({ changes: ['status: now "closed" (was "open")'] }), false);
    expect(notice).toMatchObject({
      title: 'The conversation has changed since this was written.',
      changes: ['status: now "closed" (was "open")'],
    });
  });

  it('is there after a refused approval although nothing visible differs', () => {
    expect(noticeOf(reviewWith(), true)).toMatchObject({
      title: 'Not sent. The conversation has changed since this was shown.',
      changes: [expect.stringContaining('removed')],
    });
  });

  it('has the files of a new message, and says that it is internal', () => {
    expect(messageOf({ text: 'Wait.' })).toEqual({ by: 'Agent wrote', words: 'Wait.' });
    expect(messageOf({ text: 'Wait.', internal: true })?.by).toBe('Agent wrote, not seen by the customer');
    expect(messageOf({ files: [{ id: 'f', name: 'a.pdf' }, { id: 'g' }], files_left_out: 1 })).toEqual({
      by: 'Agent wrote',
      words: '',
      files: '3 files: a.pdf, no name, …',
    });
    expect(messageOf({})?.words).toBe('no visible text');
  });
});
