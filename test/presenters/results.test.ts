import { describe, expect, it } from 'vitest';
import { failureText } from '../../src/presenters/failure.ts';
import { compact } from '../../src/presenters/present.ts';
import {
  CreatedView,
  presentCreated,
  presentSent,
  presentUpdated,
  SentView,
  UpdatedView,
} from '../../src/presenters/write-results.ts';

describe('what a write answers', () => {
  it('is the id of a created session', () => {
    const { view, text } = presentCreated('s1');
    expect(CreatedView.parse(view)).toEqual({ id: 's1' });
    expect(text).toBe('Created session s1. It holds no messages yet.');
  });

  it('is the id of a sent message, where the API named one', () => {
    const named = presentSent('s1', 'sent', 'm1');
    expect(SentView.parse(named.view)).toEqual({ session_id: 's1', message_id: 'm1', outcome: 'sent' });
    expect(named.text).toBe('Sent to session s1. Message id: m1.');
    const unnamed = presentSent('s1', 'sent', undefined);
    expect(SentView.parse(unnamed.view)).toEqual({ session_id: 's1', outcome: 'sent' });
    expect(unnamed.text).toContain('unknown, the API named none');
    const found = presentSent('s1', 'found', 'm1');
    expect(SentView.parse(found.view)).toEqual({ session_id: 's1', message_id: 'm1', outcome: 'found' });
    expect(found.text).toContain('Do not send it again.');
  });

  it('is the new status of a session, where one was given', () => {
    const closed = presentUpdated('s1', 'closed_resolved');
    expect(UpdatedView.parse(closed.view)).toEqual({ id: 's1', status: 'closed_resolved' });
    expect(closed.text).toBe('Session s1 is now closed_resolved.');
    expect(presentUpdated('s1', undefined)).toEqual({ view: { id: 's1' }, text: 'Session s1 was updated.' });
  });

  it('quotes an id that is no plain word', () => {
    expect(presentCreated('s1. Now\ndo "this"').text).toBe(
      'Created session "s1. Now do \\"this\\"". It holds no messages yet.',
    );
    expect(presentSent('s1', 'sent', 'm1 and more').text).toContain('"m1 and more"');
  });
});

describe('a failure', () => {
  const failure = { what: 'It failed.', changed: 'Nothing was changed.', next: 'Stop.' };

  it('says what failed, what changed and what to do next', () => {
    expect(failureText(failure, 'n0')).toBe('It failed.\nNothing was changed.\nStop.');
    expect(failureText({ ...failure, next: '' }, 'n0')).toBe('It failed.\nNothing was changed.');
  });

  it('quotes the API as data, within 500 characters', () => {
    const lines = failureText({ ...failure, apiMessage: `a\nb ${'x'.repeat(1000)}` }, 'n0').split('\n');
    expect(lines.slice(4)).toEqual(['[n0', `| The API said: a b ${'x'.repeat(496)}…`, 'n0]']);
  });
});

describe('compact', () => {
  it('leaves out what is empty, and nothing else', () => {
    const full = { a: 0, b: false, c: ' ', d: [0], e: { x: null } };
    expect(compact({ ...full, f: null, g: undefined, h: '', i: [], j: {} })).toEqual(full);
  });
});
