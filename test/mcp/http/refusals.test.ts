import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentedRefusals, isDocumented } from '../../support/documentation/refusals.ts';
import { roleOf, teamApp, url, workspaceOf } from '../../support/doors/team.ts';
import { contextOf, session } from '../../support/fakes/fakes.ts';

const { client, sendLog } = contextOf({ getSession: async (id) => session(id) });
const acme = workspaceOf('acme', { client, sendLog });
const other = workspaceOf('other', { client, sendLog });
const members = [
  { token: 'full', workspace: acme, role: roleOf('agent') },
  { token: 'reader', workspace: acme, role: roleOf('reader', { readOnly: true }) },
  { token: 'elsewhere', workspace: other, role: roleOf('agent') },
];
const { fetch } = teamApp(members);
const alone = teamApp(members.slice(0, 2));

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  authorization: 'Bearer full',
};
const list = { jsonrpc: '2.0', id: 7, method: 'tools/list' };
const callOf = (name: string) => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { name, arguments: { session_id: 's1' } },
});
const version = '2026-07-28';
const envelope = {
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const modern = { ...list, params: { _meta: envelope } };
const modernHeaders = { 'mcp-protocol-version': version, 'mcp-method': 'tools/list' };

interface Sent {
  path?: string;
  headers?: Record<string, string>;
  body?: unknown;
  method?: string;
}

async function send({ path = '/mcp/w/acme', headers: more = {}, body = list, method = 'POST' }: Sent = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = new Headers({ ...headers, ...more });
  for (const [name, value] of Object.entries(more)) if (value === '') all.delete(name);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: all,
    ...(method === 'POST' && { body: text }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

it.each<[string, Sent, number, RegExp]>([
  ['no token', { headers: { authorization: '' } }, 401, /A token is required/],
  ['another scheme', { headers: { authorization: 'Basic eA==' } }, 401, /must be: Bearer/],
  ['an unknown token', { headers: { authorization: 'Bearer stolen' } }, 401, /not known, or no longer valid/],
  [
    'a token in the address',
    { path: '/mcp/w/acme?token=full', headers: { authorization: '' } },
    401,
    /required/,
  ],
  ['another workspace', { path: '/mcp/w/other' }, 403, /for another workspace\. Use it at \/mcp\/w\/acme/],
  ['a workspace that does not exist', { path: '/mcp/w/none' }, 403, /for another workspace/],
  ['no workspace where there are several', { path: '/mcp' }, 404, /Use \/mcp\/w\/acme with this token/],
  [
    'a tool that the role may not use',
    { headers: { authorization: 'Bearer reader' }, body: callOf('send_message') },
    403,
    /send_message changes something/,
  ],
  ['an unknown host', { headers: { host: 'evil.example' } }, 403, /Host header is not a name/],
  [
    'a host that begins like this one',
    { headers: { host: '127.0.0.1.evil.example' } },
    403,
    /Host header is not/,
  ],
  ['a host that is none', { headers: { host: 'a/b' } }, 403, /Host header is not a name/],
  ['a foreign origin', { headers: { origin: 'https://evil.example' } }, 403, /Origin header is foreign/],
  ['an origin that is hidden', { headers: { origin: 'null' } }, 403, /Origin header is foreign/],
  [
    'a foreign origin on another route',
    { path: '/healthz', method: 'GET', headers: { origin: 'https://evil.example' } },
    403,
    /foreign/,
  ],
  [
    'an unknown host where nothing is served',
    { path: '/x', method: 'GET', headers: { host: 'evil.example' } },
    403,
    /Host/,
  ],
  [
    'a body that is announced as too long',
    { headers: { 'content-length': '16000001' } },
    413,
    /longer than 16000000 bytes/,
  ],
  ['a body that is not JSON', { body: '{"jsonrpc":' }, 400, /"code":-32700.*not JSON/],
  ['no body', { body: '' }, 400, /"code":-32700/],
  ['a body of a million values', { body: `[${'{},'.repeat(400_000)}{}]` }, 400, /too many values/],
  ['another type of body', { headers: { 'content-type': 'text/plain' } }, 415, /application\/json/],
  ['a session to listen on', { method: 'GET' }, 405, /not allowed/],
  [
    'a well-known address',
    { path: '/.well-known/oauth-protected-resource', method: 'GET' },
    404,
    /Nothing is served/,
  ],
  [
    'a method in the header that the body contradicts',
    { headers: { ...modernHeaders, 'mcp-method': 'prompts/list' }, body: modern },
    400,
    /"code":-32020/,
  ],
  [
    'a version in the header that the body contradicts',
    { headers: { ...modernHeaders, 'mcp-protocol-version': '2025-11-25' }, body: modern },
    400,
    /"code":-32020/,
  ],
  [
    'a version that does not exist',
    {
      headers: { ...modernHeaders, 'mcp-protocol-version': '2031-01-01' },
      body: {
        ...list,
        params: { _meta: { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' } },
      },
    },
    400,
    /"code":-32022.*2026-07-28/,
  ],
])('%s is refused', async (_, sent, status, problem) => {
  const answer = await send(sent);
  expect(answer.text).toMatch(problem);
  expect(answer.status).toBe(status);
  // Of what keeps somebody out, an administrator reads in the documentation.
  const isKeptOut = [401, 403].includes(status) || /workspace/.test(answer.text);
  expect(isDocumented(status, answer.text)).toBe(isKeptOut);
  // Nothing of the server, and nothing that a member could not do.
  expect(answer.text).not.toMatch(/OPENCX_|node_modules| {4}at /);
});

it('the documentation names no message that nobody gets', () => {
  const folders = ['src/mcp/http', 'src/cli/team/sign-in'];
  const code = folders.flatMap((folder) =>
    readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const parts = documentedRefusals().flatMap((one) => one.parts);
  expect(parts.length).toBeGreaterThan(20);
  expect(parts.filter((part) => !code.some((text) => text.includes(part)))).toEqual([]);
});

it('a body that is too long is refused before it is read to the end', async () => {
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(1_000_000));
    },
  });
  const response = await fetch(`${url}/mcp/w/acme`, {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as never);
  expect(response.status).toBe(413);
  expect(pulled).toBeLessThan(20);
});

describe('the challenge', () => {
  it('names no error where no token was sent, and no identity provider where there is none', async () => {
    const { headers: answer } = await send({ headers: { authorization: '' } });
    expect(answer.get('www-authenticate')).toBe('Bearer realm="opencx-sessions"');
  });

  it('calls an unknown token invalid', async () => {
    const { headers: answer } = await send({ headers: { authorization: 'Bearer stolen' } });
    expect(answer.get('www-authenticate')).toContain('error="invalid_token"');
    expect(answer.get('www-authenticate')).not.toContain('resource_metadata');
  });

  it('asks for no scopes where the role lacks what they would allow', async () => {
    const sent = { headers: { authorization: 'Bearer reader' }, body: [list, callOf('send_message')] };
    const { status, headers: answer, text } = await send(sent);
    expect(status).toBe(403);
    expect(answer.get('www-authenticate')).toBeNull();
    expect(JSON.parse(text)).toEqual({
      error: 'forbidden',
      message: 'send_message changes something, and your role only reads.',
    });
  });
});

describe('the tools that are offered', () => {
  const toolsFor = async (more: Record<string, string>) => {
    const response = await alone.fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: JSON.stringify(list),
    });
    return [...(await response.text()).matchAll(/"readOnlyHint":(true|false)/g)].map(([, hint]) => hint);
  };

  it('are those of the role', async () => {
    expect(await toolsFor({})).toContain('false');
    expect(await toolsFor({ authorization: 'Bearer reader' })).not.toContain('false');
  });

  it('can be narrowed by a header, and not widened', async () => {
    for (const value of ['true', '1', 'yes', 'what?'])
      expect(await toolsFor({ 'opencx-read-only': value })).not.toContain('false');
    for (const value of ['false', '0', ''])
      expect(await toolsFor({ 'opencx-read-only': value })).toContain('false');
    expect(await toolsFor({ authorization: 'Bearer reader', 'opencx-read-only': 'false' })).not.toContain(
      'false',
    );
  });
});

it.each([
  ['127.0.0.1', undefined, 'localhost:8080', true],
  ['127.0.0.1', undefined, '[::1]:8080', true],
  ['127.0.0.1', undefined, '192.0.2.1', false],
  ['127.0.0.1', 'https://mcp.example.com', 'mcp.example.com', true],
  ['0.0.0.0', 'https://mcp.example.com', 'mcp.example.com:443', true],
  ['0.0.0.0', 'https://mcp.example.com', 'mcp.example.com.evil.example', false],
  // Health checks ask by address. A page cannot be served from a number that is not its own.
  ['0.0.0.0', undefined, '10.1.2.3:8080', true],
  ['0.0.0.0', undefined, 'localhost', false],
])(
  'listening on %s with the public address %s, the host %s is its own: %s',
  async (host, publicUrl, name, isOwn) => {
    const app = teamApp(members, { host, ...(publicUrl !== undefined && { publicUrl }) });
    const response = await app.fetch(`${url}/healthz`, { headers: { host: name } });
    expect(response.status).toBe(isOwn ? 200 : 403);
  },
);

it.each([
  ['http://localhost:6274', undefined, true],
  ['https://mcp.example.com', 'https://mcp.example.com', true],
  ['https://mcp.example.com:8443', 'https://mcp.example.com', false],
  ['http://mcp.example.com', 'https://mcp.example.com', false],
  ['file:///etc', undefined, false],
])('the origin %s with the public address %s is its own: %s', async (origin, publicUrl, isOwn) => {
  const app = teamApp(members, publicUrl === undefined ? {} : { publicUrl });
  const response = await app.fetch(`${url}/healthz`, { headers: { origin } });
  expect(response.status).toBe(isOwn ? 200 : 403);
});
