import type { Session } from '../../contract/entities.ts';
import { isUnreadable } from '../../contract/lenient-schemas.ts';
import { z } from '../../contract/zod.ts';
import type { CreatedSession } from '../../conversations/sending/create-once.ts';
import { cleanLine } from '../../text/clean.ts';
import { ContactLabelView, contactLabel, contactLabelText, contactView } from '../contact.ts';
import { bareToken, dataBlock, isToken, placeFacts } from '../rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from '../rendering/rendering.ts';
import { ticketText } from '../session.ts';

export const CreatedView = z.object({
  id: z.string(),
  ticket_number: z.number().optional(),
  status: z.string().optional(),
  identity: z
    .string()
    .describe('Of its contact: verified, claimed, unknown (a phone number alone) or none')
    .optional(),
  contact: ContactLabelView.optional(),
  created_seconds_ago: z.number().describe('By an equal call; this call created nothing').optional(),
  session_note: z.string().optional(),
});

export function presentCreated(
  { id, session, secondsAgo }: CreatedSession,
  context: PresentContext,
): Presented<z.infer<typeof CreatedView>> {
  const view: z.infer<typeof CreatedView> = {
    id: cleanLine(id),
    ...(session === undefined
      ? { session_note: 'The session could not be read after that.' }
      : {
          ...stateOf(session),
          identity: identityOf(session),
          ...omitEmpty({ contact: contactLabel(session) }),
        }),
    ...omitEmpty({ created_seconds_ago: secondsAgo }),
  };
  return presented(view, (shown) => createdText(shown, context), context);
}

function createdText(view: z.infer<typeof CreatedView>, { nonce }: PresentContext): string {
  const token = bareToken(view.id);
  const { created_seconds_ago: secondsAgo } = view;
  const [what, note] =
    secondsAgo === undefined
      ? [`Created session ${token}.`, 'It holds no messages yet.']
      : [
          `Session ${token} was created by an equal call ${secondsAgo} s ago.`,
          'No second one was created; pass allow_duplicate true for another.',
        ];
  const { outside, inside } = placeFacts([[what, view.id], ...ticketLine(view)]);
  // The answer begins with what happened, even if the line that names the session is in the block.
  if (inside.includes(what))
    outside.unshift(secondsAgo === undefined ? 'A session was created.' : 'An equal call created a session.');
  const identity = view.identity === undefined ? [] : [`Identity of its contact: ${view.identity}.`];
  const contact = view.contact ? [`contact ${contactLabelText(view.contact)}`] : [];
  const ours = [...outside, ...identity, ...(view.session_note ? [view.session_note] : []), note];
  return [ours.join(' '), ...dataBlock([...inside, ...contact], nonce)].join('\n');
}

export const UpdatedView = z.object({
  id: z.string(),
  ticket_number: z.number().optional(),
  status: z.string().optional(),
  session_note: z.string().optional(),
});

/**
 * @param status the new status; undefined if it was not to change.
 * @param session the session after the change; undefined if it could not be read.
 * @param known the status before the change, if it is known, and the numbers of drafts that wait in the closed session.
 */
export function presentUpdated(
  id: string,
  status: string | undefined,
  session: Session | undefined,
  context: PresentContext,
  { before, drafts = [] }: { before?: string | undefined; drafts?: readonly number[] } = {},
): Presented<z.infer<typeof UpdatedView>> {
  const isAsWanted = session === undefined || session.status === status;
  const note =
    [
      status !== undefined && before === status && isAsWanted && 'It already was before this call.',
      session === undefined ? 'The session could not be read after that.' : noteOf(status, session),
      drafts.length === 1 && `Your draft ${drafts[0]} still waits for a person.`,
      drafts.length > 1 && `Your drafts ${drafts.join(', ')} still wait for a person.`,
    ]
      .filter(Boolean)
      .join(' ') || undefined;
  const view: z.infer<typeof UpdatedView> = {
    id,
    ...omitEmpty({ status }),
    ...(session === undefined ? {} : stateOf(session)),
    ...omitEmpty({ session_note: note }),
  };
  return presented(view, (shown) => updatedText(shown, context), context);
}

function updatedText(view: z.infer<typeof UpdatedView>, { nonce }: PresentContext): string {
  const { id, status, session_note: note } = view;
  const ticket = view.ticket_number === undefined ? '' : `, ticket ${ticketText(view.ticket_number)},`;
  const { outside, inside } = placeFacts([
    [`Session ${id}${ticket} ${status && isToken(status) ? `is now ${status}` : 'was updated'}.`],
    ...(status && !isToken(status) ? [[`It is now ${bareToken(status)}.`, status] as const] : []),
  ]);
  return [[...outside, note].filter(Boolean).join(' '), ...dataBlock(inside, nonce)].join('\n');
}

/** The API took the change, but somebody else may have made another one since. */
function noteOf(wanted: string | undefined, { status }: Session): string | undefined {
  if (wanted === undefined || wanted === status) return undefined;
  return `The API accepted ${wanted}, but the session has another status since.`;
}

function stateOf({ ticket_number, status }: Session) {
  return { ...omitEmpty({ ticket_number }), status: cleanLine(status) };
}

function identityOf(session: Session): 'verified' | 'claimed' | 'unknown' | 'none' {
  const { contact } = session;
  if (!contact) return isUnreadable(session, 'contact') ? 'unknown' : 'none';
  const { verified, unverified } = contactView(contact);
  return verified ? 'verified' : unverified ? 'claimed' : 'unknown';
}

function ticketLine({ ticket_number: number, status }: z.infer<typeof CreatedView>) {
  if (status === undefined) return [];
  return [[`Ticket ${ticketText(number) || 'unknown'}, ${bareToken(status)}.`, status] as const];
}
