import { describe, expect, it } from 'vitest';
import { isValidApiKey } from '../../src/client/api-key.ts';
import { baseUrlProblem } from '../../src/client/base-url.ts';

describe('a base URL', () => {
  it.each([
    'https://api.open.cx',
    'https://api.open.cx/eu/v1',
    'http://localhost:8080',
    'http://127.0.0.1',
    'http://127.255.10.123',
    'http://[::1]:3000',
  ])('%s is accepted', (url) => {
    expect(baseUrlProblem(url)).toBeUndefined();
  });

  it.each([
    ['api.open.cx', 'must be a URL'],
    ['ftp://localhost', 'must begin with https://'],
    ['http://10.0.0.1', 'must begin with https://'],
    ['http://localhost.example.com', 'must begin with https://'],
    ['http://not-localhost', 'must begin with https://'],
    ['https://user@api.open.cx', 'must not have a user'],
    ['https://:word@api.open.cx', 'must not have a user'],
    ['https://api.open.cx?a=1', 'must not have a user, query'],
    ['https://api.open.cx#a', 'must not have a user, query or fragment'],
  ])('%s is refused', (url, problem) => {
    expect(baseUrlProblem(url)).toContain(problem);
  });
});

it.each([
  ['ocx_key', true],
  [' ocx_key', false],
  ['ocx_key ', false],
  ['ocx\nkey', false],
  ['ocx_é', false],
  ['', false],
])('the key %j can be sent in a header: %s', (key, expected) => {
  expect(isValidApiKey(key)).toBe(expected);
});
