import type { CreateSessionBody, SendMessageBody } from '../../client/client.ts';
import type { Session } from '../../contract/entities.ts';
import { isUnreadable } from '../../contract/lenient-schemas.ts';
import type { Context } from '../context.ts';
import { NotAllowedError } from '../errors.ts';

/** A request that may change who somebody is to the platform. */
export type IdentityRequest =
  | { readonly operation: 'createSession'; readonly body: CreateSessionBody }
  | { readonly operation: 'sendMessage'; readonly sessionId: string; readonly body: SendMessageBody };

/**
 * Refuses a request that asserts or changes verified data, unless the operator allows it (`--allow-verified`, or a role). Call it
 * on the request as it will leave, before anything is asked, recorded or sent. Verified is what the API shows as
 * verified. What it does not tell, or what cannot be read, counts as verified.
 * @throws NotAllowedError, or the error of reading the session.
 */
export async function requirePermission(request: IdentityRequest, context: Context): Promise<void> {
  if (context.allowVerified) return;
  const problem =
    request.operation === 'createSession'
      ? problemOfCreate(request.body, context)
      : await problemOfSend(request.sessionId, request.body, context);
  if (problem !== undefined) throw new NotAllowedError(problem);
}

type ContactChanges = NonNullable<SendMessageBody['contact']>;

function problemOfCreate(
  { verified, contact_id, contact }: CreateSessionBody,
  { ruleTexts: { verifiedNotAllowed } }: Context,
): string | undefined {
  if (verified === true) {
    return `verified: true vouches for a person’s identity, and ${verifiedNotAllowed}. Leave verified out to create the session with a claimed identity`;
  }
  if (contact_id === undefined) return undefined;
  if (contact !== undefined) {
    return `contact_id with contact may change the data of a verified contact, and ${verifiedNotAllowed}. Pass contact alone to create the session with a claimed identity`;
  }
  // No documented request tells whether a contact is verified: the list of contacts has no claimed fields.
  return `contact_id opens the session as an existing contact, who may be verified (the API does not tell), and ${verifiedNotAllowed}. Leave contact_id out and describe the person in contact to create the session with a claimed identity`;
}

async function problemOfSend(
  sessionId: string,
  { contact }: SendMessageBody,
  { client, call, ruleTexts: { verifiedNotAllowed } }: Context,
): Promise<string | undefined> {
  if (contact === undefined) return undefined;
  const session = await client.getSession(sessionId, call);
  const held = verifiedData(session, contact);
  if (held === undefined) return undefined;
  return `contact would change ${held}, and ${verifiedNotAllowed}. Leave contact out to send the message without that change`;
}

/** What the changes would overwrite that may be verified; undefined if there is only claimed data. */
function verifiedData(session: Session, changes: ContactChanges): string | undefined {
  if (isUnreadable(session, 'contact')) return 'a contact that cannot be read and may be verified';
  const { contact } = session;
  if (!contact) return undefined;
  const isSet = (key: 'name' | 'email' | 'custom_data' | 'phone_number') =>
    isUnreadable(contact, key) || hasContent(contact[key]);
  if (isSet('name') || isSet('email') || isSet('custom_data')) return 'the data of a verified contact';
  // The API does not say whether a phone number is verified.
  const replacesPhone =
    changes.phone_number !== undefined &&
    changes.phone_number !== contact.phone_number &&
    isSet('phone_number');
  return replacesPhone ? 'a phone number that may be verified' : undefined;
}

function hasContent(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
