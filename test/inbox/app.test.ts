import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../../src/inbox/access-codes.ts';
import { type InboxApp, inboxApp } from '../../src/inbox/app.ts';

const port = 4020;
const now = { at: Date.parse('2026-03-01T12:00:00Z') };
const secret = new Uint8Array(32).fill(7);
const clock = { now: () => now.at };

/** Nothing of it is reached without a key. */
const reached: string[] = [];
function drafts(what: string) {
  return () => {
    reached.push(what);
    throw new Error('The desk was reached.');
  };
}

let access: Access;
let app: InboxApp;
beforeAll(() => {
  access = openAccess(secret, clock);
  app = inboxApp({
    files: async (name) => (name === 'inbox.js' ? new Uint8Array([1]) : undefined),
    access,
    port: () => port,
    contextOf: () => {
      throw new Error('Nothing is read here.');
    },
    drafts: {
      list: drafts('list'),
      review: drafts('review'),
      approve: drafts('approve'),
      reject: drafts('reject'),
    },
    watch: async function* () {},
    live: 'Live',
    onError: () => {},
  });
});
afterAll(() => app.close());

interface Ask {
  method?: string;
  host?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

function ask(path: string, { method = 'GET', host = `127.0.0.1:${port}`, headers = {}, body }: Ask = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const length =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(text.length) };
  return app.fetch(
    new Request(`http://127.0.0.1:${port}/inbox${path}`, {
      method,
      headers: { host, ...length, ...headers },
      ...(text !== undefined && { body: text }),
    }),
  );
}

async function newKey(): Promise<string> {
  const response = await ask('/api/sign-in', { method: 'POST', body: { code: access.newCode() } });
  return ((await response.json()) as { key: string }).key;
}
const withKey = async () => ({ authorization: `Bearer ${await newKey()}` });

describe('the server of the inbox page', () => {
  it.each(['127.0.0.1:4020', 'localhost:4020', 'LOCALHOST:4020', '[::1]:4020', '127.1.2.3:4020'])(
    'answers at %s',
    async (host) => {
      expect((await ask('', { host })).status).toBe(200);
      expect((await ask('/inbox.js', { host })).status).toBe(200);
    },
  );

  it.each([
    'evil.example:4020',
    'localhost.evil.example:4020',
    '127.0.0.1.evil.example:4020',
    'localhost:4021',
    'localhost',
    '192.168.0.7:4020',
    '127.0.0.1:4020@evil.example',
    '',
  ])('refuses the host %j, page and data alike', async (host) => {
    expect((await ask('', { host })).status).toBe(403);
    expect((await ask('/api/desk', { host, headers: await withKey() })).status).toBe(403);
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:4020' },
    { origin: 'http://127.0.0.1:9999' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses requests of other pages: %j', async (headers) => {
    const key = await withKey();
    expect((await ask('/api/desk', { headers: { ...key, ...headers } })).status).toBe(403);
    const post = { method: 'POST', body: { code: access.newCode() }, headers };
    expect((await ask('/api/sign-in', post)).status).toBe(403);
  });

  it('answers its own page', async () => {
    const headers = {
      ...(await withKey()),
      origin: `http://127.0.0.1:${port}`,
      'sec-fetch-site': 'same-origin',
    };
    const response = await ask('/api/desk', { headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each<[path: string, body?: object]>([
    ['/api/desk'],
    ['/api/sessions'],
    ['/api/search?q=x'],
    ['/api/events'],
    ['/api/sessions/x'],
    ['/api/drafts'],
    ['/api/drafts/1'],
    ['/api/drafts/1/approve', { digest: 'x' }],
    ['/api/drafts/1/reject', { reason: 'No.' }],
  ])('says and does nothing without a key: %s', async (path, body) => {
    const post = body && { method: 'POST', body };
    const key = await newKey();
    const [content, signature] = [key.slice(0, key.lastIndexOf('.')), key.slice(key.lastIndexOf('.'))];
    const later = `${Number(content.split('.')[0]) + 1}.${content.split('.')[1]}${signature}`;
    for (const wrong of [undefined, '', 'x', later, `${content}.${'A'.repeat(43)}`, access.newCode()]) {
      const headers = wrong === undefined ? {} : { authorization: `Bearer ${wrong}` };
      expect((await ask(path, { ...post, headers })).status, wrong).toBe(401);
    }
    expect(reached).toEqual([]);
  });

  it('decides about drafts with a key', async () => {
    const headers = await withKey();
    for (const [what, body] of [
      ['approve', { digest: 'x' }],
      ['reject', { reason: 'No.' }],
    ] as const)
      await ask(`/api/drafts/1/${what}`, { method: 'POST', body, headers });
    expect(reached.splice(0)).toEqual(['approve', 'reject']);
  });

  it('takes a code once', async () => {
    const code = access.newCode();
    const signIn = () => ask('/api/sign-in', { method: 'POST', body: { code } });
    expect((await signIn()).status).toBe(200);
    expect((await signIn()).status).toBe(401);
    expect((await ask('/api/sign-in', { method: 'POST', body: { code: 'x' } })).status).toBe(401);
  });

  it('takes a code for ten minutes', async () => {
    const [first, second] = [access.newCode(), access.newCode()];
    now.at += 10 * 60_000 - 1;
    expect(access.redeem(first)).toBeDefined();
    now.at += 1;
    expect(access.redeem(second)).toBeUndefined();
  });

  it('takes nothing but JSON of a limited size', async () => {
    const plain = { method: 'POST', body: { code: 'x' }, headers: { 'content-type': 'text/plain' } };
    expect((await ask('/api/sign-in', plain)).status).toBe(415);
    const large = { method: 'POST', body: { code: 'x'.repeat(200_000) } };
    expect((await ask('/api/sign-in', large)).status).toBe(413);
    expect((await ask('/api/sign-in', { method: 'POST', body: { code: 'x', more: 1 } })).status).toBe(400);
  });

  it('has a key work for a week, also after a restart with the same secret', async () => {
    const key = await newKey();
    expect(openAccess(secret, clock).admits(key)).toBe(true);
    expect(openAccess(new Uint8Array(32).fill(8), clock).admits(key)).toBe(false);
    now.at += 7 * 86_400_000;
    expect(access.admits(key)).toBe(false);
  });

  it('forbids everything that the page does not need, on every answer', async () => {
    for (const path of ['', '/inbox.js', '/api/desk', '/nothing']) {
      const { headers } = await ask(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    const page = await (await ask('')).text();
    expect(page).not.toMatch(/<script(?! type="module" src="\/inbox\/)|<style| on\w+=| style=/);
  });

  it('serves no other files', async () => {
    for (const path of ['/package.json', '/../main.cjs', '/%2e%2e/main.cjs', '/x.js'])
      expect((await ask(path)).status, path).toBe(404);
  });
});
