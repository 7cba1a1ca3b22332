import type { Session } from '../../contract/entities.ts';
import { isUnreadable } from '../../contract/lenient-schemas.ts';
import type { SendQuestion } from '../../conversations/sending/send-question.ts';
import { clean, escaped, truncate } from '../../text/clean.ts';
import { bareToken } from '../rendering/quoting.ts';
import { ticketText } from '../session.ts';

type Body = SendQuestion['body'];
type Scalar = string | number | boolean;

/**
 * What a person reads before approving a message: the full text, the recipient and how certain that identity is, the
 * channel, who handles the session, and every other change with its old and its new value. Whatever others wrote stands
 * in quotation marks on one line and is cut by itself, so that it can neither pose as one of our lines nor push one out.
 */
export function sendQuestionText(question: SendQuestion): string {
  const { session, body } = question;
  const text = clean(body.message.text);
  const ticket = ticketText(session.ticket_number);
  return [
    `Send this message into ${ticket ? `ticket ${ticket}` : `session ${bareToken(session.id)}`}?`,
    ...sendFacts(question),
    // The text comes last, so that nothing in it can pose as one of our lines.
    `The full text, ${count(text.length, 'character')}:`,
    '',
    text,
  ].join('\n');
}

/** What a person has to know about a message beside its text: one line for each. */
export function sendFacts({
  session,
  body,
  warning,
}: Pick<SendQuestion, 'session' | 'body' | 'warning'>): string[] {
  return [
    ...(warning ? [warnings[warning]] : []),
    ...hiddenLines(body.message.text.replace(/\r\n?/g, '\n'), clean(body.message.text)),
    ...recipientLines(session, body),
    // Without a ticket number, the first line of the question has it.
    ...(ticketText(session.ticket_number) ? [`Session: ${bareToken(session.id)}`] : []),
    ...fileLines(body),
    ...(body.should_take_over_session_from_ai ? ['Also takes the session over from the AI.'] : []),
    ...changeLines(session, body),
  ];
}

const warnings = {
  newest_unknown: 'WARNING: the newest messages could not be read; the customer may have written meanwhile.',
  not_read: 'WARNING: this conversation was not read before answering.',
  written_since: 'WARNING: the customer has written since the conversation was last read.',
} as const;

function hiddenLines(text: string, shown: string): string[] {
  if (text === shown) return [];
  const hidden = text.length - shown.length;
  const left = hidden > 0 ? ` ${count(hidden, 'character')} that cannot be seen left out below.` : '';
  return [`WARNING: the text contains invisible characters.${left}`];
}

const maxCharacters = { key: 100, value: 500, address: 2000 };

/** A value of others: in quotation marks, on one line, cut by itself with the number of characters that are missing. */
export function shownValue(value: Scalar, max = maxCharacters.value): string {
  if (typeof value !== 'string') return String(value);
  const { text, omitted } = truncate(value, max);
  return omitted === 0 ? escaped(text) : `${escaped(text)} (… ${count(omitted, 'more character')})`;
}

function recipientLines(session: Session, { sender, agent }: Body): string[] {
  const { contact, channel, status } = session;
  const isHuman = session.handoff || session.ai_closure_type === 'handed_off';
  const assignee = session.assignee_id ? ` (assignee ID ${bareToken(session.assignee_id)})` : '';
  const known = (...values: (string | null | undefined)[]) =>
    values.filter((value) => value != null && value !== '').map((value) => shownValue(String(value)));
  const verified = known(contact?.name, contact?.email);
  const claimed = known(contact?.non_verified_name, contact?.non_verified_email);
  const customer = [
    ...(verified.length > 0 ? [`verified ${verified.join(' ')}`] : []),
    ...(claimed.length > 0 ? [`claimed ${claimed.join(' ')}`] : []),
  ];
  return [
    sender === 'agent'
      ? `Sent as: an agent${agentText(agent)}, to the customer`
      : 'Sent as: THE CUSTOMER (sender contact speaks in the customer’s name)',
    `Customer: ${customer.join(', ') || (isUnreadable(session, 'contact') ? 'could not be read' : 'no name or email')}`,
    ...(contact?.phone_number ? [`Phone: ${shownValue(contact.phone_number)}, verification unknown`] : []),
    `Channel: ${bareToken(channel.type)}, status: ${bareToken(status)}`,
    `Held by: ${isHuman ? 'a human' : 'the AI'}${assignee}`,
  ];
}

function agentText(agent: Body['agent']): string {
  const parts = [
    agent?.name !== undefined && `shown as ${shownValue(agent.name)}`,
    agent?.id !== undefined && `id ${agent.id}`,
    agent?.avatar_url !== undefined && `picture ${shownValue(agent.avatar_url, maxCharacters.address)}`,
  ].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function fileLines({ message: { attachments = [] } }: Body): string[] {
  const files = attachments.map(({ name, url, base64 = '', mime_type }) =>
    [
      '-',
      name !== undefined && shownValue(name),
      mime_type !== undefined && shownValue(mime_type),
      url === undefined
        ? count(Buffer.byteLength(base64, 'base64'), 'byte')
        : shownValue(url, maxCharacters.address),
    ]
      .filter(Boolean)
      .join(' '),
  );
  return files.length > 0 ? [`Attachments: ${files.length}`, ...files] : [];
}

/** Every change with its old and its new value. The API does not say which of two old values it replaces. */
function changeLines(session: Session, body: Body): string[] {
  const { contact, custom_data: sessionData } = session;
  const isUnknown = isUnreadable(session, 'contact');
  const { custom_data: contactData = {}, ...fields } = body.contact ?? {};
  const old: Record<string, string> = {
    name: oldText(contact?.name, contact?.non_verified_name),
    email: oldText(contact?.email, contact?.non_verified_email),
    phone_number: contact?.phone_number ? shownValue(contact.phone_number) : 'not set',
    avatar_url: 'not known',
  };
  const changes = [
    ...present(fields).map(([field, value]) =>
      change(`contact ${field}`, (isUnknown ? undefined : old[field]) ?? 'not known', value),
    ),
    ...present(contactData).map(([key, value]) => {
      const [verified, claimed] = [contact?.custom_data, contact?.non_verified_custom_data];
      const before = isUnknown ? 'not known' : oldText(own(verified, key), own(claimed, key));
      return change(`contact data ${keyText(key)}`, before, value);
    }),
    ...present(body.custom_data ?? {}).map(([key, value]) => {
      const before = own(sessionData, key);
      return change(
        `session data ${keyText(key)}`,
        before === undefined ? 'not set' : shownValue(before),
        value,
      );
    }),
  ];
  const isVerified = [contact?.name, contact?.email, contact?.custom_data].some(
    (value) => value && Object.keys(value).length > 0,
  );
  return [
    ...(isVerified && body.contact ? ['WARNING: changes the data of a VERIFIED contact.'] : []),
    ...(isUnknown && body.contact ? ['WARNING: may change the data of a VERIFIED contact.'] : []),
    ...(changes.length > 0 ? [`Also makes ${count(changes.length, 'change')}:`, ...changes] : []),
  ];
}

const change = (what: string, before: string, value: Scalar) =>
  `- ${what}: ${before} -> ${shownValue(value)}`;

const keyText = (key: string) => shownValue(key, maxCharacters.key);

function oldText(verified: Scalar | null | undefined, claimed: Scalar | null | undefined): string {
  const isSet = (value: Scalar | null | undefined): value is Scalar => value != null && value !== '';
  const parts = [
    ...(isSet(verified) ? [`verified ${shownValue(verified)}`] : []),
    ...(isSet(claimed) ? [`claimed ${shownValue(claimed)}`] : []),
  ];
  return parts.join(', ') || 'not set';
}

function own(data: Readonly<Record<string, Scalar>> | null | undefined, key: string): Scalar | undefined {
  return data && Object.hasOwn(data, key) ? data[key] : undefined;
}

/** The members that are sent. */
function present(members: object): [string, Scalar][] {
  return Object.entries(members).filter(([, value]) => value !== undefined);
}

/** `1 byte`, `1,800 bytes`. */
function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}
