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
import { documentedId, fullSession, historyItem, smallestSession } from '../support/fakes/examples.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('Session', () => {
  it('returns a session with every documented member unchanged', () => {
    expect(Session.parse(fullSession)).toEqual(fullSession);
  });

  it('accepts a session with only the required members', () => {
    expect(Session.parse(smallestSession)).toEqual(smallestSession);
  });

  it('accepts an unassigned session', () => {
    expect(accepts(Session, { ...smallestSession, assignee_id: null })).toBe(true);
  });

  it.each(Object.keys(smallestSession))('requires %s', (key) => {
    const { [key as keyof typeof smallestSession]: _, ...rest } = smallestSession;
    expect(accepts(Session, rest)).toBe(false);
  });

  it.each(Object.keys(fullSession.contact))('requires contact.%s', (key) => {
    const { [key as keyof typeof fullSession.contact]: _, ...contact } = fullSession.contact;
    expect(accepts(Session, { ...fullSession, contact })).toBe(false);
  });

  it('accepts a contact without name, email, phone number and custom data', () => {
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
    ['an invalid time', { created_at: 'yesterday' }],
    ['a ticket number as a string', { ticket_number: '4521' }],
    ['a handoff without a summary', { handoff: {} }],
    [
      'a verified contact value that is not a string',
      { contact: { ...fullSession.contact, custom_data: { n: 1 } } },
    ],
  ])('rejects %s', (_, change) => {
    expect(accepts(Session, { ...fullSession, ...change })).toBe(false);
  });

  it('is the item of SessionPage', () => {
    expect(accepts(SessionPage, { items: [fullSession, smallestSession], next: 'abc' })).toBe(true);
  });
});

describe('CreateSessionBody', () => {
  it('accepts an empty body and defaults to the api channel', () => {
    expect(CreateSessionBody.parse({})).toEqual({ channel: { type: 'api' } });
  });

  it('accepts the documented examples', () => {
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
    ['a contact id that is not a UUID', { contact_id: '42' }],
    ['nested custom data', { custom_data: { order: { id: 1 } } }],
    ['a number in contact custom data', { contact: { custom_data: { seats: 3 } } }],
    ['an invalid email', { contact: { email: 'jane' } }],
    ['an unknown channel', { channel: { type: 'fax' } }],
    ['a channel without a type', { channel: {} }],
    ['verified as a string', { verified: 'true' }],
  ])('rejects %s', (_, body) => {
    expect(accepts(CreateSessionBody, body)).toBe(false);
  });

  it('is answered with only an id', () => {
    expect(accepts(CreatedSession, { id: documentedId })).toBe(true);
    expect(accepts(CreatedSession, { id: documentedId, status: 'open' })).toBe(false);
    expect(accepts(CreatedSession, { id: 'x' })).toBe(false);
  });
});

describe('UpdateSessionBody', () => {
  it('accepts an empty body and any payload', () => {
    expect(UpdateSessionBody.parse({})).toEqual({});
    expect(
      accepts(UpdateSessionBody, { status: 'closed_resolved', session_closed_payload: { a: [1] } }),
    ).toBe(true);
  });

  it('rejects an unknown status', () => {
    expect(accepts(UpdateSessionBody, { status: 'closed' })).toBe(false);
  });
});

describe('SendMessageBody', () => {
  const message = { type: 'text', text: 'I need help with this order' };

  it('accepts the documented examples', () => {
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
    ['an agent id as a string', { sender: 'agent', message, agent: { id: '123' } }],
  ])('rejects %s', (_, body) => {
    expect(accepts(SendMessageBody, body)).toBe(false);
  });

  it('is answered with success and a message id', () => {
    expect(accepts(SentMessage, { success: true, data: { message: { id: 'm1' } } })).toBe(true);
    expect(accepts(SentMessage, { success: true })).toBe(false);
  });
});

describe('HistoryItem', () => {
  it('returns a message with all members unchanged', () => {
    expect(HistoryItem.parse(historyItem)).toEqual(historyItem);
  });

  it('accepts an item without an id, and other events with all their members', () => {
    const { id, ...older } = historyItem;
    expect(accepts(HistoryItem, older)).toBe(true);
    const event = { type: 'human_agent_comment', human_agent_id: 7, content: { type: 'text', text: 'x' } };
    expect(HistoryItem.parse({ ...older, event }).event).toEqual(event);
    expect(accepts(HistoryPage, { items: [historyItem, older], next: null })).toBe(true);
  });

  it('requires a time and an event type', () => {
    expect(accepts(HistoryItem, { event: { type: 'message' } })).toBe(false);
    expect(accepts(HistoryItem, { created_at: 'x', event: {} })).toBe(false);
  });
});

describe('SearchResults', () => {
  it('accepts contacts without name, email or phone', () => {
    const messages = [{ id: 'm', session_id: documentedId, message: 'hi', type: 'message' }];
    expect(
      accepts(SearchResults, { contacts: [{ id: 'c', name: null, email: null, phone: null }], messages }),
    ).toBe(true);
    expect(accepts(SearchResults, { contacts: [{ id: 'c' }], messages: [] })).toBe(true);
  });
});
