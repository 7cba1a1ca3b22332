import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import type { CallOptions } from '../../../src/client/http/call-options.ts';
import { imageType, mayBeText } from '../../../src/text/file-content.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { startUpstream, type Upstream } from '../../support/fakes/http-server.ts';
import { startProxy } from '../../support/faults/proxy.ts';
import { dnsOf, type FileHost, filePoolTo, png, startFileHost } from '../../support/files/file-host.ts';

let host: FileHost;
/** The API, which is on this machine, and what else listens there. */
let api: Upstream;
let inside: Upstream;
beforeAll(async () => {
  [host, api, inside] = await Promise.all([startFileHost(), startUpstream(), startUpstream()]);
});
afterAll(() => Promise.all([host.close(), api.close(), inside.close()]));

const answers = {
  'files.example': [['93.184.216.34']],
  'other.example': [['2606:4700::1111']],
  'private.example': [['10.0.0.7']],
  'mixed.example': [['127.0.0.1', '93.184.216.34']],
  // Public when it is resolved first, and this machine from then on.
  'rebound.example': [['93.184.216.34'], ['127.0.0.1']],
};

interface Setup {
  httpsProxy?: string;
  baseUrl?: string;
}

async function fetching({ httpsProxy, baseUrl = api.url }: Setup = {}) {
  const dns = dnsOf(answers);
  const { pool, connected } = await filePoolTo(host, dns.lookup, httpsProxy);
  const client = createClient({
    apiKey: 'secret-key-0123456789',
    baseUrl,
    fileDispatcher: pool,
    userAgent: 'ours/1',
  });
  onTestFinished(async () => {
    await client.close();
    await pool.destroy();
  });
  const accepts = (head: Buffer) => imageType(head) !== undefined || mayBeText(head);
  const fetch = (url: string, options?: CallOptions) =>
    client.fetchFile({ url, maxBytes: 5_000_000, accepts }, options);
  return { fetch, connected, asked: dns.asked };
}

const redirect = (location: string) => (_: unknown, response: ServerResponse) =>
  response.writeHead(302, { location }).end();
const bytesOf = (size: number) => Buffer.alloc(size, 'x');

describe('a file', () => {
  it('is fetched from the address that its name resolves to, without the key', async () => {
    host.serve('/ok.png?a=1', png, 'image/png');
    const { fetch, connected } = await fetching();
    const outcome = await fetch(host.url('/ok.png?a=1'));
    expect(outcome).toEqual({ state: 'fetched', bytes: png, declaredType: 'image/png' });
    expect(connected).toEqual(['93.184.216.34']);
    const { headers } = host.requests.at(-1) ?? {};
    expect(headers).toMatchObject({ 'user-agent': 'ours/1', 'accept-encoding': 'identity' });
    expect(JSON.stringify(headers)).not.toContain('secret');
  });

  it('is fetched through redirects between public hosts', async () => {
    host.serve('/moved', redirect(host.url('/there', 'other.example')));
    host.serve('/there', redirect('/here'));
    host.serve('/here', 'words', 'text/plain');
    const { fetch, connected } = await fetching();
    expect(await fetch(host.url('/moved'))).toMatchObject({ state: 'fetched', bytes: Buffer.from('words') });
    expect(connected).toContain('2606:4700::1111');
  });

  it('is fetched from the public one of several addresses', async () => {
    host.serve('/ok.png', png);
    const { fetch, connected } = await fetching();
    expect(await fetch(host.url('/ok.png', 'mixed.example'))).toMatchObject({ state: 'fetched' });
    expect(connected).toEqual(['93.184.216.34']);
  });

  it('of an API on this machine is fetched from it over http, without the key', async () => {
    api.script({ text: 'words', headers: { 'content-type': 'text/plain' } });
    const { fetch, asked } = await fetching();
    expect(await fetch(`${api.url}/files/1`)).toMatchObject({ state: 'fetched' });
    expect(api.requests.at(-1)?.headers.authorization).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each([
    ['404', 404],
    ['500', 500],
  ])('that its host answers with %s is refused', async (path, status) => {
    host.serve(`/${path}`, (_, response) => response.writeHead(status).end('no'));
    const { fetch } = await fetching();
    expect(await fetch(host.url(`/${path}`))).toEqual({ state: 'refused', status });
  });
});

describe('nothing is requested from', () => {
  it.each([
    ['plain http', 'http://files.example/a', 'not_https'],
    ['another scheme', 'file:///etc/passwd', 'not_https'],
    ['what is no URL', 'some words', 'bad_address'],
    ['a URL with a user', 'https://user@files.example/a', 'bad_address'],
    ['a URL with a password', 'https://:pass@files.example/a', 'bad_address'],
    ['a private address', 'https://10.0.0.1/a', 'not_public'],
    ['loopback', 'https://127.0.0.1/a', 'not_public'],
    ['loopback in another spelling', 'https://0x7f000001/a', 'not_public'],
    ['loopback as IPv4-mapped IPv6', 'https://[::ffff:127.0.0.1]/a', 'not_public'],
    ['the metadata of a cloud', 'https://169.254.169.254/latest/meta-data', 'not_public'],
    ['a local name', 'https://printer.local/a', 'not_public'],
    ['a name that resolves to a private address', 'https://private.example/a', 'not_public'],
  ])('%s', async (_, url, problem) => {
    const before = host.requests.length;
    const { fetch, connected } = await fetching();
    expect(await fetch(url)).toEqual({ state: 'not_fetched', problem });
    expect(host.requests.length).toBe(before);
    expect(connected).toEqual([]);
  });

  it('another port of this machine, although the API is there', async () => {
    const { fetch } = await fetching();
    expect(await fetch(`${inside.url}/a`)).toEqual({ state: 'not_fetched', problem: 'not_https' });
    expect(inside.connections()).toBe(0);
  });

  it('this machine if the API is elsewhere', async () => {
    const { fetch } = await fetching({ baseUrl: 'https://api.example.com' });
    expect(await fetch(`${api.url}/files/1`)).toEqual({ state: 'not_fetched', problem: 'not_https' });
  });

  it('a host whose certificate is for another name', async () => {
    const elsewhere = await filePoolTo(host, dnsOf({ 'wrong.example': [['93.184.216.34']] }).lookup);
    const client = createClient({ apiKey: 'k', fileDispatcher: elsewhere.pool });
    const request = { url: host.url('/ok.png', 'wrong.example'), maxBytes: 1000, accepts: () => true };
    expect(await client.fetchFile(request)).toEqual({ state: 'not_fetched', problem: 'unreachable' });
    await elsewhere.pool.destroy();
  });
});

describe('a redirect', () => {
  it.each([
    ['to this machine', () => `${inside.url}/a`],
    ['to the API itself', () => `${api.url}/files/1`],
    ['to a private address', () => 'https://192.168.0.1/a'],
    ['to the metadata of a cloud', () => 'http://169.254.169.254/'],
    ['to a name that resolves to a private address', () => 'https://private.example/a'],
    ['to plain http', () => 'http://other.example/a'],
    ['to nowhere', () => 'https://'],
  ])('%s is not followed', async (_, location) => {
    host.serve('/away', redirect(location()));
    const { fetch } = await fetching();
    const seen = [api.connections(), inside.connections()];
    expect(await fetch(host.url('/away'))).toEqual({ state: 'not_fetched', problem: 'bad_redirect' });
    expect([api.connections(), inside.connections()]).toEqual(seen);
  });

  it('to a name that has come to mean this machine meanwhile is not followed', async () => {
    // Another port, so that it needs another connection.
    host.serve('/first', redirect('https://rebound.example/second'));
    const { fetch, connected, asked } = await fetching();
    expect(await fetch(host.url('/first', 'rebound.example'))).toEqual({
      state: 'not_fetched',
      problem: 'bad_redirect',
    });
    expect(asked).toEqual(['rebound.example', 'rebound.example']);
    expect(connected).toEqual(['93.184.216.34']);
  });

  it('to a file that is not read says why', async () => {
    host.serve('/away', redirect('/packed'));
    host.serve('/packed', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'));
    const { fetch } = await fetching();
    expect(await fetch(host.url('/away'))).toEqual({ state: 'not_fetched', problem: 'encoded' });
  });

  it('in a circle ends', async () => {
    host.serve('/circle', redirect('/circle'));
    const { fetch } = await fetching();
    const before = host.requests.length;
    expect(await fetch(host.url('/circle'))).toEqual({ state: 'not_fetched', problem: 'too_many_redirects' });
    expect(host.requests.length - before).toBe(4);
  });
});

describe('a hostile body', () => {
  /** Serves a path and resolves when the connection of its response is gone. */
  function serveAndWatch(path: string, write: (response: ServerResponse) => void): Promise<unknown> {
    return new Promise((gone) => {
      host.serve(path, (_, response) => {
        response.on('close', gone);
        write(response);
      });
    });
  }

  it('of 6 MB is not read, whether or not its size is said', async () => {
    host.serve('/said', bytesOf(6_000_000));
    const { fetch } = await fetching();
    expect(await fetch(host.url('/said'))).toEqual({ state: 'not_fetched', problem: 'too_large' });
    const closed = serveAndWatch('/unsaid', (response) => {
      for (let n = 0; n < 60; n += 1) response.write(bytesOf(100_000));
      response.end();
    });
    expect(await fetch(host.url('/unsaid'))).toEqual({ state: 'not_fetched', problem: 'too_large' });
    await closed;
  });

  it('of exactly the limit is read', async () => {
    host.serve('/limit', bytesOf(5_000_000));
    const { fetch } = await fetching();
    expect(await fetch(host.url('/limit'))).toMatchObject({ state: 'fetched', bytes: { length: 5_000_000 } });
  });

  it('without end is left at the limit, and its connection closed', async () => {
    const closed = serveAndWatch('/endless', (response) => {
      const more = () => {
        while (!response.destroyed && response.write(bytesOf(100_000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const { fetch } = await fetching();
    expect(await fetch(host.url('/endless'))).toEqual({ state: 'not_fetched', problem: 'too_large' });
    await closed;
  });

  it('that is neither image nor text is left after its first bytes', async () => {
    const closed = serveAndWatch('/video', (response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      response.write(Buffer.concat([Buffer.from('\0\0\0\x20ftypisom'), Buffer.alloc(1000)]));
    });
    const { fetch } = await fetching();
    expect(await fetch(host.url('/video'))).toEqual({
      state: 'not_fetched',
      problem: 'unwanted',
      head: expect.any(Buffer),
    });
    await closed;
  });

  it('that is compressed is not read', async () => {
    host.serve('/bomb', (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytesOf(100)),
    );
    const { fetch } = await fetching();
    expect(await fetch(host.url('/bomb'))).toEqual({ state: 'not_fetched', problem: 'encoded' });
  });

  it('that stops halfway is left at the deadline, and its connection closed', async () => {
    const closed = serveAndWatch('/slow', (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(png);
    });
    const { fetch } = await fetching();
    const outcome = await fetch(host.url('/slow'), { deadline: Deadline.after(500) });
    expect(outcome).toEqual({ state: 'not_fetched', problem: 'timeout' });
    await closed;
  });

  it('that breaks off is not a file', async () => {
    host.serve('/broken', (request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(png, () => request.socket.destroy());
    });
    const { fetch } = await fetching();
    expect(await fetch(host.url('/broken'))).toEqual({ state: 'not_fetched', problem: 'unreachable' });
  });

  it('ends with the call that asked for it', async () => {
    const abortController = new AbortController();
    const closed = serveAndWatch('/cancelled', (response) => {
      response.writeHead(200);
      response.write(png, () => abortController.abort());
    });
    const { fetch } = await fetching();
    const { signal } = abortController;
    await expect(fetch(host.url('/cancelled'), { signal })).rejects.toMatchObject({ kind: 'cancelled' });
    await closed;
  });

  it('is not even asked for by a call that is cancelled', async () => {
    const { fetch, connected } = await fetching();
    const options = { signal: AbortSignal.abort() };
    await expect(fetch(host.url('/ok.png'), options)).rejects.toMatchObject({ kind: 'cancelled' });
    expect(connected).toEqual([]);
  });
});

describe('behind a proxy', () => {
  it('files come through its tunnel, and names are left to it', async () => {
    host.serve('/ok.png', png);
    const proxy = await startProxy(`http://127.0.0.1:${host.port}`);
    onTestFinished(() => proxy.close());
    const { fetch, asked } = await fetching({ httpsProxy: proxy.url });
    expect(await fetch(host.url('/ok.png'))).toMatchObject({ state: 'fetched' });
    expect(proxy.tunnels).toEqual([`files.example:${host.port}`]);
    expect(asked).toEqual([]);
  });

  it.each(['https://10.0.0.1/a', 'https://localhost/a', 'https://intranet/a', 'https://[::1]/a'])(
    '%s is not asked for',
    async (url) => {
      const proxy = await startProxy(`http://127.0.0.1:${host.port}`);
      onTestFinished(() => proxy.close());
      const { fetch } = await fetching({ httpsProxy: proxy.url });
      expect(await fetch(url)).toEqual({ state: 'not_fetched', problem: 'not_public' });
      expect(proxy.tunnels).toEqual([]);
    },
  );

  it('redirects are checked as well', async () => {
    host.serve('/away', redirect('https://169.254.169.254/'));
    const proxy = await startProxy(`http://127.0.0.1:${host.port}`);
    onTestFinished(() => proxy.close());
    const { fetch } = await fetching({ httpsProxy: proxy.url });
    expect(await fetch(host.url('/away'))).toEqual({ state: 'not_fetched', problem: 'bad_redirect' });
    expect(proxy.tunnels).toHaveLength(1);
  });
});
