import type { SessionContact } from '../contract/read.ts';
import { z } from '../contract/zod.ts';
import { compact } from './present.ts';
import { clean, cleanLine, quoted, truncate } from './untrusted.ts';

/** Custom data as the model reads it: keys and values are the customer's or the integrator's words. */
export const CustomDataView = z.record(z.union([z.string(), z.number(), z.boolean()]));

const IdentityView = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  custom_data: CustomDataView.optional(),
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

/** The contact in one line of a list: the verified name and e-mail, or the claimed ones, marked. */
export const ContactLabelView = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  claimed: z.literal(true).describe('Name and e-mail are only claimed').optional(),
});
export type ContactLabelView = z.infer<typeof ContactLabelView>;

type CustomData = Readonly<Record<string, string | number | boolean>>;

const maxValueCharacters = 500;

/** Custom data with keys and values cleaned and bounded; undefined when there is none. */
export function customDataView(
  data: CustomData | null | undefined,
): Record<string, string | number | boolean> | undefined {
  const entries = Object.entries(data ?? {}).map(([key, value]) => [
    cleanLine(key),
    typeof value === 'string' ? truncate(clean(value), maxValueCharacters).text : value,
  ]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function identityView(
  name: string | null | undefined,
  email: string | null | undefined,
  data: CustomData | null | undefined,
) {
  return compact({
    name: name ? cleanLine(name) : undefined,
    email: email ? cleanLine(email) : undefined,
    custom_data: customDataView(data),
  });
}

export function contactView(contact: SessionContact): ContactView {
  const verified = identityView(contact.name, contact.email, contact.custom_data);
  const unverified = identityView(
    contact.non_verified_name,
    contact.non_verified_email,
    contact.non_verified_custom_data,
  );
  return {
    id: contact.id,
    ...compact({
      verified: Object.keys(verified).length > 0 ? verified : undefined,
      unverified: Object.keys(unverified).length > 0 ? unverified : undefined,
      phone_number: contact.phone_number ? cleanLine(contact.phone_number) : undefined,
    }),
  };
}

/** Undefined for a contact that gave neither name nor e-mail. */
export function contactLabel(contact: SessionContact | null | undefined): ContactLabelView | undefined {
  if (!contact) return undefined;
  const { verified, unverified } = contactView(contact);
  if (verified?.name || verified?.email) return compact({ name: verified.name, email: verified.email });
  if (unverified?.name || unverified?.email) {
    return { ...compact({ name: unverified.name, email: unverified.email }), claimed: true };
  }
  return undefined;
}

/** `"Amelia Hart" "amelia@example.com"`, followed by `(claimed)` where neither is verified. */
export function contactLabelText(label: ContactLabelView | undefined): string {
  if (label === undefined) return 'no name or e-mail';
  const { name, email, claimed } = label;
  return [name && quoted(name), email && quoted(email), claimed && '(claimed)'].filter(Boolean).join(' ');
}

/** One line a fact, for the data block of a single session. */
export function contactLines(contact: ContactView): string[] {
  return [
    ...identityLines('verified', contact.verified),
    ...identityLines('claimed (not verified)', contact.unverified),
    ...(contact.phone_number ? [`phone (verification unknown) ${quoted(contact.phone_number)}`] : []),
  ];
}

function identityLines(label: string, identity: ContactView['verified']): string[] {
  if (identity === undefined) return [];
  return [
    ...(identity.name ? [`${label} name ${quoted(identity.name)}`] : []),
    ...(identity.email ? [`${label} e-mail ${quoted(identity.email)}`] : []),
    ...customDataLines(`${label} contact data`, identity.custom_data),
  ];
}

/** `label key="value"`, one line for each key. */
export function customDataLines(label: string, data: CustomData | undefined): string[] {
  return Object.entries(data ?? {}).map(
    ([key, value]) =>
      `${label} ${quoted(key)} = ${typeof value === 'string' ? quoted(value, maxValueCharacters) : String(value)}`,
  );
}
