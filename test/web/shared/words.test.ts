import { expect, it } from 'vitest';
import { nameOf } from '../../../src/web/shared/words.ts';

it('says whether a customer has no name, or could not be read', () => {
  expect(nameOf({ name: 'Ada', email: 'ada@example.com' })).toBe('Ada');
  expect(nameOf({ email: 'ada@example.com', claimed: true })).toBe('ada@example.com');
  expect(nameOf(undefined)).toBe('No name');
  expect(nameOf({ unreadable: true })).toBe('Contact could not be read');
});
