import type { SendMessageBody } from '../client/client.ts';
import type { Session } from '../contract/read.ts';
import { contactLabel, contactLabelText } from '../presenters/contact.ts';
import { partyOf } from '../presenters/transcript.ts';
import { clean, cleanLine } from '../presenters/untrusted.ts';
import type { ToolContext } from './define-tool.ts';
import { NotAllowedError } from './errors.ts';
import { readWindow } from './history-window.ts';

/** Newest messages looked at to find out whether the customer wrote meanwhile. */
const recentMessages = 20;

/**
 * Asks the person at the client before a message goes out: with its full text, to whom, how certain that identity
 * is, over which channel, and who holds the session.
 * @throws NotAllowedError when the answer is anything but yes, or when the client cannot ask.
 */
export async function confirmSend(
  sessionId: string,
  body: SendMessageBody,
  context: ToolContext,
): Promise<void> {
  const { client, call, confirm, lastRead, now } = context;
  if (confirm === undefined) return;
  const [session, window] = await Promise.all([
    client.getSession(sessionId, call),
    readWindow(client.historyPages(sessionId, call), { limit: recentMessages, includeEvents: false, now }),
  ]);
  const newest = window.items.findLast(({ event }) => partyOf(event.sender?.type) === 'contact')?.created_at;
  const question = [
    `Send this message into session ${cleanLine(session.id)}?`,
    ...warning(newest, lastRead.get(sessionId)),
    '',
    clean(body.message.text),
    '',
    ...facts(session, body),
  ].join('\n');
  const answer = await confirm(question);
  if (answer === 'accept') return;
  throw new NotAllowedError(refusals[answer]);
}

const refusals = {
  decline: 'the person at the client declined this message. Ask what to change before trying again',
  cancel: 'the person at the client closed the question without an answer. Ask before trying again',
  unsupported:
    'this server asks a person before every message (--confirm-sends), and this client cannot ask one (no elicitation)',
} as const;

function warning(newestContactMessage: string | undefined, read: string | undefined): string[] {
  if (newestContactMessage === undefined) return [];
  if (read === undefined) return ['WARNING: this conversation was not read before answering.'];
  return Date.parse(newestContactMessage) > Date.parse(read)
    ? ['WARNING: the customer has written since the conversation was last read.']
    : [];
}

function facts(session: Session, { sender, message, contact }: SendMessageBody): string[] {
  const label = contactLabel(session.contact);
  const identity = label === undefined ? '' : label.claimed ? ': claimed, not verified' : ': verified';
  const files = message.attachments?.map(({ name, url }) => cleanLine(name ?? url ?? 'unnamed')) ?? [];
  return [
    sender === 'agent'
      ? 'Sent as: an agent, to the customer'
      : 'Sent as: THE CUSTOMER (sender contact speaks in the name of the customer)',
    `Customer: ${contactLabelText(label)}${identity}`,
    `Channel: ${cleanLine(session.channel.type)}, status: ${cleanLine(session.status)}`,
    session.handoff
      ? `Held by: a human${session.assignee_id ? ` (${cleanLine(session.assignee_id)})` : ''}`
      : 'Held by: the AI',
    ...(files.length > 0 ? [`Attachments: ${files.join(', ')}`] : []),
    ...(contact ? ['Also changes the contact’s data.'] : []),
  ];
}
