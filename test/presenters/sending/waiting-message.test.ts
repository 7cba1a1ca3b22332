import { expect, it } from 'vitest';
import { presentWaiting } from '../../../src/presenters/sending/waiting-message.ts';
import { session } from '../../support/fakes/fakes.ts';
import { aDraft } from '../../support/outbox/a-draft.ts';

const context = { now: new Date('2026-03-01T12:00:00Z'), nonce: 'n0' };
const expires = Date.parse('2026-03-02T12:00:30Z');
const whoDecides = 'A person decides on the page.';
const end =
  'A person decides on the page. If nobody decides, it expires at 2026-03-02T12:00Z (in 24 h). Do not send it again: get_session and find_messages tell what became of it.';

it('a message that waits is named by its draft, and when it expires', () => {
  const { view, text } = presentWaiting({ draft: aDraft({ expires }), isNew: true, whoDecides }, context);
  expect(view).toEqual({
    session_id: 's1',
    outcome: 'waiting_for_approval',
    draft: { number: 1, expires: '2026-03-02T12:00Z' },
    ticket_number: 1,
    sent_as: { from: 'agent' },
    next: [{ tool: 'get_session', arguments: { session_id: 's1' } }],
  });
  expect(text.split('\n')).toEqual([
    `Not sent yet: it waits for a person as draft 1. ${end}`,
    'Next: get_session {"session_id":"s1"}',
  ]);
});

it('an equal message that waited already is the same draft', () => {
  const { ticket_number, ...bare } = session('s1');
  const scene = { session: bare as ReturnType<typeof session>, newestReached: true };
  const waiting = { draft: aDraft({ number: 7, expires, scene }), isNew: false, whoDecides };
  const { view, text } = presentWaiting(waiting, { ...context, tools: ['send_message'] });
  expect(view).not.toHaveProperty('ticket_number');
  expect(view).not.toHaveProperty('next');
  expect(text).toBe(`Not sent yet: the same message waits for a person already, as draft 7. ${end}`);
});
