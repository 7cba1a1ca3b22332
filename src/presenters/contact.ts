import type { Session, SessionContact } from '../contract/entities.ts';
import { isUnreadable } from '../contract/lenient-schemas.ts';
import { z } from '../contract/zod.ts';
import { cleanLine, cleanText } from '../text/clean.ts';
import { quoted } from './rendering/quoting.ts';
import { omitEmpty } from './rendering/rendering.ts';
import { firstWithinSize } from './rendering/size-limit.ts';

/** Custom data as the model reads it. Customers or integrators wrote both keys and values. */
const CustomDataView = z.record(z.union([z.string(), z.number(), z.boolean()]));

/** The two fields of a view that contain custom data. */
export const customDataFields = {
  custom_data: CustomDataView.optional(),
  custom_data_left_out: z.number().describe('Keys not shown').optional(),
};

const IdentityView = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  ...customDataFields,
});

/**
 * A contact with its two identities, which are never merged: `verified` was proven to the platform, `unverified` is
 * what the customer claims, and is called claimed in text. The API does not say whether the phone number is verified, so it belongs to neither.
 */
export const ContactView = z.object({
  id: z.string(),
  verified: IdentityView.optional(),
  unverified: IdentityView.describe('Claimed by the customer').optional(),
  phone_number: z.string().describe('Verification unknown').optional(),
});
export type ContactView = z.infer<typeof ContactView>;

/** The contact in a row of a list: the verified name and email, or else the claimed ones, marked as claimed. */
export const ContactLabelView = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  claimed: z.literal(true).describe('Name and email are only claimed').optional(),
  unreadable: z.literal(true).describe('The API returned a contact that could not be read').optional(),
});
export type ContactLabelView = z.infer<typeof ContactLabelView>;

type CustomData = Record<string, string | number | boolean>;

interface CustomDataFields {
  custom_data?: CustomData | undefined;
  custom_data_left_out?: number | undefined;
}

const maxValueCharacters = 500;
const maxDataBytes = 6000;

/** Cleans custom data and limits its size. */
export function customDataView(
  data: Readonly<CustomData> | null | undefined,
  maxBytes = maxDataBytes,
): CustomDataFields {
  const all = Object.entries(data ?? {});
  const shown = firstWithinSize(cleaned(all), Math.min(maxBytes, maxDataBytes));
  const view = new Map<string, string | number | boolean>();
  for (const [key, value] of shown) {
    let unique = key;
    // Keys that differ only in invisible characters must not overwrite each other.
    for (let n = 2; view.has(unique); n += 1) unique = `${key} (${ordinal(n)} key that looks the same)`;
    view.set(unique, value);
  }
  return omitEmpty({
    custom_data: Object.fromEntries(view),
    custom_data_left_out: all.length > shown.length ? all.length - shown.length : undefined,
  });
}

/** Cleans entries one at a time, so that no more are cleaned than are shown. */
function* cleaned(entries: readonly [string, string | number | boolean][]) {
  for (const [key, value] of entries) {
    yield [cleanLine(key), typeof value === 'string' ? cleanText(value, maxValueCharacters) : value] as const;
  }
}

function ordinal(n: number): string {
  return ['second', 'third'][n - 2] ?? `${n}th`;
}

function identityView(
  name: string | null | undefined,
  email: string | null | undefined,
  data: CustomData | null | undefined,
  maxBytes: number | undefined,
) {
  return {
    ...omitEmpty({ name: name ? cleanLine(name) : undefined, email: email ? cleanLine(email) : undefined }),
    ...customDataView(data, maxBytes),
  };
}

/** @param maxBytes limit for each of the two custom data maps. */
export function contactView(contact: SessionContact, maxBytes?: number): ContactView {
  const verified = identityView(contact.name, contact.email, contact.custom_data, maxBytes);
  const unverified = identityView(
    contact.non_verified_name,
    contact.non_verified_email,
    contact.non_verified_custom_data,
    maxBytes,
  );
  return {
    id: cleanLine(contact.id),
    ...omitEmpty({
      verified,
      unverified,
      phone_number: contact.phone_number ? cleanLine(contact.phone_number) : undefined,
    }),
  };
}

/** Undefined if there is no contact, or it has neither a name nor an email. */
export function contactLabel(session: Pick<Session, 'contact'>): ContactLabelView | undefined {
  if (isUnreadable(session, 'contact')) return { unreadable: true };
  const { contact } = session;
  if (!contact) return undefined;
  const { verified, unverified } = contactView(contact);
  if (verified?.name || verified?.email) return omitEmpty({ name: verified.name, email: verified.email });
  if (unverified?.name || unverified?.email) {
    return { ...omitEmpty({ name: unverified.name, email: unverified.email }), claimed: true };
  }
  return undefined;
}

/** `"Amelia Hart" amelia@example.com`, with `claimed:` before it if they are only claimed. */
export function contactLabelText(label: ContactLabelView | undefined): string {
  if (label === undefined) return 'no name or email';
  const { name, email, claimed, unreadable } = label;
  if (unreadable) return '(contact could not be read)';
  return [claimed && 'claimed:', name && quoted(name), email && addressText(email)].filter(Boolean).join(' ');
}

/** Quoted like any other text, unless it can only be an address. */
function addressText(email: string): string {
  return /^[\w.+-]{1,64}@[\w.-]{1,100}$/.test(email) ? email : quoted(email);
}

/** One line for each identity and one for the phone number. */
export function contactLines({ verified, unverified, phone_number }: ContactView): string[] {
  return [
    ...(verified ? [`verified: ${identityText(verified)}`] : []),
    ...(unverified ? [`claimed: ${identityText(unverified)}`] : []),
    ...(phone_number ? [`phone, verification unknown: ${quoted(phone_number)}`] : []),
  ];
}

function identityText({ name, email, ...data }: NonNullable<ContactView['verified']>): string {
  return [name && `name ${quoted(name)}`, email && `email ${quoted(email)}`, customDataText(data)]
    .filter(Boolean)
    .join(', ');
}

/** `data {"plan":"pro"} and 3 more keys, left out`; empty if there is none. */
export function customDataText({ custom_data, custom_data_left_out }: CustomDataFields): string {
  return [
    // JSON on one line: no key or value can close its quotation marks or begin a new line.
    custom_data && `data ${JSON.stringify(custom_data)}`,
    custom_data_left_out && `and ${custom_data_left_out} more keys, left out`,
  ]
    .filter(Boolean)
    .join(' ');
}
