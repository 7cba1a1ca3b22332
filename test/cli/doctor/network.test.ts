import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { checkNetwork } from '../../../src/cli/doctor/network.ts';
import { createAuthority } from '../../support/faults/certificates.ts';
import { startProxy } from '../../support/faults/proxy.ts';
import { refusedUrl, startUpstream } from '../../support/faults/upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Longer than a label of a name may be: no resolver is asked for it. */
const noName = `${'x'.repeat(64)}.opencx.test`;

it('says that a name is not known, and asks no further', async () => {
  expect(await checkNetwork(`https://${noName}`, {}, {})).toEqual([
    {
      check: 'name',
      status: 'failed',
      seen: expect.stringContaining(`${noName} is not known (`),
      advice: expect.stringContaining('HTTPS_PROXY'),
    },
  ]);
});

it('says that nobody listens', async () => {
  const [connection] = await checkNetwork(await refusedUrl(), {}, {});
  expect(connection).toMatchObject({
    check: 'connection',
    status: 'failed',
    seen: expect.stringContaining('The API could not be reached (ECONNREFUSED).'),
    advice: expect.stringMatching(/^OPENCX_API_URL points at this machine/),
  });
});

it('says that a certificate is not trusted, and how it becomes so', async () => {
  const upstream = await startUpstream({ tls: createAuthority('Nobody knows it').issue('127.0.0.1') });
  onTestFinished(upstream.close);
  const [connection] = await checkNetwork(upstream.url, {}, {});
  expect(connection).toMatchObject({
    status: 'failed',
    seen: expect.stringMatching(/is not trusted \(UNABLE_TO_\w+\)\.$/),
    advice: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
});

it('goes to the proxy instead, whose password it keeps, unless NO_PROXY names the host', async () => {
  const proxy = await startProxy(await refusedUrl());
  onTestFinished(proxy.close);
  const httpsProxy = proxy.url.replace('//', '//kim:hunter2@');
  const through = await checkNetwork(`https://${noName}`, { httpsProxy, noProxy: 'other.test' }, {});
  expect(through).toMatchObject([{ check: 'proxy', status: 'ok' }]);
  expect(JSON.stringify(through)).not.toMatch(/kim|hunter2/);
  const [direct, name] = await checkNetwork(
    `https://${noName}`,
    { httpsProxy, noProxy: 'a.test, .opencx.test' },
    {},
  );
  expect(direct?.seen).toContain('reached directly');
  expect(name?.check).toBe('name');
  const [dead] = await checkNetwork(`https://${noName}`, { httpsProxy: await refusedUrl() }, {});
  expect(dead).toMatchObject({
    check: 'proxy',
    status: 'failed',
    seen: expect.stringContaining('ECONNREFUSED'),
  });
});

it('looks into the file of authorities, which Node passes over in silence', async () => {
  const upstream = await startUpstream();
  onTestFinished(upstream.close);
  const checked = async (file: string) =>
    (await checkNetwork(upstream.url, {}, { NODE_EXTRA_CA_CERTS: file }))[0];
  expect(await checked(createAuthority('A private authority').file(folder))).toMatchObject({
    status: 'ok',
    seen: expect.stringMatching(/^A private authority, from /),
  });
  writeFileSync(join(folder, 'empty.pem'), 'no certificate');
  for (const name of ['empty.pem', 'not-there.pem']) {
    expect(await checked(join(folder, name))).toMatchObject({ check: 'authorities', status: 'failed' });
  }
});
