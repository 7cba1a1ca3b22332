import { expect, it } from 'vitest';
import { age } from '../../../src/text/time-format.ts';
import { ageOf, nameOf, timeLeft } from '../../../src/web/shared/words.ts';

it('says whether a customer has no name, or could not be read', () => {
  expect(nameOf({ name: 'Ada', email: 'ada@example.com' })).toBe('Ada');
  expect(nameOf({ email: 'ada@example.com', claimed: true })).toBe('ada@example.com');
  expect(nameOf(undefined)).toBe('No name');
  expect(nameOf({ unreadable: true })).toBe('Contact could not be read');
});

it('tells ages and the time that is left as the tools do', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  for (const minutes of [
    0,
    1,
    59,
    89,
    90,
    119,
    24 * 60 - 0.1,
    24 * 60,
    32 * 60,
    48 * 60 - 0.1,
    48 * 60,
    9999,
  ]) {
    const [before, after] = [-1, 1].map((way) =>
      new Date(now.getTime() + way * minutes * 60_000).toISOString(),
    );
    const words = (text: string) => text.replace(/^in | ago$/g, '').replace('just now', 'now');
    expect(ageOf(before ?? '', now.getTime())).toBe(words(age(before ?? '', now)));
    expect(timeLeft(after ?? '', now.getTime())).toBe(words(age(after ?? '', now)));
  }
  expect([ageOf('2026-02-28T04:00:00Z', now.getTime()), ageOf('', 0)]).toEqual(['32 h', '']);
});
