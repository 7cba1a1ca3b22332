import { describe, expect, it } from 'vitest';
import { HistoryItem, HistoryPage } from '../../src/contract/history.ts';
import { SendMessageBody, SentMessage } from '../../src/contract/message.ts';
import { SearchResults } from '../../src/contract/search.ts';
import {
  CreatedSession,
  CreateSessionBody,
  Session,
  SessionPage,
  UpdateSessionBody,
} from '../../src/contract/session.ts';
import { documentedId, fullSession, historyItem, smallestSession } from '../support/examples.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('Session', () => {
  it('takes a session with every documented member, and gives it back unchanged', () => {
    expect(Session.parse(fullSession)).toEqual(fullSession);
  });

  it('takes a session with only the required members', () => {
    expect(Session.parse(smallestSession)).toEqual(smallestSession);
  });

  it('takes an unassigned session', () => {
    expect(accepts(Session, { ...smallestSession, assignee_id: null })).toBe(true);
  });

  it.each(Object.keys(smallestSession))('requires %s', (key) => {
    const { [key as keyof typeof smallestSession]: _, ...rest } = smallestSession;
    expect(accepts(Session, rest)).toBe(false);
  });

  it.each(Object.keys(fullSession.contact))('requires %s of its contact', (key) => {
    const { [key as keyof typeof fullSession.contact]: _, ...contact } = fullSession.contact;
    expect(accepts(Session, { ...fullSession, contact })).toBe(false);
  });

  it('takes a contact of whom nothing but the id is known', () => {
    const contact = Object.fromEntries(
      Object.entries(fullSession.contact).map(([key, value]) => [
        key,
        ['id', 'created_at', 'updated_at'].includes(key) ? value : null,
      ]),
    );
    expect(accepts(Session, { ...fullSession, contact })).toBe(true);
  });

  it.each([
    ['an unknown key', { summary: 'x' }],
    ['an unknown key of the channel', { channel: { type: 'web', name: 'x' } }],
    ['an unknown key of the contact', { contact: { ...fullSession.contact, phone: 'x' } }],
    ['an unknown key of the team', { team: { ...fullSession.team, size: 3 } }],
    ['an unknown key of the handoff', { handoff: { ...fullSession.handoff, reason: 'x' } }],
    ['an unknown status', { status: 'pending' }],
    ['an unknown channel', { channel: { type: 'fax' } }],
    ['an unknown sentiment', { sentiment: 'sad' }],
    ['an unknown AI closure', { ai_closure_type: 'gave_up' }],
    ['an unknown ticketing system', { ticketing_system: { ...fullSession.ticketing_system, name: 'jira' } }],
    ['a time that is none', { created_at: 'yesterday' }],
    ['a ticket number as text', { ticket_number: '4521' }],
    ['a handoff without a summary', { handoff: {} }],
    [
      'a verified contact value that is no string',
      { contact: { ...fullSession.contact, custom_data: { n: 1 } } },
    ],
  ])('refuses %s', (_, change) => {
    expect(accepts(Session, { ...fullSession, ...change })).toBe(false);
  });

  it('comes in pages', () => {
    expect(accepts(SessionPage, { items: [fullSession, smallestSession], next: 'abc' })).toBe(true);
  });
});

describe('CreateSessionBody', () => {
  it('takes nothing and means the api channel', () => {
    expect(CreateSessionBody.parse({})).toEqual({ channel: { type: 'api' } });
  });

  it('takes the documented examples', () => {
    const custom_data = { order_id: 'ord_123', cart_value: 149.99, priority: 'high' };
    expect(accepts(CreateSessionBody, { channel: { type: 'api' }, custom_data })).toBe(true);
    expect(
      accepts(CreateSessionBody, {
        contact_id: documentedId,
        channel: { type: 'api' },
        verified: true,
        custom_data: {},
        contact: { email: 'a@example.com', name: 'x', phone_number: 'x', custom_data: {} },
      }),
    ).toBe(true);
    expect(accepts(CreateSessionBody, { verified: null })).toBe(true);
  });

  it.each([
    ['a contact id that is no UUID', { contact_id: '42' }],
    ['nested custom data', { custom_data: { order: { id: 1 } } }],
    ['a number in contact custom data', { contact: { custom_data: { seats: 3 } } }],
    ['a bad e-mail', { contact: { email: 'jane' } }],
    ['an unknown channel', { channel: { type: 'fax' } }],
    ['a channel without a type', { channel: {} }],
    ['verified as text', { verified: 'true' }],
  ])('refuses %s', (_, body) => {
    expect(accepts(CreateSessionBody, body)).toBe(false);
  });

  it('is answered with an id and nothing else', () => {
    expect(accepts(CreatedSession, { id: documentedId })).toBe(true);
    expect(accepts(CreatedSession, { id: documentedId, status: 'open' })).toBe(false);
    expect(accepts(CreatedSession, { id: 'x' })).toBe(false);
  });
});

describe('UpdateSessionBody', () => {
  it('takes nothing, and any payload', () => {
    expect(UpdateSessionBody.parse({})).toEqual({});
    expect(
      accepts(UpdateSessionBody, { status: 'closed_resolved', session_closed_payload: { a: [1] } }),
    ).toBe(true);
  });

  it('refuses an unknown status', () => {
    expect(accepts(UpdateSessionBody, { status: 'closed' })).toBe(false);
  });
});

describe('SendMessageBody', () => {
  const message = { type: 'text', text: 'I need help with this order' };

  it('takes the documented examples', () => {
    expect(
      accepts(SendMessageBody, {
        sender: 'contact',
        custom_data: { order_id: 'ord_123', cart_value: 149.99, priority: 'high' },
        contact: { custom_data: { plan: 'pro', region: 'emea' } },
        message,
      }),
    ).toBe(true);
    const attachments = [{ name: 'x', url: 'x', base64: 'x', mime_type: 'x' }];
    expect(
      accepts(SendMessageBody, {
        sender: 'agent',
        message: { ...message, attachments },
        contact: { name: 'x', email: 'a@example.com', phone_number: 'x', avatar_url: 'x', custom_data: {} },
        agent: { id: 123, name: 'x', avatar_url: 'x' },
        should_take_over_session_from_ai: false,
      }),
    ).toBe(true);
  });

  it.each([
    ['no sender', { message }],
    ['an unknown sender', { sender: 'ai', message }],
    ['no message', { sender: 'agent' }],
    ['a message of another type', { sender: 'agent', message: { type: 'html', text: 'x' } }],
    ['a message without text', { sender: 'agent', message: { type: 'text' } }],
    ['nested custom data', { sender: 'agent', message, custom_data: { a: {} } }],
    ['a number in contact custom data', { sender: 'agent', message, contact: { custom_data: { n: 1 } } }],
    ['an agent id as text', { sender: 'agent', message, agent: { id: '123' } }],
  ])('refuses %s', (_, body) => {
    expect(accepts(SendMessageBody, body)).toBe(false);
  });

  it('is answered with success and the id of the message', () => {
    expect(accepts(SentMessage, { success: true, data: { message: { id: 'm1' } } })).toBe(true);
    expect(accepts(SentMessage, { success: true })).toBe(false);
  });
});

describe('HistoryItem', () => {
  it('takes a message with all its members', () => {
    expect(HistoryItem.parse(historyItem)).toEqual(historyItem);
  });

  it('takes an item without an id, and an event of another type with what it carries', () => {
    const { id, ...older } = historyItem;
    expect(accepts(HistoryItem, older)).toBe(true);
    const event = { type: 'human_agent_comment', human_agent_id: 7, content: { type: 'text', text: 'x' } };
    expect(HistoryItem.parse({ ...older, event }).event).toEqual(event);
    expect(accepts(HistoryPage, { items: [historyItem, older], next: null })).toBe(true);
  });

  it('needs a time and a type', () => {
    expect(accepts(HistoryItem, { event: { type: 'message' } })).toBe(false);
    expect(accepts(HistoryItem, { created_at: 'x', event: {} })).toBe(false);
  });
});

describe('SearchResults', () => {
  it('takes contacts without name, e-mail or phone', () => {
    const messages = [{ id: 'm', session_id: documentedId, message: 'hi', type: 'message' }];
    expect(
      accepts(SearchResults, { contacts: [{ id: 'c', name: null, email: null, phone: null }], messages }),
    ).toBe(true);
    expect(accepts(SearchResults, { contacts: [{ id: 'c' }], messages: [] })).toBe(true);
  });
});
