import { describe, expect, it } from 'vitest';
import { excerpt } from '../../src/text/excerpt.ts';

const filler = '. '.repeat(50);

describe('excerpt', () => {
  it('returns a short text unchanged', () => {
    expect(excerpt('a kettle', 'x', 8)).toBe('a kettle');
  });

  it.each([
    ['the whole query', `lid ${filler}blue lid${filler}`, 'blue lid', 'blue lid'],
    ['the first word of the query that occurs', `lid ${filler}kettle${filler}`, 'green kettle lid', 'kettle'],
    ['a whole word rather than a part of one', `heart ${filler}art${filler}`, 'art', ' art.'],
    ['a part of a word if nothing else matches', `${filler}teakettles${filler}`, 'kettle', 'teakettles'],
    ['a match in another case', `${filler}KETTLE${filler}`, 'Kettle', 'KETTLE'],
    ['special characters, literally', `aXb ${filler}a.b*(${filler}`, 'a.b*(', 'a.b*('],
    ['a non-Latin word', `${filler}чайник${filler}`, 'Чайник', 'чайник'],
  ])('cuts around %s', (_, text, query, expected) => {
    const cut = excerpt(text, query, 30);
    expect(cut).toContain(expected);
    expect(cut.length).toBeLessThanOrEqual(32);
    expect(cut.startsWith('…') && cut.endsWith('…')).toBe(true);
  });

  it('splits no character', () => {
    const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
    for (let shift = 0; shift < 20; shift += 1) {
      const cut = excerpt(
        `${'x'.repeat(shift)}${family.repeat(10)} kettle ${family.repeat(10)}`,
        'kettle',
        40,
      );
      expect(cut.isWellFormed()).toBe(true);
      expect(cut).toContain('kettle');
      expect(cut).not.toMatch(/^…?[\u200d\ufe0f]|\u200d…?$/u);
    }
  });

  it('accepts any query', () => {
    for (const query of ['\\', '[', '(?', '*', '-', '/', '\ud800', '$&', '  ', 'a'.repeat(500)]) {
      expect(excerpt('x'.repeat(50), query, 30)).toBe(`${'x'.repeat(30)}…`);
    }
  });
});
