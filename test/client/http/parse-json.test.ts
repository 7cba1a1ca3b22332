import { expect, it } from 'vitest';
import { parseJson } from '../../../src/client/http/parse-json.ts';

it.each([
  ['12345678901234567890', '12345678901234567890'],
  ['-9007199254740993', '-9007199254740993'],
  ['9007199254740991', 9007199254740991],
  ['1234567890.1234567890', 1234567890.1234567],
  ['1e400', Number.POSITIVE_INFINITY],
  ['1234567890123456e5', 1.234567890123456e20],
  ['"12345678901234567890"', '12345678901234567890'],
  [String.raw`"\" 12345678901234567890, \\"`, '" 12345678901234567890, \\'],
])('%s keeps its digits', (json, value) => {
  expect(parseJson(json)).toEqual(value);
  expect(parseJson(`{"a":[ ${json} ,1],"12345678901234567890":${json}}`)).toEqual({
    a: [value, 1],
    '12345678901234567890': value,
  });
});

it('a byte order mark before the JSON is skipped', () => {
  expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
});

it.each(['', '{"a":12345678901234567890', '"1234567890123456', '<1234567890123456>', '\ufeff\ufeff1'])(
  '%j is refused',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);
