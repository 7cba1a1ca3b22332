import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import type { AuditRecord } from '../../../src/state/audit.ts';
import {
  type IdentityProvider,
  inboxClient,
  signingKey,
  startIdentityProvider,
} from '../../support/doors/identity-provider.ts';
import { type SignInOptions, serveSignIn, staticToken } from '../../support/doors/sign-in.ts';
import { url } from '../../support/doors/team.ts';
import { visitorOf } from '../../support/doors/visitor.ts';
import { refusedUrl } from '../../support/fakes/http-server.ts';
import { postgresUrl, testSchema } from '../../support/state/postgres.ts';

const people = {
  ada: { roles: ['approvers'], name: 'Ada Lovelace' },
  ben: { roles: ['agents'] },
  cleo: { roles: ['auditors'] },
  dan: { roles: ['listers'] },
  eve: { roles: ['visitors'] },
};
const roles = {
  agent: { confirm_sends: 'outbox' },
  approver: { read_only: true, approve_sends: true },
  auditor: { read_only: true, approve_sends: true, redact: ['name', 'email'] },
  lister: { tools: ['list_sessions'] },
};
const grants = Object.keys(roles).map((role) => ({
  claim: 'roles',
  value: `${role}s`,
  workspace: 'acme',
  role,
}));

let provider: IdentityProvider;
let sandbox: Sandbox;
let api: string;
beforeAll(async () => {
  provider = await startIdentityProvider(await signingKey('first'), people);
  sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false });
  api = (await sandbox.listen({ port: 0 })).url;
});
afterAll(async () => {
  await provider.close();
  await sandbox.close();
});
afterEach(() => vi.useRealTimers());

/** A conversation of its own, in which a customer waits. */
const conversation = () =>
  sandbox.visitor.open({
    name: 'Robin Roe',
    email: 'robin@example.com',
    text: 'Where is my parcel? Write to robin@example.com.',
  });
const answersIn = async (session: string) =>
  (await sandbox.history(session)).filter(
    ({ event }) => event.sender?.type === 'agent' && event.type === 'message',
  );

async function serve({ signIn, ...options }: SignInOptions = {}) {
  const door = await serveSignIn(
    { issuer: provider.issuer, grants },
    {
      workspace: { api_url: api, name: 'Acme Ltd' },
      roles,
      env: { KEY: sandbox.key, SECRET: inboxClient.secret },
      signIn: { client_id: inboxClient.id, client_secret_env: 'SECRET', ...signIn },
      ...options,
    },
  );
  const visitor = () => visitorOf(door.fetch, url, provider);
  return {
    ...door,
    visitor,
    async signedIn(person: string) {
      const one = visitor();
      expect((await one.signIn(person)).location).toBe('/inbox');
      return one;
    },
    /** As an assistant does. */
    draft(token: string, session_id: string, text: string) {
      const params = { name: 'send_message', arguments: { session_id, sender: 'agent', text } };
      return door.send(token, { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    },
  };
}
type Visitor = ReturnType<Awaited<ReturnType<typeof serve>>['visitor']>;

const draftsOf = async (visitor: Visitor) =>
  (await visitor.api('/drafts')).json.drafts as {
    number: number;
    text: string;
    session_id: string;
  }[];

it('a key that the API refuses is named in the log, by tools and by the page', async () => {
  const env = { KEY: 'ocx_of_yesterday', SECRET: inboxClient.secret };
  const { signedIn, send, logged } = await serve({ env });
  const params = { name: 'list_sessions', arguments: {} };
  await send(staticToken, { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const ada = await signedIn('ada');
  expect(await ada.api('/sessions')).toMatchObject({ status: 502, json: { error: 'unauthenticated' } });
  const message = 'the API refuses the key of workspace acme (api_key_env) (401)';
  const lines = logged.map((line) => JSON.parse(`[${line}]`)).filter(([, said]) => said === message);
  expect(lines).toEqual([
    [
      { workspace: 'acme', requestId: expect.any(String), call: expect.any(String), tool: 'list_sessions' },
      message,
    ],
    [{ workspace: 'acme', requestId: expect.any(String) }, message],
  ]);
  expect(logged.join()).not.toMatch(/"err"|inbox error|needs attention/);
});

describe('somebody who signs in to the inbox page', () => {
  it('comes back with a session that scripts cannot read, and without a word in the address or the log', async () => {
    const { visitor, logged } = await serve();
    const ada = visitor();
    expect(await ada.api('/desk')).toMatchObject({ status: 401, json: { error: 'no_session' } });
    const { begun, back, location } = await ada.signIn('ada');
    const asked = Object.fromEntries(new URL(begun.location).searchParams);
    expect(asked).toMatchObject({
      code_challenge_method: 'S256',
      redirect_uri: `${url}/inbox/signed-in`,
      resource: `${url}/mcp`,
      nonce: expect.any(String),
    });
    expect(begun.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(location).toBe('/inbox');
    const [session = ''] = [...ada.cookies.values()];
    expect(ada.cookies.size).toBe(1);
    expect(Buffer.from(session, 'base64url').toString()).not.toContain('Ada');
    expect((await ada.api('/desk')).json).toEqual({
      sandbox: false,
      live: 'Updates every 15 s',
      drafts: true,
      approves: true,
      member: { name: 'Ada Lovelace', workspace: 'Acme Ltd', role: 'approver' },
    });
    const code = new URL(back).searchParams.get('code') ?? '';
    for (const secret of [code, asked['state'] ?? '', session, inboxClient.secret])
      expect(logged.join()).not.toContain(secret);
  });

  it('has cookies for https only where the server is at such an address', async () => {
    const publicUrl = 'https://mcp.example.com';
    const { fetch } = await serve({ publicUrl });
    const begun = await fetch(`${publicUrl}/inbox/sign-in`, { redirect: 'manual' });
    expect(begun.headers.get('set-cookie')).toMatch(
      /^__Host-opencx-inbox-sign-in=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('reads what the page shows', async () => {
    const session = await conversation();
    const ada = await (await serve()).signedIn('ada');
    const { json: list } = await ada.api('/sessions');
    expect(list.sessions).toContainEqual(
      expect.objectContaining({ id: session, contact: expect.objectContaining({ name: 'Robin Roe' }) }),
    );
    expect((await ada.api(`/sessions/${session}`)).json.entries).toMatchObject([{ from: 'contact' }]);
    const found = await ada.api('/search?q=parcel');
    expect(found.json.sessions.length).toBeGreaterThan(0);
    expect((await ada.api('/visitor', { text: 'Hello' })).status).toBe(404);
  });

  it('is out after signing out', async () => {
    const ada = await (await serve()).signedIn('ada');
    expect((await ada.api('/sign-out', {})).status).toBe(200);
    expect(ada.cookies.size).toBe(0);
    expect((await ada.api('/desk')).status).toBe(401);
    expect((await ada.open('/inbox/notice?about=signed_out')).text).toContain('>Signed out</h1>');
  });
});

describe('nobody comes in', () => {
  const told = async (visitor: Visitor, location: string) => {
    expect(visitor.cookies.size).toBe(0);
    const { status, text, headers } = await visitor.open(location);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    return {
      status,
      title: />([^<>]*)<\/h1>/.exec(text)?.[1],
      link: /href="([^"]*sign-in[^"]*)"/.exec(text)?.[1],
    };
  };

  it('with a foreign, used or missing answer of the provider', async () => {
    const { visitor } = await serve();
    const [ada, ben] = [visitor(), visitor()];
    const stale = { status: 400, title: 'Start again', link: '/inbox/sign-in' };
    const begin = async (one: Visitor) => provider.visit((await one.open('/inbox/sign-in')).location, 'ada');
    const back = await begin(ada);
    // Somebody else's answer, in a browser that has begun its own sign-in, and in one that has not.
    for (const begins of [true, false]) {
      if (begins) await ben.open('/inbox/sign-in');
      expect(await told(ben, (await ben.open(back)).location)).toEqual(stale);
    }
    expect((await ada.open(back)).location).toBe('/inbox');
    const again = visitor();
    again.cookies.set('opencx-inbox-sign-in', ada.cookies.get('opencx-inbox-acme') ?? '');
    expect(await told(again, (await again.open(back)).location)).toEqual(stale);
    const expired = await begin(again);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    expect(await told(again, (await again.open(expired)).location)).toEqual(stale);
  });

  it('whose code was used already', async () => {
    const { visitor, logged } = await serve();
    const ada = visitor();
    const begun = await ada.open('/inbox/sign-in');
    const attempt = new Map(ada.cookies);
    const back = await provider.visit(begun.location, 'ada');
    expect((await ada.open(back)).location).toBe('/inbox');
    const thief = visitor();
    for (const [name, value] of attempt) thief.cookies.set(name, value);
    expect(await told(thief, (await thief.open(back)).location)).toMatchObject({ title: 'Start again' });
    expect(logged.join()).toContain('the identity provider says invalid_grant');
  });

  it('who cancels, or has no role that reads', async () => {
    const { visitor, logged } = await serve();
    const one = visitor();
    const denied = await one.signIn(undefined);
    expect(await told(one, denied.location)).toMatchObject({ status: 403, title: 'Not signed in' });
    for (const person of ['eve', 'dan']) {
      const { location } = await one.signIn(person);
      expect(await told(one, location)).toEqual({
        status: 403,
        title: 'No access',
        link: '/inbox/sign-in?other',
      });
    }
    const other = await one.open('/inbox/sign-in?other');
    expect(new URL(other.location).searchParams.get('prompt')).toBe('login');
    expect(logged).toEqual([]);
  });

  it('while the provider is away, or does not take this server', async () => {
    const away = await refusedUrl();
    const without = await serve({ signIn: { issuer: away } });
    const one = without.visitor();
    expect(await told(one, (await one.open('/inbox/sign-in')).location)).toMatchObject({ status: 503 });
    expect(without.logged.join()).toContain(`${away}/.well-known/openid-configuration cannot be reached`);

    const misled = await serve({ env: { KEY: sandbox.key, SECRET: 'b7Kq19-of-another' } });
    const two = misled.visitor();
    const { location } = await two.signIn('ada');
    expect(await told(two, location)).toMatchObject({ status: 500, title: 'Sign-in does not work' });
    expect(misled.logged.join()).toContain('the identity provider says invalid_client');

    const narrow = await serve({ signIn: { scope: 'sessions:write' } });
    const three = narrow.visitor();
    expect(await told(three, (await three.signIn('ada')).location)).toMatchObject({ status: 500 });
    expect(narrow.logged.join()).toContain('no scope sessions:read');
  });

  it('where the team file has no client', async () => {
    const { visitor } = await serve({ signIn: { client_id: undefined, client_secret_env: undefined } });
    const one = visitor();
    for (const path of ['/inbox', '/inbox/sign-in', '/inbox/inbox.js', '/inbox/api/desk'])
      expect((await one.open(path)).status).toBe(404);
  });
});

describe('a session', () => {
  it('ends after an hour', async () => {
    const ada = await (await serve()).signedIn('ada');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_590_000 });
    expect((await ada.api('/desk')).status).toBe(200);
    vi.setSystemTime(Date.now() + 11_000);
    expect((await ada.api('/desk')).json).toEqual({
      error: 'no_session',
      message: 'Your session has ended. Sign in again.',
    });
  });

  it('that was changed, or is something else, is none', async () => {
    const { signedIn, visitor } = await serve();
    const ada = await signedIn('ada');
    const sealed = ada.cookies.get('opencx-inbox-acme') ?? '';
    const attempt = visitor();
    await attempt.open('/inbox/sign-in');
    const other = sealed.at(-5) === 'A' ? 'B' : 'A';
    for (const wrong of [
      `${sealed.slice(0, -5)}${other}${sealed.slice(-4)}`,
      attempt.cookies.get('opencx-inbox-sign-in') ?? '',
      'x',
      staticToken,
    ]) {
      ada.cookies.set('opencx-inbox-acme', wrong);
      expect((await ada.api('/sessions')).status, wrong).toBe(401);
    }
    const anotherServer = await serve();
    const stranger = anotherServer.visitor();
    stranger.cookies.set('opencx-inbox-acme', sealed);
    expect((await stranger.api('/sessions')).status).toBe(401);
  });

  it('is good for one workspace', async () => {
    const both = [...grants, { claim: 'roles', value: 'approvers', workspace: 'globex', role: 'approver' }];
    const { visitor } = await serve({ workspaces: ['acme', 'globex'], signIn: { grants: both } });
    const ada = visitor();
    expect((await ada.signIn('ada', '/inbox/w/acme')).location).toBe('/inbox/w/acme');
    const at = (home: string) => ada.api('/desk', undefined, { home });
    expect((await at('/inbox/w/acme')).status).toBe(200);
    ada.cookies.set('opencx-inbox-globex', ada.cookies.get('opencx-inbox-acme') ?? '');
    expect((await at('/inbox/w/globex')).status).toBe(401);
    expect((await at('/inbox/w/none')).status).toBe(404);
    expect((await ada.open('/inbox')).text).toContain('several workspaces');
    expect((await ada.open('/inbox/w/none')).status).toBe(404);
    expect((await ada.open('/inbox/w/acme')).text).toContain('data-sign-in="/inbox/w/acme/sign-in"');
  });

  it('allows what the team file says now', async () => {
    const { signedIn, served, rewrite } = await serve();
    const ada = await signedIn('ada');
    const signIn = { issuer: provider.issuer, client_id: inboxClient.id };
    const reloaded = async (grants: object[], change: object = {}) => {
      rewrite({ sign_in: { ...signIn, grants }, ...change });
      await served.reload();
      return (await ada.api('/desk')).json;
    };
    const tools = ['list_sessions', 'get_session', 'get_session_history'];
    const lesser = await reloaded([{ ...grants[1], role: 'agent' }], {
      roles: { ...roles, agent: { tools } },
    });
    expect(lesser).toMatchObject({ approves: false, member: { role: 'agent' } });
    for (const path of ['/search?q=parcel', '/sessions/x/file?id=y'])
      expect(await ada.api(path)).toMatchObject({ status: 403, json: { error: 'forbidden' } });
    expect(await reloaded(grants.slice(2))).toMatchObject({ error: 'no_role' });
    expect(await reloaded(grants)).toMatchObject({ member: { role: 'approver' } });
  });

  it('stops telling what changes when it ends', async () => {
    const { signedIn, fetch, served, rewrite, draft } = await serve();
    const ada = await signedIn('ada');
    const cookie = [...ada.cookies].map((pair) => pair.join('=')).join();
    const stream = await fetch(`${url}/inbox/api/events`, { headers: { cookie, 'x-opencx-inbox': '1' } });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('welcome');
    expect((await reader?.read())?.value).toContain('data:');
    rewrite({ sign_in: { issuer: provider.issuer, client_id: inboxClient.id, grants: grants.slice(2) } });
    await served.reload();
    await draft(staticToken, await conversation(), 'It ships today.');
    let isOver = false;
    while (!isOver) isOver = (await reader?.read())?.done !== false;
    expect(isOver).toBe(true);
  });
});

it('requests that do not come from the page are refused', async () => {
  const ada = await (await serve()).signedIn('ada');
  const refused = (path: string, headers: Record<string, string>, init: RequestInit = {}) =>
    ada.open(path, { ...init, headers }).then(({ status }) => status);
  const own = { 'x-opencx-inbox': '1' };
  for (const headers of [
    { ...own, origin: 'https://evil.example' },
    { ...own, origin: 'null' },
    { ...own, 'sec-fetch-site': 'cross-site' },
    { ...own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
    { ...own, host: 'evil.example' },
    { ...own, host: '127.0.0.1:8080@evil.example' },
    {},
  ])
    expect(await refused('/inbox/api/desk', headers as Record<string, string>), JSON.stringify(headers)).toBe(
      403,
    );
  const post = { method: 'POST', body: '{}' };
  const json = { ...own, 'content-type': 'application/json', 'content-length': '2' };
  expect(await refused('/inbox/api/sign-out', json, post)).toBe(403);
  expect(await refused('/inbox/api/sign-out', { ...json, origin: 'https://evil.example' }, post)).toBe(403);
  expect(await refused('/inbox/api/drafts/1/approve', { ...own, origin: url }, post)).toBe(415);
  // A link from elsewhere opens the page, which is empty.
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect(await refused('/inbox', link)).toBe(200);
  expect(await refused('/inbox', { ...link, 'sec-fetch-mode': 'no-cors' })).toBe(403);
  expect(await refused('/inbox/api/desk', link)).toBe(403);
});

describe('drafts on the inbox page of a team', () => {
  it('are decided by those who may, and others see only their own', async () => {
    const records: AuditRecord[] = [];
    const audit = { ready: async () => {}, write: async (record: AuditRecord) => void records.push(record) };
    const { signedIn, draft } = await serve({ audit });
    const session = await conversation();
    await draft(staticToken, session, 'It ships today.');
    await draft(await provider.token('ben', `${url}/mcp`), session, 'It ships tomorrow.');
    records.length = 0;

    const ben = await signedIn('ben');
    const own = await draftsOf(ben);
    expect(own.map(({ text }) => text)).toEqual(['It ships tomorrow.']);
    expect((await ben.api('/drafts/1')).status).toBe(404);
    const approval = { digest: (await ben.api('/drafts/2')).json.digest };
    expect((await ben.api('/drafts/2/approve', approval)).status).toBe(403);
    expect((await ben.api('/drafts/1/reject', { reason: 'No' })).status).toBe(403);
    const refusal = {
      tool: 'outbox',
      outcome: 'not_offered',
      person: 'ben',
      role: 'agent',
      workspace: 'acme',
    };
    expect(records).toMatchObject([refusal, refusal]);
    expect(await answersIn(session)).toEqual([]);

    const ada = await signedIn('ada');
    const [second, first] = await draftsOf(ada);
    expect([first?.text, second?.text]).toEqual(['It ships today.', 'It ships tomorrow.']);
    records.length = 0;
    const { digest } = (await ada.api('/drafts/1')).json;
    const { json } = await ada.api('/drafts/1/approve', { digest });
    expect(json).toMatchObject({
      outcome: 'sent',
      draft: { state: 'sent', decision: { by: 'Ada Lovelace (ada)' } },
    });
    expect((await ada.api('/drafts/1/approve', { digest })).json.outcome).toBe('decided');
    expect(await answersIn(session)).toHaveLength(1);
    const decided = { tool: 'outbox', draft: 1, person: 'ada', role: 'approver', workspace: 'acme' };
    expect(records).toMatchObject([{ ...decided, decision: 'approved', outcome: 'sent' }]);
  });

  it('show no personal data to those who must not see it, but what would be sent', async () => {
    const { signedIn, draft } = await serve();
    const session = await conversation();
    await draft(staticToken, session, 'Dear Robin, it ships today.');
    const cleo = await signedIn('cleo');
    const seen = [
      await cleo.api('/sessions'),
      // Remembered from the first time.
      await cleo.api('/sessions'),
      await cleo.api(`/sessions/${session}`),
      await cleo.api('/search?q=parcel'),
    ];
    for (const { status, text } of seen) {
      expect(status).toBe(200);
      expect(text).not.toMatch(/robin|roe/i);
      expect(text).toMatch(/\[name \w+\]/);
      expect(text).toContain('"handled_by":"ai"');
    }
    const [waiting] = await draftsOf(cleo);
    const { text, json: review } = await cleo.api(`/drafts/${waiting?.number}`);
    expect(text.replaceAll('Dear Robin, it ships today.', '')).not.toMatch(/robin|roe/i);
    expect(waiting?.text).toBe('Dear Robin, it ships today.');
    const { json } = await cleo.api(`/drafts/${waiting?.number}/approve`, { digest: review.digest });
    expect(json.outcome).toBe('sent');
    expect(json.draft.text).toMatch(/^Dear \[name \w+\], it ships today\.$/);
    expect((await answersIn(session)).map(({ event }) => event.content?.text)).toEqual([
      'Dear Robin, it ships today.',
    ]);
    // Others still see everything.
    const ada = await signedIn('ada');
    expect((await ada.api('/sessions')).text).toContain('Robin Roe');
  });

  it.skipIf(!postgresUrl)('are shared by replicas, and so are sessions and the audit log', async () => {
    const schema = await testSchema();
    onTestFinished(() => schema.drop());
    const replica = async () => {
      const database = schema.open();
      const services = { database, close: async () => {} };
      return serve({ services, inboxKey: await database.signingKey('inbox') });
    };
    const replicas = [await replica(), await replica()] as const;
    let turn = 0;
    // As behind a load balancer: each request is for the other one.
    const fetch: (typeof replicas)[0]['fetch'] = (...request) =>
      replicas[turn++ % 2]?.fetch(...request) as Promise<Response>;
    const session = await conversation();
    await replicas[0].draft(staticToken, session, 'It ships today.');
    const ada = visitorOf(fetch, url, provider);
    expect((await ada.signIn('ada')).location).toBe('/inbox');
    const { digest } = (await ada.api('/drafts/1')).json;
    const approve = () => ada.api('/drafts/1/approve', { digest });
    const outcomes = (await Promise.all([approve(), approve()])).map(({ json }) => json.outcome);
    expect(outcomes).toContain('sent');
    expect(await answersIn(session)).toHaveLength(1);
    const lines = await schema.query<{ line: string }>('select line from SCHEMA.audit order by seq');
    const records = lines.map(({ line }) => JSON.parse(line));
    const approval = { person: 'ada', role: 'approver', workspace: 'acme', decision: 'approved' };
    const [sent, ...others] = records
      .filter(({ decision }) => decision)
      .sort((one) => (one.outcome === 'sent' ? -1 : 1));
    expect(sent).toMatchObject({ ...approval, outcome: 'sent' });
    // The other one came too late, or found the message of the first.
    for (const other of others) expect(other).toMatchObject({ ...approval, outcome: 'found' });
  });
});
