import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readSettings } from '../../../src/cli/settings/read-settings.ts';
import { newPrincipal } from '../../../src/cli/setup/new-principal.ts';
import type { Services } from '../../../src/cli/setup/shared-state.ts';
import { withTeamInbox } from '../../../src/cli/team/inbox/inbox-on-demand.ts';
import { serveTeam } from '../../../src/cli/team/serve-team.ts';
import { Principals } from '../../../src/mcp/http/principals.ts';
import { newToken } from '../../../src/mcp/http/tokens.ts';
import type { Audit } from '../../../src/state/audit.ts';
import { appOf, url, withHost } from './team.ts';

const { token, sha256 } = newToken();

/** A token of the team file. */
export const staticToken = token;

export const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

export interface SignInOptions {
  readonly workspaces?: readonly string[];
  readonly signIn?: object;
  /** The address that clients use. */
  readonly publicUrl?: string;
  /** More about each workspace, in the file. */
  readonly workspace?: object;
  readonly roles?: object;
  readonly env?: Readonly<Record<string, string>>;
  /** What replicas share. */
  readonly services?: Services;
  /** What replicas seal cookies with. */
  readonly inboxKey?: Uint8Array;
  readonly audit?: Audit;
}

/**
 * The door of a team whose people sign in. A script has a token.
 * @param entry the settings of `sign_in`; a test adds others.
 */
export async function serveSignIn(
  entry: { issuer: string; grants: readonly object[] },
  options: SignInOptions = {},
) {
  const { workspaces = ['acme'], signIn = {}, publicUrl = url, inboxKey = randomBytes(32) } = options;
  const folder = mkdtempSync(join(tmpdir(), 'opencx-sign-in-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'team.jsonc');
  const team = {
    workspaces: Object.fromEntries(
      workspaces.map((id) => [id, { api_key_env: 'KEY', ...options.workspace }]),
    ),
    roles: { agent: {}, reader: { read_only: true }, ...options.roles },
    tokens: [{ name: 'script', sha256, workspace: 'acme', role: 'agent' }],
    sign_in: { ...entry, ...signIn },
  };
  const rewrite = (change: object) => writeFileSync(file, JSON.stringify({ ...team, ...change }));
  rewrite({});
  const env = { OPENCX_STATE_DIR: folder, KEY: 'key-of-acme-1', ...options.env };
  const logged: string[] = [];
  const log = (...line: unknown[]) => void logged.push(line.map((part) => JSON.stringify(part)).join());
  const logger = { error: log, warn: log, info: log, flushed: async () => {} };
  const served = await serveTeam({
    settings: readSettings('http', { team: file, publicUrl, host: '0.0.0.0' }, env),
    env,
    logger,
    version: '0.0.0',
    audit: options.audit,
    services: options.services ?? { close: async () => {} },
    secrets: [],
  });
  onTestFinished(() => served.close());
  const app = appOf(() => served.current(), { publicUrl });
  const inbox = withTeamInbox(
    {
      team: () => served.current(),
      key: inboxKey,
      principals: new Principals((person) => newPrincipal({ person })),
      callsUnderWay: app.callsUnderWay,
      timeoutMs: 10_000,
      logger,
    },
    app.handle,
  );
  onTestFinished(() => inbox.close());
  const handle = inbox.fetch;
  const fetch = (input: string | URL | Request, init: RequestInit = {}) =>
    handle(withHost(new Request(input, init)));

  async function send(token: string | undefined, body: object = list, path = '/mcp') {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    return {
      status: response.status,
      text,
      challenge: response.headers.get('www-authenticate') ?? '',
      retryAfter: response.headers.get('retry-after'),
      writes: text.includes('"readOnlyHint":false'),
    };
  }
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  return { fetch, handle, send, get, served, logged, rewrite };
}
