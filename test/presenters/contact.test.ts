import { describe, expect, it } from 'vitest';
import type { SessionContact } from '../../src/contract/entities.ts';
import {
  contactLabel,
  contactLabelText,
  contactLines,
  contactView,
  customDataText,
  customDataView,
} from '../../src/presenters/contact.ts';

const noIdentity: SessionContact = {
  id: 'c1',
  email: null,
  phone_number: null,
  name: null,
  custom_data: null,
  created_at: '2026-01-31T08:00:00Z',
  updated_at: '2026-01-31T08:00:00Z',
  non_verified_name: null,
  non_verified_email: null,
  non_verified_custom_data: null,
};
const verified = { name: 'Amelia Hart', email: 'amelia@example.com', custom_data: { plan: 'pro' } };
const claimed = {
  non_verified_name: 'The Boss',
  non_verified_email: 'boss@example.com',
  non_verified_custom_data: { plan: 'enterprise', admin: true },
};
const claimedView = {
  name: 'The Boss',
  email: 'boss@example.com',
  custom_data: { plan: 'enterprise', admin: true },
};

describe('contactView', () => {
  it('keeps the verified and the claimed identity apart', () => {
    expect(contactView({ ...noIdentity, ...verified, ...claimed })).toEqual({
      id: 'c1',
      verified,
      unverified: claimedView,
    });
  });

  it('omits an identity that is missing', () => {
    expect(contactView({ ...noIdentity, ...verified })).toEqual({ id: 'c1', verified });
    expect(contactView({ ...noIdentity, ...claimed })).toEqual({ id: 'c1', unverified: claimedView });
    expect(contactView(noIdentity)).toEqual({ id: 'c1' });
  });

  it('does not fill a gap in one identity from the other', () => {
    const mixed = contactView({ ...noIdentity, name: 'Amelia Hart', non_verified_email: 'boss@example.com' });
    expect(mixed).toEqual({
      id: 'c1',
      verified: { name: 'Amelia Hart' },
      unverified: { email: 'boss@example.com' },
    });
  });

  it('keeps the phone number outside both identities', () => {
    const view = contactView({ ...noIdentity, ...verified, phone_number: '+15550100' });
    expect(view).toEqual({ id: 'c1', verified, phone_number: '+15550100' });
  });

  it('omits values that are empty or invisible', () => {
    expect(
      contactView({ ...noIdentity, name: '', email: '\u200b', custom_data: {}, phone_number: '' }),
    ).toEqual({
      id: 'c1',
    });
    const { email, non_verified_name, custom_data, ...missing } = noIdentity;
    expect(contactView(missing)).toEqual({ id: 'c1' });
  });
});

describe('contactLines', () => {
  it('says on every line whether it is verified', () => {
    const lines = contactLines(
      contactView({ ...noIdentity, ...verified, ...claimed, phone_number: '+15550100' }),
    );
    expect(lines).toEqual([
      'verified: name "Amelia Hart", email "amelia@example.com", data {"plan":"pro"}',
      'claimed: name "The Boss", email "boss@example.com", data {"plan":"enterprise","admin":true}',
      'phone, verification unknown: "+15550100"',
    ]);
  });
});

describe('the space that custom data may take', () => {
  const data = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`key ${n}`, 'x'.repeat(400)]));
  const shownOf = (maxBytes?: number) => Object.keys(customDataView(data, maxBytes).custom_data ?? {}).length;

  it('is what there is, and six thousand bytes at most', () => {
    const most = shownOf();
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThan(16);
    expect(shownOf(Number.POSITIVE_INFINITY)).toBe(most);
    expect(shownOf(1000)).toBe(2);
    expect(customDataView(data, 1000).custom_data_left_out).toBe(98);
  });
});

describe('an identity', () => {
  it('has only the parts that there are', () => {
    expect(contactLines({ id: 'c1' })).toEqual([]);
    expect(contactLines({ id: 'c1', verified: { name: 'Ada' }, unverified: { email: 'a@b.c' } })).toEqual([
      'verified: name "Ada"',
      'claimed: email "a@b.c"',
    ]);
    expect(contactLines({ id: 'c1', verified: { custom_data: { a: 1 }, custom_data_left_out: 2 } })).toEqual([
      'verified: data {"a":1} and 2 more keys, left out',
    ]);
  });

  it('has an address quoted if it is more than that', () => {
    expect(contactLabelText({ email: 'a@b.c' })).toBe('a@b.c');
    expect(contactLabelText({ email: 'now do a@b.c' })).toBe('"now do a@b.c"');
    expect(contactLabelText({ email: 'a@b.c now' })).toBe('"a@b.c now"');
  });
});

describe('contactLabel', () => {
  const textOf = (contact: SessionContact | null | undefined) =>
    contactLabelText(contactLabel({ ...(contact === undefined ? {} : { contact }) }));

  it('shows the verified name and email', () => {
    expect(textOf({ ...noIdentity, ...verified, ...claimed })).toBe('"Amelia Hart" amelia@example.com');
  });

  it('shows the claimed name and email, marked, if none is verified', () => {
    expect(contactLabel({ contact: { ...noIdentity, ...claimed } })).toEqual({
      name: 'The Boss',
      email: 'boss@example.com',
      claimed: true,
    });
    expect(textOf({ ...noIdentity, ...claimed })).toBe('claimed: "The Boss" boss@example.com');
  });

  it('does not put a claimed name next to a verified email', () => {
    expect(textOf({ ...noIdentity, email: 'amelia@example.com', non_verified_name: 'The Boss' })).toBe(
      'amelia@example.com',
    );
  });

  it('shows the claimed name, marked, if the verified one is invisible', () => {
    expect(textOf({ ...noIdentity, name: '\u200b\u2060', non_verified_name: 'The Boss' })).toBe(
      'claimed: "The Boss"',
    );
  });

  it('says so if the contact could not be read', () => {
    expect(contactLabel({ contact: undefined })).toEqual({ unreadable: true });
    expect(contactLabelText({ unreadable: true })).toBe('(contact could not be read)');
  });

  it('quotes an email that is not an address', () => {
    expect(textOf({ ...noIdentity, email: 'a@b.example (verified) "x' })).toBe(
      '"a@b.example (verified) \\"x"',
    );
  });

  it('says so if there is no name and no email', () => {
    for (const contact of [noIdentity, null, undefined, { ...noIdentity, phone_number: '1' }]) {
      expect(textOf(contact)).toBe('no name or email');
    }
  });
});

describe('customDataView', () => {
  it('leaves numbers and booleans unchanged', () => {
    const data = { order_id: 'ord_123', cart_value: 149.99, gift: false, zero: 0, empty: '' };
    expect(customDataView(data)).toEqual({ custom_data: data });
    expect(customDataView({})).toEqual({});
    expect(customDataView(null)).toEqual({});
  });

  it('marks a value that was cut', () => {
    expect(customDataView({ a: 'x'.repeat(501) })).toEqual({ custom_data: { a: `${'x'.repeat(500)}…` } });
    expect(customDataView({ a: 'x'.repeat(500) })).toEqual({ custom_data: { a: 'x'.repeat(500) } });
    for (const value of ['x'.repeat(501), 'line\n'.repeat(120), 'é'.repeat(9000)]) {
      const line = customDataText(customDataView({ a: value }));
      expect(line).toMatch(/…"}$/);
      expect(line.match(/…/g)).toHaveLength(1);
    }
  });

  it('keeps keys apart that look the same', () => {
    const data = { plan: 'free', 'plan\u200b': 'enterprise', ' plan': 'x', 'plan ': 'y' };
    expect(customDataView(data).custom_data).toEqual({
      plan: 'free',
      'plan (second key that looks the same)': 'enterprise',
      'plan (third key that looks the same)': 'x',
      'plan (4th key that looks the same)': 'y',
    });
    const taken = { plan: 1, 'plan (second key that looks the same)': 2, 'plan\u200b': 3 };
    expect(Object.values(customDataView(taken).custom_data ?? {})).toEqual([1, 2, 3]);
  });

  it('limits its size and says how many keys it leaves out', () => {
    const data = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key ${i}`, 'x'.repeat(100)]));
    const { custom_data = {}, custom_data_left_out = 0 } = customDataView(data);
    const shown = Object.keys(custom_data).length;
    expect(shown).toBeGreaterThan(10);
    expect(shown + custom_data_left_out).toBe(1000);
    expect(Buffer.byteLength(JSON.stringify(custom_data))).toBeLessThanOrEqual(6000);
  });
});
