import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/findings.ts';
import { checkTeamServer } from '../../../src/cli/doctor/team/team-server.ts';
import { listen } from '../../../src/mcp/http/listen.ts';
import {
  type IdentityProvider,
  type SigningKey,
  signingKey,
  startIdentityProvider,
} from '../../support/doors/identity-provider.ts';
import { serveSignIn, staticToken } from '../../support/doors/sign-in.ts';
import { roleOf, teamApp, workspaceOf } from '../../support/doors/team.ts';
import { contextOf } from '../../support/fakes/fakes.ts';
import { type Answer, refusedUrl, startUpstream } from '../../support/fakes/http-server.ts';
import { createAuthority } from '../../support/faults/certificates.ts';

const people = { ada: { roles: 'agents' }, ben: { roles: 'readers' }, eve: { roles: 'guests' } };
const grants = [
  { claim: 'roles', value: 'agents', workspace: 'acme', role: 'agent' },
  { claim: 'roles', value: 'readers', workspace: 'acme', role: 'reader' },
];

let key: SigningKey;
let provider: IdentityProvider;
beforeAll(async () => {
  key = await signingKey('first');
  provider = await startIdentityProvider(key, people);
});
afterAll(() => provider.close());

const check = (address: string, token?: string, env = {}) =>
  checkTeamServer({ address, token, howToSignIn: 'Sign in.', env, userAgent: 'test' });

type Handle = (request: Request) => Response | Promise<Response>;

/** A server on a port. @returns the address of its only workspace. */
async function serveWith(open: (url: string) => Handle | Promise<Handle>) {
  let handle: Handle = () => new Response();
  const listener = await listen(async (request) => handle(request), { port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    listener.cut();
    await listener.close();
  });
  handle = await open(listener.url);
  return `${listener.url}/mcp`;
}

/** A team server with sign-in. */
function serve({
  issuer = provider.issuer,
  ...options
}: {
  issuer?: string;
  publicUrl?: string;
  roles?: object;
} = {}) {
  return serveWith(
    async (publicUrl) => (await serveSignIn({ issuer, grants }, { publicUrl, ...options })).handle,
  );
}

const lines = (findings: readonly Finding[]) =>
  findings.map((finding) => `${finding.status} ${finding.check}: ${finding.detail}`);
const failures = (findings: readonly Finding[]) => findings.filter(({ status }) => status === 'failed');

describe('a team server', () => {
  it('is described for a person who signed in: provider, role, permissions, versions of the protocol', async () => {
    const address = await serve();
    const token = await provider.token('ada', address);
    expect(lines(await check(address, token)).slice(1)).toEqual([
      'ok server: OpenCX sessions; a token is required',
      `ok sign-in: at ${provider.issuer}; clients need a client ID from the administrators`,
      `ok token: ada, with an account at ${provider.issuer}`,
      'ok role: agent in the workspace acme',
      'ok permissions: 10 tools: may read, and change (create_session, send_message, update_session)',
      'ok protocol 2026: 2026-07-28; 10 tools listed',
      'ok protocol 2025: 2025-11-25; 10 tools listed',
    ]);
  });

  it('says what a token of the team file, a reader, and fewer scopes allow', async () => {
    const address = await serve();
    const linesFor = async (token: string) => lines(await check(address, token)).join('\n');
    expect(await linesFor(staticToken)).toContain('ok token: script, with a token in the team file\n');
    const ben = await linesFor(await provider.token('ben', address));
    expect(ben).toContain('ok role: reader in the workspace acme\nok permissions: 7 tools: may read\n');
    const narrow = await linesFor(await provider.token('ada', address, 'sessions:read'));
    expect(narrow).toContain(
      'ok role: agent in the workspace acme\nok permissions: 7 tools: may read; the token lacks sessions:write, without which nothing can be changed\n',
    );
    // Nothing that it sends can wait, either.
    const outbox = await serve({ roles: { agent: { confirm_sends: 'outbox', approve_sends: true } } });
    const found = lines(await check(outbox, await provider.token('ada', outbox, 'sessions:read')));
    expect(found).toContain(
      'ok permissions: 7 tools: may read; the token lacks sessions:write, without which nothing can be changed',
    );
  });

  it('is described as far as everybody may see it without a token', async () => {
    const findings = await check(await serve());
    expect(failures(findings)).toEqual([]);
    expect(findings.at(-1)).toEqual({
      check: 'token',
      status: 'skipped',
      detail: 'none, so what it allows was not checked',
      fix: 'Sign in.',
    });
  });

  it('names what is wrong with a token', async () => {
    const address = await serve();
    const wrongAudience = await provider.token('ada', 'https://mcp.example.com/mcp');
    const expired = await key.sign({ iss: provider.issuer, aud: address, sub: 'ada', exp: 1 });
    for (const [token, detail] of [
      ['ocxt_unknown', /^The token is not known/],
      [wrongAudience, /is for another audience/],
      [expired, /expired/],
      [await provider.token('eve', address), /have no role in this workspace/],
    ] as const) {
      const [failure, ...others] = failures(await check(address, token));
      expect(others).toEqual([]);
      expect(failure).toMatchObject({ check: 'token', detail: expect.stringMatching(detail) });
      expect(failure?.fix).toContain('docs/team.md');
    }
  });

  it('names the address of the workspace that a token is for', async () => {
    const address = await serve();
    const [failure] = failures(await check(`${address}/w/other`, staticToken));
    expect(failure).toMatchObject({
      detail: 'This token is for another workspace. Use it at /mcp/w/acme.',
      fix: `The address is ${address}/w/acme`,
    });
  });

  it.each([
    [{ usesOutbox: true }, 'each message waits as a draft until a person approves it'],
    [{ confirmSends: true }, 'each message has to be approved by a person'],
    [{ approvesSends: true }, 'drafts of others may be approved'],
  ])('says what %j means', async (role, words) => {
    const workspace = workspaceOf('acme', contextOf({}));
    const members = [{ token: 'ada', workspace, role: roleOf('agent', role) }];
    const found = await check(await serveWith((publicUrl) => teamApp(members, { publicUrl }).handle), 'ada');
    const permissions = lines(found).find((line) => line.includes('permissions'));
    expect(permissions).toMatch(new RegExp(`; ${words}$`));
  });

  it('names what is wrong with the sign-in', async () => {
    const elsewhere = await serve({ publicUrl: 'https://mcp.example.com' });
    expect(failures(await check(elsewhere))).toEqual([
      {
        check: 'sign-in',
        status: 'failed',
        detail:
          'clients are sent to https://mcp.example.com/.well-known/oauth-protected-resource/mcp, which is another server',
        fix: 'On the server, set --public-url to the address that clients use.',
      },
    ]);
    const issuer = await refusedUrl();
    const [away] = failures(await check(await serve({ issuer })));
    expect(away?.detail).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\S+ cannot be reached \(ECONNREFUSED\)$/);
    const [misspelt] = failures(await check(await serve({ issuer: `${provider.issuer}/` })));
    expect(misspelt?.fix).toContain('with or without a slash at its end');
  });

  it.each<[string, Answer, RegExp, RegExp]>([
    [
      'a web page',
      { text: '<html>', headers: { 'content-type': 'text/html' } },
      /^HTTP 200 \(text\/html\): this is not a team server/,
      /ends in \/mcp/,
    ],
    [
      'another server of the protocol',
      { json: { jsonrpc: '2.0', id: 1, result: { serverInfo: { name: 'weather' } } } },
      /^HTTP 200 \(weather\): this is not/,
      /ends in \/mcp/,
    ],
    [
      'a broken proxy',
      { status: 502, text: 'Bad Gateway', headers: { 'content-type': 'text/plain' } },
      /^HTTP 502$/,
      /log/,
    ],
    ['a redirect', { status: 308, headers: { location: '/login' } }, /^HTTP 308 /, /not followed/],
    [
      'a foreign challenge',
      { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"' } },
      /^HTTP 401/,
      /address/,
    ],
    [
      'a proxy with another name',
      { status: 403, json: { error: 'forbidden', message: 'The Host header is not' } },
      /^HTTP 403: The Host/,
      /--public-url/,
    ],
  ])(
    'is not taken for one if there is %s at the address, and gets no token',
    async (_, answer, detail, fix) => {
      const upstream = await startUpstream();
      onTestFinished(upstream.close);
      upstream.script(answer);
      const [failure] = failures(await check(`${upstream.url}/mcp`, 'ocxt_secret'));
      expect(failure).toMatchObject({ check: 'server', detail: expect.stringMatching(detail) });
      expect(failure?.fix).toMatch(fix);
      expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    },
  );

  it('is not asked anything if its certificate is not trusted, or nobody checks it', async () => {
    const server = createHttpsServer(createAuthority('Nobody knows it').issue('127.0.0.1'));
    let requests = 0;
    server.on('request', () => {
      requests += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const [failure] = failures(await check(address, 'ocxt_secret'));
    expect(failure).toMatchObject({
      check: 'connection',
      detail: expect.stringMatching(/The server could not be reached: its certificate,.* is not trusted/),
      fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    const [unchecked] = await check(address, 'ocxt_secret', { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(unchecked?.detail).toContain('so the token is not sent');
    expect(requests).toBe(0);
  });

  it('that is away is said to be, with the address to check', async () => {
    const [failure] = failures(await check(`${await refusedUrl()}/mcp`));
    expect(failure?.detail).toMatch(/The server could not be reached \(ECONNREFUSED\)/);
    expect(failure?.fix).toMatch(/^--url points to this machine/);
  });
});
