import { describe, expect, it } from 'vitest';
import { ContactCustomData, Email, pageOf, SessionCustomData, Uuid } from '../../src/contract/primitives.ts';
import { z } from '../../src/contract/zod.ts';
import { documentedId, maxUuid, nilUuid } from '../support/fakes/examples.ts';

const uuidOf = (version: string, variant = '8') => `3c90c3cc-0d44-${version}b50-${variant}888-8dd25736052a`;

describe('Uuid', () => {
  it.each(['1', '2', '3', '4', '5', '6', '7', '8'])('accepts version %s', (version) => {
    expect(Uuid.safeParse(uuidOf(version)).success).toBe(true);
  });

  it.each([documentedId, documentedId.toUpperCase(), nilUuid, maxUuid])('accepts %s', (id) => {
    expect(Uuid.safeParse(id).success).toBe(true);
  });

  it.each([
    ['version 0', uuidOf('0')],
    ['version 9', uuidOf('9')],
    ['an unknown variant', uuidOf('4', 'c')],
    ['the max UUID in uppercase', maxUuid.toUpperCase()],
    ['no dashes', documentedId.replaceAll('-', '')],
    ['a letter beyond f', documentedId.replace('3c', '3g')],
    ['a prefix', `x${documentedId}`],
    ['a suffix', `${documentedId}0`],
    ['a trailing line break', `${documentedId}\n`],
    ['an empty string', ''],
  ])('rejects %s', (_, id) => {
    expect(Uuid.safeParse(id).success).toBe(false);
  });
});

describe('Email', () => {
  it.each(['jane@example.com', "o'neil+tag@mail.example.co.uk", 'a_b-c.d@x-1.io', '_@example.com'])(
    'accepts %s',
    (address) => {
      expect(Email.safeParse(address).success).toBe(true);
    },
  );

  it.each([
    'jane',
    'jane@example',
    '@example.com',
    '.jane@example.com',
    'jane..doe@example.com',
    'jane.@example.com',
    'jane@-example.com',
    'jane@example.c',
    'jane doe@example.com',
    'jane@example.com\nbcc: x@example.com',
    'Jane <jane@example.com>',
    '',
  ])('rejects %j', (address) => {
    expect(Email.safeParse(address).success).toBe(false);
  });
});

describe('SessionCustomData', () => {
  it('accepts the documented example and an empty map', () => {
    const example = { order_id: 'ord_123', cart_value: 149.99, priority: 'high' };
    expect(SessionCustomData.parse(example)).toEqual(example);
    expect(SessionCustomData.parse({})).toEqual({});
    expect(SessionCustomData.parse({ gift: true, n: 0, empty: '' })).toEqual({ gift: true, n: 0, empty: '' });
  });

  it.each([
    ['a nested object', { a: 1 }],
    ['a list', ['a']],
    ['null', null],
    ['NaN', Number.NaN],
    ['undefined', undefined],
  ])('rejects %s as a value and names the accepted types', (_, value) => {
    const result = SessionCustomData.safeParse({ fine: 'x', odd: value });
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.path).toEqual(['odd']);
    expect(result.error?.issues[0]?.message).toContain('must be a string, a number or a boolean');
  });

  it('rejects Infinity, which JSON cannot represent', () => {
    expect(SessionCustomData.safeParse({ n: Number.POSITIVE_INFINITY }).success).toBe(false);
  });
});

describe('ContactCustomData', () => {
  it('accepts strings', () => {
    expect(ContactCustomData.parse({ plan: 'pro', region: 'emea' })).toEqual({ plan: 'pro', region: 'emea' });
  });

  it.each([1, true, null, { a: 'b' }, ['a']])(
    'rejects %j as a value and names the accepted type',
    (value) => {
      const result = ContactCustomData.safeParse({ odd: value });
      expect(result.success).toBe(false);
      expect(result.error?.issues[0]?.message).toContain('must be a string');
    },
  );
});

describe('pageOf', () => {
  const page = pageOf(z.string());

  it('accepts a page with a cursor and a last page', () => {
    expect(page.safeParse({ items: ['a'], next: 'c' }).success).toBe(true);
    expect(page.safeParse({ items: [], next: null }).success).toBe(true);
  });

  it('requires both keys and rejects others', () => {
    expect(page.safeParse({ items: [] }).success).toBe(false);
    expect(page.safeParse({ next: null }).success).toBe(false);
    expect(page.safeParse({ items: [], next: null, total: 3 }).success).toBe(false);
  });
});
