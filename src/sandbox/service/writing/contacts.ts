import { randomUUID } from 'node:crypto';
import type { CreateSessionBody } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import {
  changeContact,
  findByClaimedEmail,
  findByVerifiedEmail,
  findByVerifiedPhone,
  insertContact,
  lockIdentities,
} from '../../store/queries/contacts.ts';
import type { ContactRow } from '../../store/tables.ts';
import { mergeCustomData } from '../custom-data.ts';
import { invalid } from '../refusal.ts';

/** Contact data in the body of create and send. */
export type ContactData = NonNullable<z.infer<typeof CreateSessionBody>['contact']>;

/**
 * Finds or creates the contact that the data describes, and writes the data to its verified or claimed fields.
 * Verified data matches by email address, then by phone number. Claimed data matches only unverified contacts that
 * claimed the same address, so that a claim never attaches anyone to a verified person.
 * Source: assumption `contactMatch`.
 */
export async function attachContact(
  db: Db,
  data: ContactData,
  verified: boolean,
  at: string,
): Promise<ContactRow> {
  await lockContact(db, data);
  const known = verified ? await findVerified(db, data) : await findClaimed(db, data);
  if (known) return changeContact(db, known, { ...changesFrom(known, data, verified), updated_at: at });
  const row = { ...emptyContact, id: randomUUID(), created_at: at, updated_at: at };
  return insertContact(db, { ...row, ...changesFrom(row, data, verified) });
}

/**
 * Writes data to the verified or claimed fields of a known contact. Source: assumptions `sendContactData`,
 * `takenAddress`.
 * @throws Refusal 400 if the verified email address belongs to another contact.
 */
export async function updateContact(
  db: Db,
  contact: ContactRow,
  data: ContactData,
  verified: boolean,
  at: string,
): Promise<ContactRow> {
  if (verified && data.email !== undefined) {
    const owner = await findByVerifiedEmail(db, normalizeEmail(data.email));
    if (owner && owner.id !== contact.id)
      throw invalid('contact.email', 'is the verified address of another contact');
  }
  return changeContact(db, contact, { ...changesFrom(contact, data, verified), updated_at: at });
}

/** Locks the identities in the data. Call it before reading a contact that the data may change. */
export async function lockContact(db: Db, data: ContactData): Promise<void> {
  const email = data.email === undefined ? [] : [normalizeEmail(data.email)];
  const phone = normalizePhone(data.phone_number) ?? [];
  await lockIdentities(db, email.concat(phone));
}

async function findVerified(db: Db, data: ContactData): Promise<ContactRow | undefined> {
  const byEmail =
    data.email === undefined ? undefined : await findByVerifiedEmail(db, normalizeEmail(data.email));
  if (byEmail) return byEmail;
  const phone = normalizePhone(data.phone_number);
  return phone === null ? undefined : findByVerifiedPhone(db, phone);
}

async function findClaimed(db: Db, data: ContactData): Promise<ContactRow | undefined> {
  return data.email === undefined ? undefined : findByClaimedEmail(db, normalizeEmail(data.email));
}

type Fields = Omit<ContactRow, 'seq' | 'id' | 'created_at' | 'updated_at'>;

const emptyContact: Fields = {
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

/** The columns that the data changes, on the verified or the claimed side. Merges custom data. */
function changesFrom(contact: Fields, data: ContactData, verified: boolean): Partial<Fields> {
  const phone = data.phone_number !== undefined && {
    phone_number: data.phone_number,
    phone_key: normalizePhone(data.phone_number),
    phone_verified: verified ? (1 as const) : (0 as const),
  };
  if (verified) {
    return {
      verified: 1,
      ...(data.email !== undefined && { email: data.email, email_key: normalizeEmail(data.email) }),
      ...(data.name !== undefined && { name: data.name }),
      ...phone,
      custom_data: mergeCustomData(contact.custom_data, data.custom_data),
    };
  }
  return {
    ...(data.email !== undefined && {
      non_verified_email: data.email,
      non_verified_email_key: normalizeEmail(data.email),
    }),
    ...(data.name !== undefined && { non_verified_name: data.name }),
    // There is no separate column for a claimed number, so a claim must not replace that of a verified contact.
    ...(contact.verified === 0 && phone),
    non_verified_custom_data: mergeCustomData(contact.non_verified_custom_data, data.custom_data),
  };
}

/** The form in which email addresses are compared. */
export function normalizeEmail(email: string): string {
  return email.toLowerCase();
}

/** The form in which phone numbers are compared: digits only. Null if there are none. */
export function normalizePhone(phone: string | undefined): string | null {
  const digits = (phone ?? '').replace(/\D/g, '');
  return digits === '' ? null : digits;
}

/** The sender name for a contact's message: verified or claimed, as the session is; the other one if it is missing. */
export function displayName(contact: ContactRow | undefined, verified: boolean): string | undefined {
  if (!contact) return undefined;
  const name = verified
    ? (contact.name ?? contact.non_verified_name)
    : (contact.non_verified_name ?? contact.name);
  return name ?? undefined;
}
