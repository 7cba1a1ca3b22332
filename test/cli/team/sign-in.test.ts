import { createHmac } from 'node:crypto';
import {
  Client,
  ClientCredentialsProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { type JWTHeaderParameters, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { isDocumented } from '../../support/documentation/refusals.ts';
import {
  type IdentityProvider,
  type SigningKey,
  signingKey,
  startIdentityProvider,
} from '../../support/doors/identity-provider.ts';
import { list, type SignInOptions, serveSignIn, staticToken } from '../../support/doors/sign-in.ts';
import { url } from '../../support/doors/team.ts';
import { refusedUrl } from '../../support/fakes/http-server.ts';

const people = {
  ada: { roles: ['agents', 'staff'] },
  ben: { realm: { groups: ['readers'] } },
  cleo: { 'https://example.com/role': 'agents' },
  eve: { roles: 'agent', realm: 'readers', workspaces: ['acme'] },
};

const grants = [
  { claim: 'roles', value: 'agents', workspace: 'acme', role: 'agent' },
  { claim: 'https://example.com/role', value: 'agents', workspace: 'acme', role: 'agent' },
  { claim: 'realm.groups', value: 'readers', workspace: 'acme', role: 'reader' },
];

let key: SigningKey;
let provider: IdentityProvider;
beforeAll(async () => {
  key = await signingKey('first');
  provider = await startIdentityProvider(key, people);
});
afterAll(() => provider.close());
afterEach(() => vi.useRealTimers());

const serve = (options: SignInOptions = {}) => serveSignIn({ issuer: provider.issuer, grants }, options);

const write = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'send_message', arguments: {} },
};
const resource = `${url}/mcp`;
const allScopes = 'scope="sessions:read sessions:write"';

/** The claims of a good token, made without the provider. */
const claims = (more: object = {}) => {
  const now = Math.floor(Date.now() / 1000);
  const good = { iss: provider.issuer, aud: resource, sub: 'ada', iat: now, exp: now + 600 };
  return { ...good, roles: 'agents', scope: 'sessions:read sessions:write', ...more };
};

describe('a person who signs in', () => {
  it('finds the provider through the challenge, and is let in with its token', async () => {
    const { send, get, served } = await serve();
    const refused = await send(undefined);
    expect(refused.status).toBe(401);
    expect(refused.challenge).toContain(allScopes);
    const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(refused.challenge) ?? [];
    expect(metadata).toBe(`${url}/.well-known/oauth-protected-resource/mcp`);
    const { json } = await get(new URL(metadata).pathname);
    expect(json).toMatchObject({
      resource,
      authorization_servers: [provider.issuer],
      scopes_supported: ['sessions:read', 'sessions:write'],
    });
    const token = await provider.token('ada', String(json['resource']));
    expect(await send(token)).toMatchObject({ status: 200, writes: true });
    expect(await served.current().authenticate(token)).toMatchObject({
      issuer: provider.issuer,
      subject: 'ada',
      workspace: { id: 'acme' },
      role: { name: 'agent' },
    });
  });

  it('needs only the address in a client of the protocol', async () => {
    const door = await serve();
    const authProvider = new ClientCredentialsProvider({
      clientId: 'ada',
      clientSecret: 'secret',
      expectedIssuer: provider.issuer,
    });
    const client = new Client({ name: 'test', version: '1' });
    onTestFinished(() => client.close());
    const toDoor = (target: string | URL) => new URL(target).origin === url;
    await client.connect(
      new StreamableHTTPClientTransport(new URL(resource), {
        authProvider,
        fetch: (target, init) => (toDoor(target) ? door.fetch(target, init) : fetch(target, init)),
      }),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('send_message');
  });

  it('gets the role of their claims, which may be lists, nested, or named with dots', async () => {
    const { send } = await serve();
    const tokenOf = (person: string) => provider.token(person, resource);
    expect(await send(await tokenOf('ada'))).toMatchObject({ status: 200, writes: true });
    expect(await send(await tokenOf('ben'))).toMatchObject({ status: 200, writes: false });
    expect(await send(await tokenOf('cleo'))).toMatchObject({ status: 200, writes: true });
    const eve = await send(await tokenOf('eve'));
    expect(eve.status).toBe(403);
    expect(eve.text).toContain('have no role in this workspace');
    expect(isDocumented(403, eve.text)).toBe(true);
  });

  it('can do less with fewer scopes, and is told all of them', async () => {
    const { send } = await serve();
    const reading = await provider.token('ada', resource, 'sessions:read');
    expect(await send(reading)).toMatchObject({ status: 200, writes: false });
    const refused = await send(reading, write);
    expect(refused.status).toBe(403);
    expect(refused.challenge).toContain('error="insufficient_scope"');
    expect(isDocumented(403, refused.text)).toBe(true);
    expect(refused.challenge).toContain(allScopes);
    expect(refused.challenge).toContain('resource_metadata=');
    for (const more of [{ scope: 'openid' }, { scope: undefined }, { scope: 'sessions:write' }]) {
      const none = await send(await key.sign(claims(more)));
      expect(none).toMatchObject({ status: 403, challenge: expect.stringContaining(allScopes) });
      expect(isDocumented(403, none.text)).toBe(true);
    }
    const listed = claims({ scope: undefined, scp: ['sessions:read', 'sessions:write'] });
    expect(await send(await key.sign(listed))).toMatchObject({ status: 200, writes: true });
  });

  it('is not sent to sign in again for what their role lacks', async () => {
    const { send } = await serve();
    const refused = await send(await provider.token('ben', resource), write);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('your role only reads');
    expect(refused.challenge).toBe('');
  });

  it('loses a role when the team file is read again without its grant', async () => {
    const { send, served, rewrite } = await serve();
    const token = await provider.token('ada', resource);
    expect((await send(token)).status).toBe(200);
    rewrite({ sign_in: { issuer: provider.issuer, grants: grants.slice(1) } });
    await served.reload();
    expect((await send(token)).status).toBe(403);
    rewrite({ sign_in: undefined });
    await served.reload();
    const refused = await send(token);
    expect(refused).toMatchObject({
      status: 401,
      challenge: expect.not.stringContaining('resource_metadata'),
    });
  });

  it('is let in where the clocks differ by a few seconds', async () => {
    const { send } = await serve();
    const now = Math.floor(Date.now() / 1000);
    const token = await key.sign(claims({ exp: now - 10, nbf: now + 10 }));
    expect((await send(token)).status).toBe(200);
  });
});

describe('a token', () => {
  const minutesAgo = (minutes: number) => Math.floor(Date.now() / 1000) - 60 * minutes;
  it.each<[string, () => object, RegExp, Partial<JWTHeaderParameters>?]>([
    ['of another issuer', () => ({ iss: 'https://id.example' }), /from another issuer\. This server takes/],
    ['for another server', () => ({ aud: 'https://mcp.example.com/mcp' }), /for another audience/],
    ['for an address that begins alike', () => ({ aud: `${resource}/w/acme2` }), /for another audience/],
    ['for nobody', () => ({ aud: undefined }), /for another audience|claim aud/],
    ['that has expired', () => ({ exp: minutesAgo(2) }), /has expired\. Sign in again/],
    ['that never expires', () => ({ exp: undefined }), /claim exp is missing/],
    ['that is not valid yet', () => ({ nbf: minutesAgo(-2) }), /not valid yet/],
    ['without a subject', () => ({ sub: undefined }), /claim sub is missing/],
    ['with an empty subject', () => ({ sub: '' }), /names no subject/],
    ['that tells who signed in', () => ({ at_hash: 'x' }), /not an access token/],
    ['of another type', () => ({}), /not an access token/, { typ: 'logout+jwt' }],
    ['that is bound to a key', () => ({ cnf: { jkt: 'x' } }), /bound to a key/],
    ['with an unknown key', () => ({}), /not signed by/, { kid: 'other' }],
  ])('%s is refused', async (_, more, message, header) => {
    const { send, logged } = await serve();
    const token = await key.sign(claims(more()), header);
    const refused = await send(token);
    expect(refused.text).toMatch(message);
    expect(refused.status).toBe(401);
    expect(isDocumented(401, refused.text)).toBe(true);
    expect(refused.challenge).toMatch(/error="invalid_token".*resource_metadata=/);
    expect(logged.join()).not.toContain(token.split('.')[1]);
  });

  it('that nobody signed is refused', async () => {
    const { send } = await serve();
    const refused = await send(new UnsecuredJWT(claims()).encode());
    expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('signed in a way') });
    expect(isDocumented(401, refused.text)).toBe(true);
  });

  it('that is signed with the public key as a secret is refused', async () => {
    const { send } = await serve();
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signed = `${encoded({ alg: 'HS256', kid: 'first' })}.${encoded(claims())}`;
    const mac = createHmac('sha256', JSON.stringify(key.publicJwk)).update(signed).digest('base64url');
    const refused = await send(`${signed}.${mac}`);
    expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('signed in a way') });
  });

  it('that brings its own key is refused, and that key is not fetched', async () => {
    const { send } = await serve();
    const stranger = await signingKey('first');
    const other = await startIdentityProvider(stranger, {});
    onTestFinished(() => other.close());
    const header = { jku: `${other.issuer}/jwks`, jwk: stranger.publicJwk };
    const refused = await send(await stranger.sign(claims(), header));
    expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('not signed by') });
    expect(other.requests).toEqual([]);
  });

  it('of three words that are none is refused', async () => {
    const { send } = await serve();
    const refused = await send('a.b.c');
    expect(refused).toMatchObject({ status: 401 });
    expect(isDocumented(401, refused.text)).toBe(true);
  });
});

describe('with several workspaces', () => {
  const both = [...grants, { claim: 'roles', value: 'staff', workspace: 'globex', role: 'reader' }];
  const options = { workspaces: ['acme', 'globex'], signIn: { grants: both } };

  it('a token is good for the one that it was made for', async () => {
    const { send } = await serve(options);
    const acme = await provider.token('ada', `${url}/mcp/w/acme`);
    expect(await send(acme, list, '/mcp/w/acme')).toMatchObject({ status: 200, writes: true });
    const refused = await send(acme, list, '/mcp/w/globex');
    expect(refused.status).toBe(401);
    expect(refused.challenge).toContain(
      `resource_metadata="${url}/.well-known/oauth-protected-resource/mcp/w/globex"`,
    );
    const globex = await provider.token('ada', `${url}/mcp/w/globex`);
    expect(await send(globex, list, '/mcp/w/globex')).toMatchObject({ status: 200, writes: false });
    expect(await send(acme, list, '/mcp')).toMatchObject({ status: 404 });
  });

  it('each has its own metadata, and nothing else has any', async () => {
    const { get } = await serve(options);
    const well = '/.well-known/oauth-protected-resource';
    expect((await get(`${well}/mcp/w/globex`)).json).toMatchObject({ resource: `${url}/mcp/w/globex` });
    for (const path of [
      well,
      `${well}/mcp`,
      `${well}/mcp/w/none`,
      '/.well-known/openid-configuration',
      '/.well-known/x',
    ])
      expect((await get(path)).status).toBe(404);
  });

  it('an audience of the provider serves all, and the claims decide', async () => {
    const audience = 'api://opencx';
    const { send } = await serve({ ...options, signIn: { grants: both, audience } });
    const eve = await key.sign(claims({ aud: audience }));
    expect((await send(eve, list, '/mcp/w/acme')).status).toBe(200);
    const elsewhere = await send(eve, list, '/mcp/w/globex');
    const nowhere = await send(eve, list, '/mcp/w/none');
    expect(elsewhere).toMatchObject({ status: 403 });
    expect(nowhere).toEqual(elsewhere);
  });

  it('a claim can limit the workspaces of a person', async () => {
    const signIn = { grants: both, audience: 'api://opencx', workspace_claim: 'org' };
    const { send } = await serve({ ...options, signIn });
    const of = (org: unknown) => key.sign(claims({ aud: 'api://opencx', org, roles: ['agents', 'staff'] }));
    expect((await send(await of('globex'), list, '/mcp/w/acme')).status).toBe(403);
    expect((await send(await of('globex'), list, '/mcp/w/globex')).status).toBe(200);
    expect((await send(await of(undefined), list, '/mcp/w/acme')).status).toBe(403);
  });
});

describe('the keys of the provider', () => {
  it('may change: new ones are found, and old ones no longer count', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { send } = await serve();
    const old = await provider.token('ada', resource);
    expect((await send(old)).status).toBe(200);
    await provider.rotate(await signingKey('second'));
    onTestFinished(() => provider.rotate(key));
    const next = await provider.token('ada', resource);
    const fetched = provider.requests.length;
    // Tokens with made-up keys cannot make this server ask without end.
    expect((await send(next)).status).toBe(401);
    expect(provider.requests).toHaveLength(fetched);
    vi.setSystemTime(Date.now() + 31_000);
    expect((await send(next)).status).toBe(200);
    expect((await send(old)).status).toBe(401);
    expect(provider.requests.slice(fetched)).toEqual(['/jwks']);
  });

  it('are fetched once for many requests', async () => {
    const token = await provider.token('ada', resource);
    const { send } = await serve();
    const before = provider.requests.length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(provider.requests.slice(before).filter((path) => path === '/jwks')).toHaveLength(1);
  });

  it('can be out of reach: people are told so, and tokens of the file go on working', async () => {
    const token = await provider.token('ada', resource);
    const away = await refusedUrl();
    const { send, logged } = await serve({ signIn: { issuer: away } });
    const refused = await send(token);
    expect(refused).toMatchObject({ status: 503, retryAfter: '30', challenge: '' });
    expect(refused.text).toContain('The identity provider does not answer');
    expect(isDocumented(503, refused.text)).toBe(true);
    expect(refused.text).not.toContain(away);
    expect((await send(staticToken)).status).toBe(200);
    expect((await send('ocxt_unknown')).status).toBe(401);
    expect(logged.join()).toContain(
      `${away}/.well-known/openid-configuration cannot be reached (ECONNREFUSED)`,
    );
  });
});
