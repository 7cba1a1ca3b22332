import { describe, expect, it } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import { messageKey, sessionKey } from '../../../src/conversations/sending/idempotency-key.ts';

const id = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
type File = NonNullable<SendMessageBody['message']['attachments']>[number];
const key = (text: string, files: File[] = [], more: Partial<SendMessageBody> = {}) =>
  messageKey(id, { sender: 'agent', message: { type: 'text', text, attachments: files }, ...more });
const flag = (region: string) =>
  `\u{1f3f4}${[...region].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}\u{e007f}`;

describe('the same message', () => {
  it.each([
    ['composed or decomposed', 'Café', 'Cafe\u0301'],
    ['with typographic quotation marks', `It's "fine"`, 'It’s “fine”'],
    ['with other quotation marks', '„fine‟', '«fine»'],
    ['with an accent for an apostrophe', "it's", 'it´s'],
    ['with other dashes', '9 - 17', '9 – 17'],
    ['with another space', 'a b', 'a\u00a0\n b '],
    ['with invisible characters', 'refund', 're\u200bfu\u00adnd\u{e0041}'],
    ['in full-width letters', 'OK', 'ＯＫ'],
    ['with an ellipsis', 'well...', 'well…'],
    ['with or without an emoji selector', '❤', '❤\ufe0f'],
  ])('may be written %s', (_, one, other) => {
    expect(key(one)).toEqual(key(other));
  });

  it.each([
    ['without dashes', id.replaceAll('-', '')],
    ['in capitals', id.toUpperCase()],
    ['as a URN', `urn:uuid:${id}`],
  ])('may name its session %s', (_, other) => {
    const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: 'a' } };
    expect(messageKey(other, body)).toEqual(messageKey(id, body));
  });

  it('is another session if its name only holds the beginning of a URN', () => {
    const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: 'a' } };
    const other = `${id.slice(0, 8)}urn:uuid:${id.slice(8)}`;
    expect(messageKey(other, body)).not.toEqual(messageKey(id, body));
  });

  it.each<[string, File, File]>([
    ['a name left out', { url: 'https://a.example/1', name: 'a' }, { url: 'https://a.example/1' }],
    ['its address in capitals', { url: 'https://a.example/1' }, { url: 'HTTPS://A.example:443/1#top' }],
    [
      'other escapes in its address',
      { url: 'https://a.example/~a%2f' },
      { url: 'https://a.example/%7Ea%2F' },
    ],
    ['spare bits', { base64: 'QQ==', mime_type: 'text/plain' }, { base64: 'QR==', mime_type: 'Text/Plain' }],
    ['no padding', { base64: 'QUI=' }, { base64: 'QUI' }],
  ])('may have a file with %s', (_, one, other) => {
    expect(key('a', [one])).toEqual(key('a', [other]));
  });

  it('may have its files in another order', () => {
    const files: File[] = [{ base64: 'QUJD' }, { url: 'https://a.example/1' }];
    expect(key('a', files)).toEqual(key('a', files.toReversed()));
  });

  it.each<[string, Partial<SendMessageBody>, Partial<SendMessageBody>]>([
    ['keys in another order', { custom_data: { a: 1, b: 2 } }, { custom_data: { b: 2, a: 1 } }],
    ['nothing in them', { custom_data: {}, contact: {}, agent: {} }, {}],
    ['the default of take-over', { should_take_over_session_from_ai: false }, {}],
    [
      'an address in capitals',
      { contact: { email: 'A@example.com' } },
      { contact: { email: 'a@Example.com' } },
    ],
    [
      'a spaced number',
      { contact: { phone_number: '+44 (20) 1-2' } },
      { contact: { phone_number: '+442012' } },
    ],
  ])('may have effects with %s', (_, one, other) => {
    expect(JSON.stringify(key('a', [], one))).toBe(JSON.stringify(key('a', [], other)));
  });
});

describe('another message', () => {
  it.each([
    ['another flag', flag('gbeng'), flag('gbsct')],
    ['no region in its flag', flag('gbeng'), '\u{1f3f4}'],
    ['another case', 'us', 'US'],
    ['other punctuation', 'Fine.', 'Fine!'],
    ['a space inside', 'a b', 'ab'],
  ])('has %s', (_, one, other) => {
    expect(key(one)).not.toEqual(key(other));
  });

  it.each<[string, File[], File[]]>([
    ['other content', [{ base64: 'QUJD' }], [{ base64: 'QUJE' }]],
    ['another address', [{ url: 'https://a.example/1' }], [{ url: 'https://a.example/2' }]],
    ['an address with other case', [{ url: 'https://a.example/a' }], [{ url: 'https://a.example/A' }]],
    ['a file twice', [{ base64: 'QUJD' }], [{ base64: 'QUJD' }, { base64: 'QUJD' }]],
  ])('has %s in its files', (_, one, other) => {
    expect(key('a', one).content).not.toEqual(key('a', other).content);
    expect(key('a', one).effects).toEqual(key('a', other).effects);
  });
});

it.each<[string, Partial<SendMessageBody>]>([
  ['custom_data', { custom_data: { a: 1 } }],
  ['contact', { contact: { custom_data: { a: '1' } } }],
  ['agent', { agent: { id: 1 } }],
  ['should_take_over_session_from_ai', { should_take_over_session_from_ai: true }],
])('%s is an effect, and no part of the words', (name, more) => {
  expect(key('a', [], more).content).toEqual(key('a').content);
  expect(key('a', [], more).effects[name]).toBeDefined();
  expect(key('a').effects[name]).toBeUndefined();
});

describe('the same new session', () => {
  const channel = { type: 'api' as const };
  it.each<[string, Parameters<typeof sessionKey>[0], Parameters<typeof sessionKey>[0]]>([
    ['the default channel', {}, { channel }],
    ['verified: false', { channel }, { channel, verified: false }],
    ['an id in capitals', { channel, contact_id: id }, { channel, contact_id: id.toUpperCase() }],
    ['an email in capitals', { contact: { email: 'a@b.example' } }, { contact: { email: 'A@B.example' } }],
  ])('may have %s', (_, one, other) => {
    expect(sessionKey(one)).toEqual(sessionKey(other));
  });

  it.each<[string, Parameters<typeof sessionKey>[0]]>([
    ['channel', { channel: { type: 'email' } }],
    ['contact', { contact: { name: 'Mia' } }],
    ['identity', { verified: true }],
    ['data', { custom_data: { a: 1 } }],
  ])('is another one with another %s', (_, other) => {
    expect(sessionKey(other)).not.toEqual(sessionKey({}));
  });
});
