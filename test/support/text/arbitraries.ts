import fc from 'fast-check';

// `unit: 'binary'` and `fc.webUrl()` make a table of all characters first, which takes most of a second.

/** Any character of Unicode, printable or not. The unit of a string. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - 0x800 })
  // Half of a pair is no character.
  .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

const part = fc.string({
  unit: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(..."abcxyzABCXYZ0189-._~!$&'()*+,;=:@") },
    { weight: 1, arbitrary: anyCharacter.map(encodeURIComponent) },
  ),
});

/** Addresses of the web, with any path and perhaps a query. */
export const webAddresses = fc
  .tuple(
    fc.constantFrom('http', 'https'),
    fc.domain(),
    fc.array(part, { maxLength: 5 }),
    fc.option(part, { nil: undefined }),
  )
  .map(
    ([protocol, host, path, query]) =>
      `${protocol}://${[host, ...path].join('/')}${query === undefined ? '' : `?${query}`}`,
  );
