import { describe, expect, it, vi } from 'vitest';
import type { CreateSessionBody, SendMessageBody } from '../../../src/client/client.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { NotAllowedError } from '../../../src/conversations/errors.ts';
import {
  type IdentityRequest,
  requirePermission,
} from '../../../src/conversations/sending/require-permission.ts';
import { fullSession, smallestSession } from '../../support/fakes/examples.ts';
import { contextOf } from '../../support/fakes/fakes.ts';

const sessionId = fullSession.id;

/** A contact that only claims its name and email. */
const claims = {
  ...fullSession.contact,
  name: null,
  email: null,
  custom_data: null,
  phone_number: null,
  non_verified_name: 'Noor',
  non_verified_email: 'noor@example.com',
};

const sessionWith = (contact: object): Session => ({ ...fullSession, contact: { ...claims, ...contact } });

function asked(request: IdentityRequest, session: Session = fullSession, allowVerified = false) {
  const getSession = vi.fn(async () => session);
  const done = requirePermission(request, contextOf({ getSession }, { allowVerified }));
  return { done, getSession };
}

const create = (body: CreateSessionBody): IdentityRequest => ({ operation: 'createSession', body });
const send = (more: Partial<SendMessageBody>): IdentityRequest => ({
  operation: 'sendMessage',
  sessionId,
  body: { sender: 'agent', message: { type: 'text', text: 'Hello' }, ...more },
});

describe('creating a session without --allow-verified', () => {
  it.each<[string, CreateSessionBody, string]>([
    ['a verified identity', { verified: true }, 'Leave verified out'],
    ['a verified identity and its data', { verified: true, contact: { name: 'A' } }, 'Leave verified out'],
    ['an existing contact', { contact_id: sessionId }, 'describe the person in contact'],
    ['an existing contact, not verified', { contact_id: sessionId, verified: false }, 'Leave contact_id out'],
    ['an existing contact and its data', { contact_id: sessionId, contact: {} }, 'Pass contact alone'],
  ])('refuses %s and says what to do', async (_, body, advice) => {
    const refusal = await asked(create(body)).done.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotAllowedError);
    expect((refusal as Error).message).toContain('--allow-verified');
    expect((refusal as Error).message).toContain(advice);
  });

  it.each<CreateSessionBody>([
    {},
    { verified: false },
    { verified: null },
    { contact: { name: 'A', email: 'a@example.com', custom_data: { plan: 'pro' } }, custom_data: { a: 1 } },
  ])('allows a claimed identity: %j', async (body) => {
    await expect(asked(create(body)).done).resolves.toBeUndefined();
  });
});

describe('changing a contact by a message without --allow-verified', () => {
  const changes = { email: 'new@example.com' };

  it.each<[string, object]>([
    ['a verified name', { name: 'Jane' }],
    ['a verified email', { email: 'jane@example.com' }],
    ['verified data', { custom_data: { plan: 'pro' } }],
    ['a name that cannot be read', { name: undefined }],
    ['data that cannot be read', { custom_data: undefined }],
  ])('is refused if the contact has %s', async (_, contact) => {
    await expect(asked(send({ contact: changes }), sessionWith(contact)).done).rejects.toThrow(
      'contact would change the data of a verified contact, and this server was started without --allow-verified. Leave contact out',
    );
  });

  it.each<[string, SendMessageBody['contact']]>([
    ['name', { name: 'Mallory' }],
    ['email', { email: 'mallory@example.com' }],
    ['phone number', { phone_number: '+1' }],
    ['picture', { avatar_url: 'https://a.example/' }],
    ['data', { custom_data: { plan: 'free' } }],
    ['nothing', {}],
  ])('is refused on a verified contact whatever it changes: %s', async (_, contact) => {
    await expect(asked(send({ contact })).done).rejects.toThrow(NotAllowedError);
  });

  it('is refused if it would replace a phone number, which may be verified', async () => {
    const session = sessionWith({ phone_number: '+1555' });
    const error = 'contact would change a phone number that may be verified';
    await expect(asked(send({ contact: { phone_number: '+1666' } }), session).done).rejects.toThrow(error);
    await expect(asked(send({ contact: { phone_number: '+1555' } }), session).done).resolves.toBeUndefined();
    await expect(asked(send({ contact: { name: 'N.' } }), session).done).resolves.toBeUndefined();
    const without = sessionWith({});
    await expect(asked(send({ contact: { phone_number: '+1' } }), without).done).resolves.toBeUndefined();
  });

  it('is refused if the contact cannot be read', async () => {
    const session = { ...fullSession, contact: undefined } as Session;
    await expect(asked(send({ contact: changes }), session).done).rejects.toThrow('cannot be read');
  });

  it('is refused if the session cannot be read', async () => {
    const getSession = () => Promise.reject(new Error('no session'));
    const context = contextOf({ getSession });
    await expect(requirePermission(send({ contact: changes }), context)).rejects.toThrow('no session');
  });

  it.each<[string, Session]>([
    ['claimed', sessionWith({})],
    ['claimed and has empty data', sessionWith({ name: '', custom_data: {} })],
    ['absent', smallestSession],
    ['null', { ...smallestSession, contact: null }],
  ])('is allowed if the contact is %s', async (_, session) => {
    await expect(asked(send({ contact: changes }), session).done).resolves.toBeUndefined();
  });

  it('reads nothing for a message that leaves the contact alone', async () => {
    const { done, getSession } = asked(send({ custom_data: { a: 1 }, agent: { name: 'Mia' } }));
    await done;
    expect(getSession).not.toHaveBeenCalled();
  });
});

it('with --allow-verified nothing is refused and nothing is read', async () => {
  for (const request of [
    create({ verified: true, contact_id: sessionId }),
    send({ contact: { name: 'J' } }),
  ]) {
    const { done, getSession } = asked(request, fullSession, true);
    await done;
    expect(getSession).not.toHaveBeenCalled();
  }
});
