import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/cli/settings/read-settings.ts';
import { openApiTarget } from '../../../src/cli/setup/api/api-target.ts';
import type { Logger } from '../../../src/cli/setup/logger.ts';

const log = { warn: () => {}, error: () => {} } as unknown as Logger;

async function accountOf(address: string, key = 'ocx_live_0123456789') {
  const env = { OPENCX_API_URL: address, OPENCX_API_KEY: key };
  return (await openApiTarget(readSettings('serve', {}, env), env, log)).account;
}

describe('the owner of messages in the send log', () => {
  it.each([
    ['https://api.open.cx', 'HTTPS://API.Open.CX'],
    ['https://api.open.cx', 'https://api.open.cx:443'],
    ['https://api.open.cx', 'https://api.open.cx.'],
    ['https://api.open.cx', 'https://api.open.cx./'],
    ['https://api.open.cx', 'https://api.open.cx//'],
    ['https://api.open.cx/v1', 'https://api.open.cx/v1/'],
    ['https://api.open.cx/v1', 'https://api.open.cx/./v0/../v1'],
    ['http://127.0.0.1:4010', 'HTTP://127.1:4010/'],
    ['http://127.0.0.1:4010', 'http://2130706433:4010'],
    ['http://127.0.0.1', 'http://0x7f.0.0.1:80'],
    ['http://[::1]:4010', 'http://[0:0:0:0:0:0:0:1]:4010'],
  ])('at %s is the same as at %s', async (one, other) => {
    expect(await accountOf(other)).toBe(await accountOf(one));
  });

  it.each([
    ['https://api.open.cx', 'https://api.open.cx:8443'],
    ['https://api.open.cx', 'https://eu.open.cx'],
    ['https://api.open.cx', 'https://api.open.cx/v1'],
    ['https://api.open.cx/v1', 'https://api.open.cx/V1'],
    ['http://127.0.0.1', 'https://127.0.0.1'],
    ['http://127.0.0.1:4010', 'http://127.0.0.2:4010'],
  ])('at %s is not the one at %s', async (one, other) => {
    expect(await accountOf(other)).not.toBe(await accountOf(one));
  });

  it('with another key is another one', async () => {
    const address = 'https://api.open.cx';
    expect(await accountOf(address, 'ocx_live_other')).not.toBe(await accountOf(address));
  });
});
