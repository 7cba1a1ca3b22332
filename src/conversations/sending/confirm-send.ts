import type { SendMessageBody } from '../../client/client.ts';
import type { Session } from '../../contract/entities.ts';
import { contactLabel, contactLabelText } from '../../presenters/contact.ts';
import { partyOf } from '../../presenters/message.ts';
import { quoted } from '../../presenters/rendering/quoting.ts';
import type { HistoryWindow } from '../../presenters/transcript.ts';
import { clean, cleanLine } from '../../text/clean.ts';
import type { ToolContext } from '../../tools/tool.ts';
import { NotAllowedError } from '../errors.ts';
import { readSession } from '../reading/read-session.ts';

/** Newest messages looked at to find out whether the customer wrote meanwhile. */
const recentMessages = 20;

/** Part of a call's time left that a person may take to answer; the rest is for the send. */
const askShare = 0.8;

/**
 * Asks the person at the client before a message goes out: with its full text, to whom, how certain that identity
 * is, over which channel, who holds the session, and what else the call changes.
 * @throws NotAllowedError when the answer is anything but yes, or when the client cannot ask.
 */
export async function confirmSend(
  sessionId: string,
  body: SendMessageBody,
  context: ToolContext,
): Promise<void> {
  const { call, confirm, lastRead } = context;
  if (confirm === undefined) return;
  const { session, window } = await readSession(sessionId, recentMessages, context);
  const shown = clean(body.message.text);
  const question = [
    `Send this message into session ${cleanLine(session.id)}?`,
    ...warning(window, lastRead.get(sessionId)),
    ...(shown === body.message.text.replace(/\r\n?/g, '\n')
      ? []
      : ['WARNING: the text holds characters that cannot be seen.']),
    ...recipient(session, body),
    ...furtherEffects(body),
    // Last, so that nothing in it can pose as one of the lines above.
    'The text, to its end:',
    '',
    shown,
  ].join('\n');
  const timeoutMs = Math.max(0, (call.deadline - Date.now()) * askShare);
  const answer = await confirm(question, timeoutMs);
  if (answer !== 'accept') throw new NotAllowedError(refusals[answer]);
}

const refusals = {
  decline: 'the person at the client declined this message. Ask what to change before trying again',
  cancel: 'the person at the client closed the question without an answer. Ask before trying again',
  timeout:
    'the person at the client did not answer in time whether to send this message. Ask before trying again',
  failed: 'the client could not ask the person whether to send this message, or its answer could not be read',
  unsupported:
    'this server asks a person before every message (--confirm-sends), and this client cannot ask one (no elicitation)',
} as const;

function warning(window: HistoryWindow | undefined, read: string | undefined): string[] {
  if (!window?.newestReached) {
    return ['WARNING: the newest messages could not be read; the customer may have written meanwhile.'];
  }
  const newest = window.items.findLast(({ event }) => partyOf(event.sender?.type) === 'contact')?.created_at;
  if (newest === undefined) return [];
  if (read === undefined) return ['WARNING: this conversation was not read before answering.'];
  return Date.parse(newest) > Date.parse(read)
    ? ['WARNING: the customer has written since the conversation was last read.']
    : [];
}

function recipient(session: Session, body: SendMessageBody): string[] {
  const { contact, channel, status, handoff, ai_closure_type, assignee_id } = session;
  const human = handoff || ai_closure_type === 'handed_off';
  const label = contactLabel(contact);
  const identity = label === undefined ? '' : label.claimed ? ': claimed, not verified' : ': verified';
  const name = body.agent?.name ? ` (shown as ${quoted(body.agent.name)})` : '';
  const assignee = assignee_id ? ` (assigned to ${cleanLine(assignee_id)})` : '';
  return [
    body.sender === 'agent'
      ? `Sent as: an agent${name}, to the customer`
      : 'Sent as: THE CUSTOMER (sender contact speaks in the name of the customer)',
    `Customer: ${contactLabelText(label)}${identity}`,
    ...(contact?.phone_number ? [`Phone: ${quoted(contact.phone_number)}, verification unknown`] : []),
    `Channel: ${cleanLine(channel.type)}, status: ${cleanLine(status)}`,
    `Held by: ${human ? 'a human' : 'the AI'}${assignee}`,
  ];
}

function furtherEffects(body: SendMessageBody): string[] {
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
