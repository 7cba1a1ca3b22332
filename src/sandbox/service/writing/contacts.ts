import { randomUUID } from 'node:crypto';
import type { CreateSessionBody } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import {
  changeContact,
  findByClaimedEmail,
  findByVerifiedEmail,
  findByVerifiedPhone,
  holdIdentities,
  insertContact,
} from '../../store/queries/contacts.ts';
import type { ContactRow } from '../../store/tables.ts';
import { mergedMap } from '../reading/session-view.ts';
import { invalid } from '../refusal.ts';

/** What create and send say about a person. */
export type ContactData = NonNullable<z.infer<typeof CreateSessionBody>['contact']>;

/**
 * Finds the contact that the data means, or makes one, and writes the data to its verified or its claimed side.
 * Verified data means the person with that e-mail address, else that phone number. A claim finds only contacts
 * that claimed the same address and have nothing verified: it never attaches anyone to a verified person.
 * Source: assumption `contactMatch`.
 */
export async function attachContact(
  db: Db,
  data: ContactData,
  verified: boolean,
  at: string,
): Promise<ContactRow> {
  await holdContact(db, data);
  const known = verified ? await findVerified(db, data) : await findClaimed(db, data);
  if (known) return changeContact(db, known, { ...written(known, data, verified), updated_at: at });
  const row = { ...nobody, id: randomUUID(), created_at: at, updated_at: at };
  return insertContact(db, { ...row, ...written(row, data, verified) });
}

/**
 * Writes data about a known contact to one of its sides. Source: assumption `sendContactData`.
 * @throws Refusal 400 where a verified e-mail address already identifies somebody else.
 */
export async function updateContact(
  db: Db,
  contact: ContactRow,
  data: ContactData,
  verified: boolean,
  at: string,
): Promise<ContactRow> {
  if (verified && data.email !== undefined) {
    const owner = await findByVerifiedEmail(db, keyOfEmail(data.email));
    if (owner && owner.id !== contact.id)
      throw invalid('contact.email', 'is the verified address of another contact');
  }
  return changeContact(db, contact, { ...written(contact, data, verified), updated_at: at });
}

/** To be called before any contact is read that the data may change. */
export async function holdContact(db: Db, data: ContactData): Promise<void> {
  const email = data.email === undefined ? [] : [keyOfEmail(data.email)];
  const phone = keyOfPhone(data.phone_number) ?? [];
  await holdIdentities(db, email.concat(phone));
}

async function findVerified(db: Db, data: ContactData): Promise<ContactRow | undefined> {
  const byEmail =
    data.email === undefined ? undefined : await findByVerifiedEmail(db, keyOfEmail(data.email));
  if (byEmail) return byEmail;
  const phone = keyOfPhone(data.phone_number);
  return phone === null ? undefined : findByVerifiedPhone(db, phone);
}

async function findClaimed(db: Db, data: ContactData): Promise<ContactRow | undefined> {
  return data.email === undefined ? undefined : findByClaimedEmail(db, keyOfEmail(data.email));
}

type Fields = Omit<ContactRow, 'seq' | 'id' | 'created_at' | 'updated_at'>;

const nobody: Fields = {
  verified: 0,
  email: null,
  email_key: null,
  name: null,
  custom_data: null,
  phone_number: null,
  phone_key: null,
  phone_verified: 0,
  non_verified_name: null,
  non_verified_email: null,
  non_verified_email_key: null,
  non_verified_custom_data: null,
};

/** The fields that the data changes: those that are given, on one side. Custom data is merged. */
function written(contact: Fields, data: ContactData, verified: boolean): Partial<Fields> {
  const phone = data.phone_number !== undefined && {
    phone_number: data.phone_number,
    phone_key: keyOfPhone(data.phone_number),
    phone_verified: verified ? (1 as const) : (0 as const),
  };
  if (verified) {
    return {
      verified: 1,
      ...(data.email !== undefined && { email: data.email, email_key: keyOfEmail(data.email) }),
      ...(data.name !== undefined && { name: data.name }),
      ...phone,
      custom_data: mergedMap(contact.custom_data, data.custom_data),
    };
  }
  return {
    ...(data.email !== undefined && {
      non_verified_email: data.email,
      non_verified_email_key: keyOfEmail(data.email),
    }),
    ...(data.name !== undefined && { non_verified_name: data.name }),
    // The number has no claimed twin: on a verified contact a claim must not replace it.
    ...(contact.verified === 0 && phone),
    non_verified_custom_data: mergedMap(contact.non_verified_custom_data, data.custom_data),
  };
}

/** The form in which addresses are compared. */
export function keyOfEmail(email: string): string {
  return email.toLowerCase();
}

/** The form in which phone numbers are compared: their digits. Null where there are none. */
export function keyOfPhone(phone: string | undefined): string | null {
  const digits = (phone ?? '').replace(/\D/g, '');
  return digits === '' ? null : digits;
}

/** The name to show beside a message: of the side that the session stands on, else of the other. */
export function shownName(contact: ContactRow | undefined, verified: boolean): string | undefined {
  if (!contact) return undefined;
  const name = verified
    ? (contact.name ?? contact.non_verified_name)
    : (contact.non_verified_name ?? contact.name);
  return name ?? undefined;
}
