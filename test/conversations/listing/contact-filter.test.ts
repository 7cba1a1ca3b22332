import { expect, test } from 'vitest';
import type { Session } from '../../../src/contract/entities.ts';
import { matchesContact } from '../../../src/conversations/listing/contact-filter.ts';

const nobody = {
  id: '5d0f3d5e-2f0c-4d2f-9d0a-1c2b3a4d5e6f',
  name: null,
  email: null,
  phone_number: null,
  custom_data: null,
  non_verified_name: null,
  non_verified_email: null,
  non_verified_custom_data: null,
  created_at: '2026-11-01T00:00:00Z',
  updated_at: '2026-11-01T00:00:00Z',
};

function of(contact: object | undefined): Session {
  return { id: 's', ...(contact ? { contact: { ...nobody, ...contact } } : {}) } as unknown as Session;
}

test('an e-mail address is found whatever its case, and told apart as verified or claimed', () => {
  expect(matchesContact(of({ email: 'Amelia@Example.com' }), ' amelia@example.COM ')).toBe('verified');
  expect(matchesContact(of({ non_verified_email: 'amelia@example.com' }), 'amelia@example.com')).toBe(
    'claimed',
  );
  expect(matchesContact(of({ email: 'amelia@example.com.evil.org' }), 'amelia@example.com')).toBe(false);
  expect(matchesContact(of({ name: 'amelia@example.com' }), 'amelia@example.com')).toBe(false);
});

test('verified data wins over a claim', () => {
  const both = { email: 'a@example.com', non_verified_email: 'a@example.com' };
  expect(matchesContact(of(both), 'a@example.com')).toBe('verified');
});

test('a name matches by whole words, in any order, without case and accents', () => {
  const contact = of({ name: 'José Müller-Łukasik' });
  expect(matchesContact(contact, 'jose muller')).toBe('verified');
  expect(matchesContact(contact, 'LUKASIK José')).toBe('verified');
  expect(matchesContact(contact, 'Mull')).toBe(false);
  expect(matchesContact(contact, 'José Meyer')).toBe(false);
  expect(matchesContact(of({ non_verified_name: 'Anna Großmann' }), 'grossmann')).toBe('claimed');
  expect(matchesContact(of({ name: 'Анна Петрова' }), 'петрова')).toBe('verified');
});

test('vowel signs of other scripts are not accents', () => {
  expect(matchesContact(of({ name: 'राम' }), 'रीम')).toBe(false);
});

test('a phone number is compared by its digits and never counts as verified', () => {
  const contact = of({ name: 'Amelia Hart', phone_number: '+49 (170) 123-45 67' });
  expect(matchesContact(contact, '0049 170 1234567')).toBe('unknown');
  expect(matchesContact(contact, '+491701234567')).toBe('unknown');
  expect(matchesContact(contact, '170 1234567')).toBe(false);
  expect(matchesContact(of({ name: 'Amelia Hart' }), '+491701234567')).toBe(false);
});

test('a contact id is found, and is worth what is known of that contact', () => {
  const id = nobody.id.toUpperCase();
  expect(matchesContact(of({ email: 'a@example.com' }), id)).toBe('verified');
  expect(matchesContact(of({ non_verified_name: 'A' }), id)).toBe('claimed');
  expect(matchesContact(of({ phone_number: '+4912345' }), id)).toBe('unknown');
});

test('nothing matches a session without a contact, or a wanted text without content', () => {
  expect(matchesContact(of(undefined), 'amelia')).toBe(false);
  for (const empty of ['', '  ', '\u200b', '...', '12']) {
    expect(matchesContact(of({ name: 'Amelia', phone_number: '12' }), empty)).toBe(false);
  }
});

test('white space around what is wanted or known does not count', () => {
  expect(matchesContact(of({ email: ' a@example.com ' }), 'a@example.com')).toBe('verified');
  expect(matchesContact(of({ name: 'Ada' }), ` ${nobody.id} `)).toBe('verified');
  expect(matchesContact(of({ name: 'Ada' }), ' ')).toBe(false);
});

test('names and numbers are compared up to five hundred characters', () => {
  expect(matchesContact(of({ name: `${'x '.repeat(248)}Ada` }), 'Ada')).toBe('verified');
  expect(matchesContact(of({ name: `${'x '.repeat(250)}Ada` }), 'Ada')).toBe(false);
  expect(matchesContact(of({ name: 'Ada' }), `Ada${' '.repeat(497)}Lovelace`)).toBe('verified');
  expect(matchesContact(of({ phone_number: `12345${' '.repeat(495)}6` }), '12345')).toBe('unknown');
});

test('five digits are a phone number, and 00 counts only before the country code', () => {
  expect(matchesContact(of({ phone_number: '12345' }), '12345')).toBe('unknown');
  expect(matchesContact(of({ name: '1234', phone_number: '1234' }), '1234')).toBe('verified');
  expect(matchesContact(of({ phone_number: '+1200345' }), '12345')).toBe(false);
  expect(matchesContact(of({ phone_number: '+12345' }), '0012345')).toBe('unknown');
});
