import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { sendQuestionText } from '../../../src/presenters/sending/send-question.ts';
import { fullSession, smallestSession } from '../../support/fakes/examples.ts';
import { anyCharacter } from '../../support/text/arbitraries.ts';
import { hidesSomething, hostile } from '../../support/text/hostile.ts';

const ask = (more: Partial<SendMessageBody>, session: Session = fullSession) =>
  sendQuestionText({
    session,
    body: { sender: 'agent', message: { type: 'text', text: 'Hello.' }, ...more },
    digest: '',
  });
const linesOf = (...given: Parameters<typeof ask>) => ask(...given).split('\n');

/** The lines before the text of the message. */
const head = (...given: Parameters<typeof ask>) => {
  const lines = linesOf(...given);
  return lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('The full text,')),
  );
};

describe('the question before a message', () => {
  it('names the ticket first, and the session by its id if there is no ticket', () => {
    expect(linesOf({})[0]).toBe('Send this message into ticket #4521?');
    expect(head({})).toContain(`Session: ${fullSession.id}`);
    const { ticket_number: _, ...without } = fullSession;
    expect(linesOf({}, without as unknown as Session)[0]).toBe(
      `Send this message into session ${fullSession.id}?`,
    );
  });

  it('warns that a contact that could not be read may be verified', () => {
    const { contact: _, ...session } = fullSession;
    const lines = head(
      { contact: { name: 'Jim', custom_data: { plan: 'pro' } } },
      { ...session, contact: undefined },
    );
    expect(lines).toContain('Customer: could not be read');
    expect(lines).toContain('WARNING: may change the data of a VERIFIED contact.');
    expect(lines).toContain('- contact name: not known -> "Jim"');
    expect(lines).toContain('- contact data "plan": not known -> "pro"');
  });

  it('shows every change with its old and its new value', () => {
    const session: Session = {
      ...fullSession,
      custom_data: { priority: 'low', seats: 3 },
      contact: {
        ...fullSession.contact,
        custom_data: { plan: 'free' },
        non_verified_custom_data: { plan: 'pro', admin: true },
      },
    };
    const contact = {
      name: 'Jim',
      email: 'jim@example.com',
      phone_number: '+1',
      avatar_url: 'https://a.example/',
      custom_data: { plan: 'enterprise', admin: 'no', region: 'emea' },
    };
    const lines = head({ contact, custom_data: { priority: 'high', seats: 4, gift: false } }, session);
    expect(lines.slice(lines.indexOf('WARNING: changes the data of a VERIFIED contact.'))).toEqual([
      'WARNING: changes the data of a VERIFIED contact.',
      'Also makes 10 changes:',
      '- contact name: verified "Jane Doe", claimed "J." -> "Jim"',
      '- contact email: verified "jane.doe+support@example.co.uk", claimed "j@example.com" -> "jim@example.com"',
      '- contact phone_number: "+15550100" -> "+1"',
      '- contact avatar_url: not known -> "https://a.example/"',
      '- contact data "plan": verified "free", claimed "pro" -> "enterprise"',
      '- contact data "admin": claimed true -> "no"',
      '- contact data "region": not set -> "emea"',
      '- session data "priority": "low" -> "high"',
      '- session data "seats": 3 -> 4',
      '- session data "gift": not set -> false',
    ]);
  });

  it('shows whole addresses, and each file by itself', () => {
    const url = `https://files.example/${'a'.repeat(1970)}`;
    const attachments = [
      { name: 'a.pdf', url },
      { base64: 'QUJD', mime_type: 'text/plain' },
    ];
    const lines = head({ message: { type: 'text', text: 'See.', attachments } });
    expect(lines.slice(-3)).toEqual(['Attachments: 2', `- "a.pdf" "${url}"`, '- "text/plain" 3 bytes']);
  });

  it('cuts each long key and value by itself, with the number of missing characters', () => {
    const [first, second, ...more] = head({
      custom_data: { ['k'.repeat(1900)]: 'v'.repeat(2300), refund_amount: 5000 },
    }).slice(-2);
    expect(more).toEqual([]);
    expect(first).toBe(
      `- session data "${'k'.repeat(100)}" (… 1,800 more characters): not set -> "${'v'.repeat(500)}" (… 1,800 more characters)`,
    );
    expect(second).toBe('- session data "refund_amount": not set -> 5000');
  });

  it('shows what cannot be seen in a value as an escape', () => {
    const lines = head({
      custom_data: { 'a\u202eb\n- session data "x": 1 -> 2': 'c\u2028d\u0085e\u200bf\ud800' },
    });
    expect(lines.at(-1)).toBe(
      String.raw`- session data "a\u{202e}b\n- session data \"x\": 1 -> 2": not set -> "c\u{2028}d\u{85}e\u{200b}f\ud800"`,
    );
  });

  it('shows the agent with everything that is sent of it', () => {
    const agent = { id: 7, name: 'Mia', avatar_url: 'https://a.example/mia' };
    expect(head({ agent })).toContain(
      'Sent as: an agent (shown as "Mia", id 7, picture "https://a.example/mia"), to the customer',
    );
  });

  it('tells verified from claimed', () => {
    expect(head({})).toContain(
      'Customer: verified "Jane Doe" "jane.doe+support@example.co.uk", claimed "J." "j@example.com"',
    );
    expect(head({}, smallestSession)).toContain('Customer: no name or email');
  });

  it('counts the characters of the text, and those that it leaves out', () => {
    const lines = linesOf({ message: { type: 'text', text: 'Fine.\u200b\u200b' } });
    expect(lines[1]).toBe(
      'WARNING: the text contains invisible characters. 2 characters that cannot be seen left out below.',
    );
    expect(lines.slice(-3)).toEqual(['The full text, 5 characters:', '', 'Fine.']);
  });

  it('has as many lines of ours as there are facts, whatever others wrote', () => {
    const any = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: anyCharacter, maxLength: 40 }));
    fc.assert(
      fc.property(any, any, any, (key, value, old) => {
        const session: Session = {
          ...fullSession,
          status: old,
          channel: { type: old },
          assignee_id: old,
          custom_data: { [key]: old },
          contact: { ...fullSession.contact, name: old, email: old, phone_number: old },
        };
        const body = {
          contact: { name: value, custom_data: { [key]: value } },
          custom_data: { [key]: value },
          agent: { name: value },
        };
        const lines = head(body, session);
        expect(lines).toHaveLength(12 - (old === '' ? 1 : 0));
        expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(3);
        expect(lines.filter(hidesSomething)).toEqual([]);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});
