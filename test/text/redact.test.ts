import { describe, expect, it } from 'vitest';
import { redact, redactValue } from '../../src/text/redact.ts';
import { keys, spellings } from '../support/text/spellings.ts';

describe.each(keys)('the key %s', (key) => {
  it.each(Object.entries(spellings))('is masked when it is written %s', (_, spell) => {
    const text = `before ${spell(key)} after`;
    expect(redact(text, key)).toBe('before [key] after');
  });

  it.each(Object.entries(spellings))('is masked in JSON when it is written %s', (_, spell) => {
    const value = { text: `a\n${spell(key)}`, [spell(key)]: 1, list: [{ deep: `\\${spell(key)}"` }] };
    expect(redactValue(value, [key])).toEqual({
      text: expect.stringMatching(/^a\n?\[key\]$/),
      '[key]': 1,
      list: [{ deep: expect.stringMatching(/^\\?\[key\]"$/) }],
    });
  });

  it.each(['', 'a', 'ab', 'user:'])('is masked in base64 after "%s"', (before) => {
    const text = redact(btoa(`${before}${key}:after`), key);
    expect(text).toMatch(/^.{0,8}\[key\].{6,12}$/);
    expect(redact(btoa(`${before}${key}`).replaceAll('+', '-').replaceAll('/', '_'), key)).toMatch(
      /^.{0,8}\[key\]$/,
    );
  });

  it('is masked when it is cut', () => {
    expect(redact(`${key.slice(0, -1)}… ${key.slice(0, Math.ceil(key.length / 2))}…`, key)).toBe(
      '[key]… [key]…',
    );
  });

  it('leaves other text as it is', () => {
    const text = `${key.slice(0, 7)} x ${key.slice(1)} & <b>x</b> \\u006f %2F \u200b`;
    expect(redact(text, key)).toBe(text);
    const value = { text };
    expect(redactValue(value, [key])).toBe(value);
  });
});

it('a secret of fewer than eight characters is not masked', () => {
  expect(redact('the 1234567 of', '1234567')).toBe('the 1234567 of');
  expect(redact('the 12345678 of', '12345678')).toBe('the [key] of');
});

it('every occurrence is masked', () => {
  expect(redact('ocx_12345678,ocx_12345678 ocx%5F12345678', 'ocx_12345678')).toBe('[key],[key] [key]');
});

it('a line break of JSON before a key that continues the escape leaves valid JSON', () => {
  const json = JSON.stringify({ text: '\nokey_12345678' });
  expect(() => JSON.parse(redact(json, 'nokey_12345678'))).not.toThrow();
});
