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

const nobody: SessionContact = {
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
    expect(contactView({ ...nobody, ...verified, ...claimed })).toEqual({
      id: 'c1',
      verified,
      unverified: claimedView,
    });
  });

  it('has the one that is there', () => {
    expect(contactView({ ...nobody, ...verified })).toEqual({ id: 'c1', verified });
    expect(contactView({ ...nobody, ...claimed })).toEqual({ id: 'c1', unverified: claimedView });
    expect(contactView(nobody)).toEqual({ id: 'c1' });
  });

  it('does not fill a gap of one from the other', () => {
    const mixed = contactView({ ...nobody, name: 'Amelia Hart', non_verified_email: 'boss@example.com' });
    expect(mixed).toEqual({
      id: 'c1',
      verified: { name: 'Amelia Hart' },
      unverified: { email: 'boss@example.com' },
    });
  });

  it('has the phone number outside both', () => {
    const view = contactView({ ...nobody, ...verified, phone_number: '+15550100' });
    expect(view).toEqual({ id: 'c1', verified, phone_number: '+15550100' });
  });

  it('leaves out what is empty, or shows nothing', () => {
    expect(contactView({ ...nobody, name: '', email: '\u200b', custom_data: {}, phone_number: '' })).toEqual({
      id: 'c1',
    });
    const { email, non_verified_name, custom_data, ...missing } = nobody;
    expect(contactView(missing)).toEqual({ id: 'c1' });
  });
});

describe('contactLines', () => {
  it('names on every line whether it is verified', () => {
    const lines = contactLines(
      contactView({ ...nobody, ...verified, ...claimed, phone_number: '+15550100' }),
    );
    expect(lines).toEqual([
      'verified: name "Amelia Hart", email "amelia@example.com", data {"plan":"pro"}',
      'claimed, NOT verified: name "The Boss", email "boss@example.com", data {"plan":"enterprise","admin":true}',
      'phone, verification unknown: "+15550100"',
    ]);
  });
});

describe('contactLabel', () => {
  const textOf = (contact: SessionContact | null | undefined) => contactLabelText(contactLabel(contact));

  it('is the verified name and email', () => {
    expect(textOf({ ...nobody, ...verified, ...claimed })).toBe('"Amelia Hart" amelia@example.com');
  });

  it('is the claimed ones, marked, where none is verified', () => {
    expect(contactLabel({ ...nobody, ...claimed })).toEqual({
      name: 'The Boss',
      email: 'boss@example.com',
      claimed: true,
    });
    expect(textOf({ ...nobody, ...claimed })).toBe('claimed: "The Boss" boss@example.com');
  });

  it('does not stand a claimed name beside a verified email', () => {
    expect(textOf({ ...nobody, email: 'amelia@example.com', non_verified_name: 'The Boss' })).toBe(
      'amelia@example.com',
    );
  });

  it('is marked also when the verified name shows nothing', () => {
    expect(textOf({ ...nobody, name: '\u200b\u2060', non_verified_name: 'The Boss' })).toBe(
      'claimed: "The Boss"',
    );
  });

  it('quotes an address that is none', () => {
    expect(textOf({ ...nobody, email: 'a@b.example (verified) "x' })).toBe('"a@b.example (verified) \\"x"');
  });

  it('says so where there is neither', () => {
    for (const contact of [nobody, null, undefined, { ...nobody, phone_number: '1' }]) {
      expect(contactLabel(contact)).toBeUndefined();
      expect(textOf(contact)).toBe('no name or email');
    }
  });
});

describe('customDataView', () => {
  it('keeps numbers and booleans as they are', () => {
    const data = { order_id: 'ord_123', cart_value: 149.99, gift: false, zero: 0, empty: '' };
    expect(customDataView(data)).toEqual({ custom_data: data });
    expect(customDataView({})).toEqual({});
    expect(customDataView(null)).toEqual({});
  });

  it('says when a value was cut', () => {
    expect(customDataView({ a: 'x'.repeat(501) })).toEqual({ custom_data: { a: `${'x'.repeat(500)}…` } });
    expect(customDataView({ a: 'x'.repeat(500) })).toEqual({ custom_data: { a: 'x'.repeat(500) } });
    for (const value of ['x'.repeat(501), 'line\n'.repeat(120), 'é'.repeat(9000)]) {
      const line = customDataText(customDataView({ a: value }));
      expect(line).toMatch(/…"}$/);
      expect(line.match(/…/g)).toHaveLength(1);
    }
  });

  it('does not let a key that looks the same take the place of another', () => {
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

  it('is bounded, and says how many keys it leaves out', () => {
    const data = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key ${i}`, 'x'.repeat(100)]));
    const { custom_data = {}, custom_data_left_out = 0 } = customDataView(data);
    const shown = Object.keys(custom_data).length;
    expect(shown).toBeGreaterThan(10);
    expect(shown + custom_data_left_out).toBe(1000);
    expect(Buffer.byteLength(JSON.stringify(custom_data))).toBeLessThanOrEqual(6000);
  });
});
