// The servers to compare over HTTP. All call the same API with fetch, except the bare route and this server.
import { createHash } from 'node:crypto';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { install } from '../server/installs.mjs';

/** Everybody has a token; others than this server do not look at it. */
export const people = 1000;
const tokenOf = (person) => `bench-token-of-person-${person}`;

/** The messages of both versions of the protocol: headers and params that each adds. */
const eras = {
  '2025-11-25': { headers: { 'mcp-protocol-version': '2025-11-25' }, params: {} },
  '2026-07-28': {
    headers: { 'mcp-protocol-version': '2026-07-28' },
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  },
};

/** A request of one person, for autocannon and fetch. */
export function requestOf(era, person, method, params) {
  const { headers, params: more } = eras[era];
  const mirrored = { 'mcp-method': method, ...(params.name && { 'mcp-name': params.name }) };
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${tokenOf(person)}`,
      ...headers,
      ...(era === '2026-07-28' && mirrored),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, ...more } }),
  };
}

/**
 * @param shared addresses of PostgreSQL and Redis, if they answer.
 * @returns for each server its name, `args` for node, `env`, and the version of the protocol that is measured.
 */
export async function contenders({ url, key, folder }, shared) {
  const env = { PATH: process.env.PATH, HOME: folder, OPENCX_API_URL: url, OPENCX_API_KEY: key };
  const fixture = (name, ...args) => [`scripts/bench/fixtures/http/${name}.mjs`, ...args];
  const team = join(folder, 'team.json');
  writeFileSync(team, JSON.stringify(teamFile(url)));
  const ours = { args: ['dist/main.cjs', 'http', '--team', team, '--port', '0'] };
  const alone = { ...env, OPENCX_STATE_DIR: join(folder, 'state') };
  return [
    { name: 'bare route', era: '2025-11-25', args: fixture('bare'), env },
    { name: 'v1', era: '2025-11-25', args: fixture('v1'), env },
    { name: 'v2', era: '2025-11-25', args: fixture('v2'), env },
    { name: 'v2', era: '2026-07-28', args: fixture('v2'), env },
    { name: 'fastmcp', era: '2025-11-25', args: [installFastmcp(), String(await freePort())], env },
    { name: 'this server', era: '2025-11-25', ...ours, env: alone },
    { name: 'this server', era: '2026-07-28', ...ours, env: alone },
    ...(shared
      ? [{ name: 'this server, shared state', era: '2026-07-28', ...ours, env: { ...env, ...shared } }]
      : []),
  ];
}

/** fastmcp is not a dependency of the project: what it installs requires Node 22. @returns its server. */
function installFastmcp() {
  const { folder } = install('fastmcp', 'fastmcp@4', 'zod@4');
  for (const file of ['fastmcp.mjs', 'get-session.mjs'])
    copyFileSync(join('scripts/bench/fixtures/http', file), join(folder, file));
  return join(folder, 'fastmcp.mjs');
}

function teamFile(url) {
  return {
    workspaces: { acme: { api_key_env: 'OPENCX_API_KEY', api_url: url, requests_per_minute: 1_000_000 } },
    roles: { agent: { confirm_sends: 'ask' } },
    tokens: Array.from({ length: people }, (_, person) => ({
      name: `person ${person}`,
      sha256: createHash('sha256').update(tokenOf(person)).digest('hex'),
      workspace: 'acme',
      role: 'agent',
    })),
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
