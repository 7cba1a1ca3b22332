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

/** Invalid, because labels have at most 63 characters: no resolver is asked. */
const noName = `${'x'.repeat(64)}.opencx.test`;

it('reports a host that cannot be resolved, and stops', async () => {
  expect(await checkNetwork(`https://${noName}`, {}, {})).toEqual([
    {
      check: 'DNS',
      status: 'failed',
      detail: expect.stringContaining(`cannot resolve ${noName} (`),
      fix: expect.stringContaining('HTTPS_PROXY'),
    },
  ]);
});

it('reports a refused connection', async () => {
  const [connection] = await checkNetwork(await refusedUrl(), {}, {});
  expect(connection).toMatchObject({
    check: 'connection',
    status: 'failed',
    detail: expect.stringContaining('The API could not be reached (ECONNREFUSED).'),
    fix: expect.stringMatching(/^OPENCX_API_URL points to this machine/),
  });
});

it('reports an untrusted certificate, and how to trust it', async () => {
  const upstream = await startUpstream({ tls: createAuthority('Nobody knows it').issue('127.0.0.1') });
  onTestFinished(upstream.close);
  const [connection] = await checkNetwork(upstream.url, {}, {});
  expect(connection).toMatchObject({
    status: 'failed',
    detail: expect.stringMatching(/is not trusted \(UNABLE_TO_\w+\)\.$/),
    fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
});

it('checks the proxy without showing its password, unless NO_PROXY lists the host', async () => {
  const proxy = await startProxy(await refusedUrl());
  onTestFinished(proxy.close);
  const httpsProxy = proxy.url.replace('//', '//kim:hunter2@');
  const through = await checkNetwork(`https://${noName}`, { httpsProxy, noProxy: 'other.test' }, {});
  expect(through).toMatchObject([{ check: 'proxy', status: 'ok' }]);
  expect(JSON.stringify(through)).not.toMatch(/kim|hunter2/);
  const [direct, dns] = await checkNetwork(
    `https://${noName}`,
    { httpsProxy, noProxy: 'a.test, .opencx.test' },
    {},
  );
  expect(direct?.detail).toContain('not used for');
  expect(dns?.check).toBe('DNS');
  const [dead] = await checkNetwork(`https://${noName}`, { httpsProxy: await refusedUrl() }, {});
  expect(dead).toMatchObject({
    check: 'proxy',
    status: 'failed',
    detail: expect.stringContaining('ECONNREFUSED'),
  });
});

it('checks the file of CA certificates, whose errors Node ignores', async () => {
  const upstream = await startUpstream();
  onTestFinished(upstream.close);
  const checked = async (file: string) =>
    (await checkNetwork(upstream.url, {}, { NODE_EXTRA_CA_CERTS: file }))[0];
  expect(await checked(createAuthority('A private authority').file(folder))).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(/^A private authority, from /),
  });
  writeFileSync(join(folder, 'empty.pem'), 'no certificate');
  for (const name of ['empty.pem', 'not-there.pem']) {
    expect(await checked(join(folder, name))).toMatchObject({ check: 'CA certificates', status: 'failed' });
  }
});
