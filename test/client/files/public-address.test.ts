import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { publicLookup } from '../../../src/client/files/file-pool.ts';
import { isPublicAddress, mayBePublicHost } from '../../../src/client/files/public-address.ts';
import { dnsOf } from '../../support/files/file-host.ts';

const notPublic = [
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['the unspecified address', '0.0.0.0', '0.1.2.3', '::'],
  ['private networks', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  [
    'link-local addresses and the metadata of clouds',
    '169.254.169.254',
    '169.254.1.1',
    'fe80::1',
    'fe80::1%eth0',
    '2606:4700::1111%eth0',
  ],
  ['other metadata addresses', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'],
  ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
  ['unique local addresses', 'fc00::1', 'fd12:3456::1'],
  ['IPv4-mapped addresses', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1'],
  ['embedded IPv4', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:4136:e378::1'],
  [
    'tests and documentation',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '2001:db8::1',
    '3fff::1',
  ],
  ['multicast and broadcast', '224.0.0.1', '239.1.1.1', '255.255.255.255', '240.0.0.1', 'ff02::1'],
  ['what is no address', '', 'localhost', '1.2.3', '999.1.1.1', '8.8.8.8 '],
].map(([what = '', ...addresses]) => ({ what, addresses }));

describe('an address of the public internet', () => {
  it.each(notPublic)('is none of $what', ({ addresses }) => {
    expect(addresses.filter((one) => isPublicAddress(one) !== false)).toEqual([]);
  });

  it('is any other', () => {
    const addresses = [
      '8.8.8.8',
      '1.1.1.1',
      '172.15.0.1',
      '172.32.0.1',
      '100.63.0.1',
      '11.0.0.1',
      '168.63.129.17',
    ];
    expect(addresses.filter((one) => !isPublicAddress(one))).toEqual([]);
    expect(['2606:4700::1111', '2a00:1450::1'].filter((one) => !isPublicAddress(one))).toEqual([]);
  });
});

describe('the host of a URL', () => {
  const hostOf = (url: string) => new URL(url).hostname;

  it.each([
    'https://localhost/',
    'https://LOCALHOST./',
    'https://printer/',
    'https://printer.local/',
    'https://a.internal/',
    'https://metadata.google.internal/',
    'https://x.home.arpa/',
    'https://home.arpa/',
    'https://127.1/',
    'https://0x7f.0.0.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://127.0.0.1./',
  ])('%s is not public', (url) => {
    expect(mayBePublicHost(hostOf(url))).toBe(false);
  });

  it.each([
    'https://files.example.com/',
    'https://8.8.8.8/',
    'https://localhost.example.com/',
    'https://ünï.example/',
  ])('%s may be public', (url) => {
    expect(mayBePublicHost(hostOf(url))).toBe(true);
  });
});

describe('a name', () => {
  const resolve = (addresses: string[], options: object) =>
    new Promise((done) => {
      const { lookup } = dnsOf({ 'a.example': [addresses] });
      publicLookup(lookup)('a.example', options, (error, found) =>
        done(error ? error.name : ((found as unknown as LookupAddress[] | string) ?? '')),
      );
    });

  it('resolves to its public addresses only', async () => {
    expect(await resolve(['10.0.0.1', '8.8.8.8', '::1', '2606:4700::1111'], { all: true })).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(await resolve(['127.0.0.1', '8.8.8.8'], {})).toBe('8.8.8.8');
  });

  it('is resolved to all its addresses, however they were asked for', () => {
    const asked: unknown[] = [];
    const lookup = ((_: string, options: object) => asked.push(options)) as unknown as LookupFunction;
    publicLookup(lookup)('a.example', { family: 4, all: false }, () => {});
    expect(asked).toEqual([{ family: 4, all: true }]);
  });

  it('that is not known cannot be reached, as without this check', async () => {
    const { lookup } = dnsOf({});
    const error = await new Promise((done) => publicLookup(lookup)('a.example', {}, done));
    expect(error).toMatchObject({ code: 'ENOTFOUND' });
  });

  it('with no public address cannot be reached', async () => {
    expect(await resolve(['127.0.0.1', 'fd00::1'], { all: true })).toBe('NotPublicError');
    expect(await resolve(['169.254.169.254'], {})).toBe('NotPublicError');
  });
});
