import { describe, expect, it } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { sendFacts, sendQuestionText, shownValue } from '../../../src/presenters/sending/send-question.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { session } from '../../support/fakes/fakes.ts';

const open = session('s1', { status: 'open', assist_mode: false });
const facts = (body: Partial<SendMessageBody> = {}, of: Session = open, text = 'Hello.') =>
  sendFacts({
    session: of,
    body: { sender: 'agent', message: { type: 'text', text }, ...body },
    warning: undefined,
  });
/** What stands below the channel, and who holds the session. */
const changes = (body: Partial<SendMessageBody>, of: Session = open) => facts(body, of).slice(5);

const held = 'Held by: the AI';
const common = ['Customer: no name or email', 'Channel: api, status: open', held, 'Session: s1'];
const toCustomer = 'Sent as: an agent, to the customer';

describe('the facts of a message', () => {
  it('are these if it does nothing else', () => {
    expect(facts()).toEqual([toCustomer, ...common]);
    expect(facts({ sender: 'contact' })[0]).toBe(
      'Sent as: THE CUSTOMER (sender contact speaks in the customer’s name)',
    );
    const { ticket_number, ...bare } = open;
    expect(facts({}, bare as Session)).toEqual([toCustomer, ...common.slice(0, -1)]);
  });

  it('begin with a warning', () => {
    const message = { type: 'text', text: 'Hello.' } as const;
    const warned = (warning: 'newest_unknown' | 'not_read' | 'written_since') =>
      sendFacts({ session: open, body: { sender: 'agent', message }, warning })[0];
    expect(warned('newest_unknown')).toContain('WARNING: the newest messages could not be read');
    expect(warned('not_read')).toContain('WARNING: this conversation was not read');
    expect(warned('written_since')).toContain('WARNING: the customer has written');
  });

  it.each([
    [
      'Hello.\u200b',
      'WARNING: the text contains invisible characters. 1 character that cannot be seen left out below.',
    ],
    // Another character of the same length.
    ['Hello\u00a0you\u2028', expect.stringMatching(/^WARNING: the text contains invisible characters\.$/)],
  ])('warn of characters that cannot be seen: %j', (text, warning) => {
    expect(facts({}, open, text)[0]).toEqual(warning);
  });

  it.each(['One\r\ntwo', 'One\rtwo', 'One\ntwo'])('do not warn of the line break in %j', (text) => {
    expect(facts({}, open, text)[0]).toBe(toCustomer);
  });

  it.each<[Partial<Session>, line: string]>([
    [{}, held],
    [{ handoff: { summary: 'x' } as never }, 'Held by: a human'],
    [{ ai_closure_type: 'handed_off' }, 'Held by: a human'],
    [{ ai_closure_type: 'resolved' as never }, held],
    [{ assignee_id: 'a 1' }, `${held} (assignee ID "a 1")`],
  ])('tell who holds the session: %j', (more, line) => {
    expect(facts({}, { ...open, ...more })[3]).toBe(line);
  });

  it('tell whom it goes to', () => {
    const contact = (more: object) =>
      facts({}, { ...open, contact: { ...fullSession.contact, ...more } as never }).slice(1, 3);
    const phone = 'Phone: "+15550100", verification unknown';
    const jane = '"Jane Doe" "jane.doe+support@example.co.uk"';
    expect(contact({})).toEqual([`Customer: verified ${jane}, claimed "J." "j@example.com"`, phone]);
    expect(contact({ name: '', email: null })[0]).toBe('Customer: claimed "J." "j@example.com"');
    expect(contact({ non_verified_name: '', non_verified_email: null, phone_number: '' })).toEqual([
      `Customer: verified ${jane}`,
      'Channel: api, status: open',
    ]);
  });

  it('tell in whose name it is sent', () => {
    const sentAs = (agent: SendMessageBody['agent']) => facts({ agent })[0];
    expect(sentAs({})).toBe(toCustomer);
    expect(sentAs({ id: 0 })).toBe('Sent as: an agent (id 0), to the customer');
    const avatar_url = `https://a.example/${'x'.repeat(1983)}`;
    expect(sentAs({ name: 'Mia', avatar_url })).toBe(
      `Sent as: an agent (shown as "Mia", picture "${avatar_url.slice(0, 2000)}" (… 1 more character)), to the customer`,
    );
  });

  it('tell what it takes over, and its files', () => {
    expect(changes({ should_take_over_session_from_ai: true })).toEqual([
      'Also takes the session over from the AI.',
    ]);
    const attachments = [
      { name: 'a.txt', mime_type: 'text/plain', base64: Buffer.from('x'.repeat(1800)).toString('base64') },
      { url: 'https://files.example/b' },
      { base64: Buffer.from('x').toString('base64') },
      {},
    ];
    expect(changes({ message: { type: 'text', text: 'Hello.', attachments } as never })).toEqual([
      'Attachments: 4',
      '- "a.txt" "text/plain" 1,800 bytes',
      '- "https://files.example/b"',
      '- 1 byte',
      '- 0 bytes',
    ]);
    expect(changes({ message: { type: 'text', text: 'Hello.', attachments: [] } })).toEqual([]);
  });
});

describe('the changes of a message', () => {
  const nobody = {
    ...{ ...fullSession.contact, name: null, email: '', phone_number: null, custom_data: {} },
    ...{ non_verified_name: null, non_verified_email: null, non_verified_custom_data: null },
  };
  const of = (contact: object | undefined, custom_data?: object): Session =>
    ({ ...open, contact, custom_data }) as Session;

  it('are shown with what was there before, or that it is not known', () => {
    const contact = {
      ...{ name: 'Jim', email: 'jim@example.com', phone_number: '+1', avatar_url: 'https://a.example' },
      custom_data: { plan: 'pro', left: undefined as never },
    };
    expect(changes({ contact, custom_data: { seats: 2, left: undefined as never } }, of(nobody))).toEqual([
      'Also makes 6 changes:',
      '- contact name: not set -> "Jim"',
      '- contact email: not set -> "jim@example.com"',
      '- contact phone_number: not set -> "+1"',
      '- contact avatar_url: not known -> "https://a.example"',
      '- contact data "plan": not set -> "pro"',
      '- session data "seats": not set -> 2',
    ]);
    expect(changes({ custom_data: { toString: 1 } }, of(nobody, { toStrin: 1 }))).toEqual([
      'Also makes 1 change:',
      '- session data "toString": not set -> 1',
    ]);
    expect(changes({ contact: {}, custom_data: {} }, of(nobody))).toEqual([]);
  });

  it.each<[object, isVerified: boolean]>([
    [nobody, false],
    [{ ...nobody, name: 'Jane' }, true],
    [{ ...nobody, email: 'j@example.com' }, true],
    [{ ...nobody, custom_data: { plan: 'pro' } }, true],
    [{ ...nobody, non_verified_name: 'J.', non_verified_email: 'j@example.com' }, false],
  ])('of a verified contact come with a warning: %j', (contact, isVerified) => {
    const warning = 'WARNING: changes the data of a VERIFIED contact.';
    expect(facts({ contact: { name: 'Jim' } }, of(contact)).includes(warning)).toBe(isVerified);
    expect(facts({ custom_data: { plan: 'x' } }, of(contact))).not.toContain(warning);
  });

  it('of a contact that could not be read may change a verified one', () => {
    const warning = 'WARNING: may change the data of a VERIFIED contact.';
    const unread = { ...open, contact: undefined } as unknown as Session;
    expect(facts({ contact: { name: 'Jim' } }, unread)).toContain(warning);
    expect(facts({ custom_data: { plan: 'x' } }, unread)).not.toContain(warning);
  });

  it('tell an old verified value from a claimed one', () => {
    expect(
      changes(
        { contact: { name: 'Jim', custom_data: { plan: 'pro', toString: 'x' } } },
        fullSession as Session,
      ),
    ).toEqual([
      `Session: ${fullSession.id}`,
      'WARNING: changes the data of a VERIFIED contact.',
      'Also makes 3 changes:',
      '- contact name: verified "Jane Doe", claimed "J." -> "Jim"',
      '- contact data "plan": verified "pro", claimed "enterprise" -> "pro"',
      '- contact data "toString": not set -> "x"',
    ]);
  });
});

it('a value is cut by itself, with what is missing', () => {
  expect(shownValue('x'.repeat(500))).toBe(`"${'x'.repeat(500)}"`);
  expect(shownValue('x'.repeat(1502))).toBe(`"${'x'.repeat(500)}" (… 1,002 more characters)`);
  expect(shownValue(12)).toBe('12');
  expect(shownValue(false)).toBe('false');
});

it('the question ends with the whole text', () => {
  const message = { type: 'text', text: 'x' } as const;
  const lines = sendQuestionText({ session: open, body: { sender: 'agent', message }, digest: '' }).split(
    '\n',
  );
  expect([lines[0], ...lines.slice(-3)]).toEqual([
    'Send this message into ticket #1?',
    'The full text, 1 character:',
    '',
    'x',
  ]);
});
