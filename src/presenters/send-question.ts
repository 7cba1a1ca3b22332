import type { Session } from '../contract/entities.ts';
import type { SendQuestion } from '../conversations/sending/confirm-send.ts';
import { clean, cleanLine } from '../text/clean.ts';
import { contactLabel, contactLabelText } from './contact.ts';
import { quoted } from './rendering/quoting.ts';

/**
 * What a person reads before approving a message: the full text, the recipient and how certain that identity is, the
 * channel, who handles the session, and what else the call changes.
 */
export function sendQuestionText({ session, body, warning }: SendQuestion): string {
  const text = clean(body.message.text);
  return [
    `Send this message into session ${cleanLine(session.id)}?`,
    ...(warning ? [warnings[warning]] : []),
    ...(text === body.message.text.replace(/\r\n?/g, '\n')
      ? []
      : ['WARNING: the text contains invisible characters.']),
    ...recipientLines(session, body),
    ...effectLines(body),
    // The text comes last, so that nothing in it can pose as one of our lines.
    'The full text:',
    '',
    text,
  ].join('\n');
}

const warnings = {
  newest_unknown: 'WARNING: the newest messages could not be read; the customer may have written meanwhile.',
  not_read: 'WARNING: this conversation was not read before answering.',
  written_since: 'WARNING: the customer has written since the conversation was last read.',
} as const;

function recipientLines(session: Session, body: SendQuestion['body']): string[] {
  const { contact, channel, status, handoff, ai_closure_type, assignee_id } = session;
  const isHuman = handoff || ai_closure_type === 'handed_off';
  const label = contactLabel(contact);
  const identity = label === undefined ? '' : label.claimed ? ': claimed, not verified' : ': verified';
  const name = body.agent?.name ? ` (shown as ${quoted(body.agent.name)})` : '';
  const assignee = assignee_id ? ` (assigned to ${cleanLine(assignee_id)})` : '';
  return [
    body.sender === 'agent'
      ? `Sent as: an agent${name}, to the customer`
      : 'Sent as: THE CUSTOMER (sender contact speaks in the customer’s name)',
    `Customer: ${contactLabelText(label)}${identity}`,
    ...(contact?.phone_number ? [`Phone: ${quoted(contact.phone_number)}, verification unknown`] : []),
    `Channel: ${cleanLine(channel.type)}, status: ${cleanLine(status)}`,
    `Held by: ${isHuman ? 'a human' : 'the AI'}${assignee}`,
  ];
}

function effectLines(body: SendQuestion['body']): string[] {
  const files = (body.message.attachments ?? []).map(({ name, url, base64 = '' }) =>
    [
      name && quoted(name),
      url === undefined ? `${Buffer.byteLength(base64, 'base64')} bytes` : cleanLine(url),
    ]
      .filter(Boolean)
      .join(' '),
  );
  return [
    ...(files.length > 0 ? [`Attachments: ${files.join(', ')}`] : []),
    ...(body.should_take_over_session_from_ai ? ['Also takes the session over from the AI.'] : []),
    ...(body.contact ? [`Also changes the contact’s data: ${keys(body.contact)}.`] : []),
    ...(body.custom_data ? [`Also changes the session’s custom data: ${keys(body.custom_data)}.`] : []),
  ];
}

function keys(changes: object): string {
  return cleanLine(Object.keys(changes).join(', '), 300);
}
