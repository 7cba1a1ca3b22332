import type { SessionContact } from '../contract/entities.ts';
import { z } from '../contract/zod.ts';
import { cleanLine, cleanText } from '../text/clean.ts';
import { quoted } from './rendering/quoting.ts';
import { omitEmpty } from './rendering/rendering.ts';
import { firstWithinSize } from './rendering/size-limit.ts';

/** Custom data as the model reads it: keys and values are the customer's or the integrator's words. */
const CustomDataView = z.record(z.union([z.string(), z.number(), z.boolean()]));

/** The two members of a view that hold custom data. */
export const customDataMembers = {
  custom_data: CustomDataView.optional(),
  custom_data_left_out: z.number().describe('Further keys, too many to show').optional(),
};

const IdentityView = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  ...customDataMembers,
});

/**
 * A contact with its two identities, which never merge: `verified` was proven to the platform, `unverified` is what
 * the customer claims. The phone number has no verified twin in the API and stands outside both.
 */
export const ContactView = z.object({
  id: z.string(),
  verified: IdentityView.optional(),
  unverified: IdentityView.describe('Claimed by the customer, not verified').optional(),
  phone_number: z.string().describe('Verification unknown').optional(),
});
export type ContactView = z.infer<typeof ContactView>;

/** The contact in one line of a list: the verified name and email, or the claimed ones, marked. */
export const ContactLabelView = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  claimed: z.literal(true).describe('Name and email are only claimed').optional(),
});
export type ContactLabelView = z.infer<typeof ContactLabelView>;

type CustomData = Record<string, string | number | boolean>;

interface DataOf {
  custom_data?: CustomData | undefined;
  custom_data_left_out?: number | undefined;
}

const maxValueCharacters = 500;
const maxDataBytes = 6000;

/** Custom data with keys and values cleaned and bounded, in number and in size. */
export function customDataView(
  data: Readonly<CustomData> | null | undefined,
  maxBytes = maxDataBytes,
): DataOf {
  const all = Object.entries(data ?? {});
  const shown = firstWithinSize(cleaned(all), Math.min(maxBytes, maxDataBytes));
  const view = new Map<string, string | number | boolean>();
  for (const [key, value] of shown) {
    let free = key;
    // Two keys that differ in what cannot be seen stay two: one must not take the other's place.
    for (let n = 2; view.has(free); n += 1) free = `${key} (${ordinal(n)} key that looks the same)`;
    view.set(free, value);
  }
  return omitEmpty({
    custom_data: Object.fromEntries(view),
    custom_data_left_out: all.length > shown.length ? all.length - shown.length : undefined,
  });
}

/** One by one, as they are asked for: of a flood only what is shown is cleaned. */
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

/** @param maxBytes what each of the two custom data maps may take. */
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
      verified: Object.keys(verified).length > 0 ? verified : undefined,
      unverified: Object.keys(unverified).length > 0 ? unverified : undefined,
      phone_number: contact.phone_number ? cleanLine(contact.phone_number) : undefined,
    }),
  };
}

/** Undefined for a contact that gave neither name nor email. */
export function contactLabel(contact: SessionContact | null | undefined): ContactLabelView | undefined {
  if (!contact) return undefined;
  const { verified, unverified } = contactView(contact);
  if (verified?.name || verified?.email) return omitEmpty({ name: verified.name, email: verified.email });
  if (unverified?.name || unverified?.email) {
    return { ...omitEmpty({ name: unverified.name, email: unverified.email }), claimed: true };
  }
  return undefined;
}

/** `"Amelia Hart" amelia@example.com`, with `claimed:` before it where neither is verified. */
export function contactLabelText(label: ContactLabelView | undefined): string {
  if (label === undefined) return 'no name or email';
  const { name, email, claimed } = label;
  return [claimed && 'claimed:', name && quoted(name), email && addressText(email)].filter(Boolean).join(' ');
}

/** Bare where it can be nothing but an address, otherwise quoted like any other text. */
function addressText(email: string): string {
  return /^[\w.+-]{1,64}@[\w.-]{1,100}$/.test(email) ? email : quoted(email);
}

/** One line for each of the two identities, and one for the phone number. */
export function contactLines({ verified, unverified, phone_number }: ContactView): string[] {
  return [
    ...(verified ? [`verified: ${identityText(verified)}`] : []),
    ...(unverified ? [`claimed, NOT verified: ${identityText(unverified)}`] : []),
    ...(phone_number ? [`phone, verification unknown: ${quoted(phone_number)}`] : []),
  ];
}

function identityText({ name, email, ...data }: NonNullable<ContactView['verified']>): string {
  return [name && `name ${quoted(name)}`, email && `email ${quoted(email)}`, customDataText(data)]
    .filter(Boolean)
    .join(', ');
}

/** `data {"plan":"pro"} and 3 more keys, left out`; empty where there is none. */
export function customDataText({ custom_data, custom_data_left_out }: DataOf): string {
  return [
    // JSON on one line: neither a key nor a value can close its quotation marks or begin a line.
    custom_data && `data ${JSON.stringify(custom_data)}`,
    custom_data_left_out && `and ${custom_data_left_out} more keys, left out`,
  ]
    .filter(Boolean)
    .join(' ');
}
