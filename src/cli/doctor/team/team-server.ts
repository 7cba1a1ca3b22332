import { OpenCxError } from '../../../client/errors.ts';
import type { HttpResponse } from '../../../client/http/transport.ts';
import { clean } from '../../../text/clean.ts';
import type { Environment } from '../../settings/read-settings.ts';
import { tlsProblem } from '../../setup/api/api-target.ts';
import { proxyFor } from '../../setup/api/proxy.ts';
import type { Finding } from '../findings.ts';
import { certificateCheck, checkNetwork } from '../network.ts';
import { checkProtocol, clientInfo } from './protocol.ts';
import { checkSignIn } from './sign-in.ts';
import { jsonOf, openTeamRequests, type TeamRequests } from './team-requests.ts';

/** What a team server is checked with. */
export interface TeamCheck {
  readonly address: string;
  /** Without one, only what everybody may see is checked. */
  readonly token?: string | undefined;
  /** How to give a token. */
  readonly howToSignIn: string;
  readonly env: Environment;
  readonly userAgent: string;
}

/**
 * Checks a team server as a client that connects to it: connection, certificate, sign-in, versions of the protocol, and what
 * the bearer of the token may do. Calls no tool.
 */
export async function checkTeamServer(check: TeamCheck): Promise<Finding[]> {
  const { address, env, userAgent } = check;
  const problem = tlsProblem(address, env)?.replace('the key', 'the token') ?? proxyFor(address, env).problem;
  if (problem !== undefined) return [{ check: 'connection', status: 'failed', detail: problem }];
  const { settings: proxy } = proxyFor(address, env);
  const findings = await checkNetwork(address, proxy, env, { name: 'The server', setting: '--url' });
  if (findings.some(({ check: name, status }) => status === 'failed' && name !== certificateCheck)) {
    return findings;
  }
  const requests = await openTeamRequests(address, proxy, userAgent);
  try {
    findings.push(...(await checkDoor(check, requests)));
  } catch (error) {
    if (!(error instanceof OpenCxError)) throw error;
    const detail = error.message.replace('The API', 'The server').replace('the API', 'the server');
    findings.push({
      check: 'server',
      status: 'failed',
      detail,
      fix: 'Try again. The log of the server may say why.',
    });
  } finally {
    await requests.close();
  }
  return findings;
}

async function checkDoor(check: TeamCheck, requests: TeamRequests): Promise<Finding[]> {
  const { address, token, env, howToSignIn } = check;
  const initialize = {
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
  };
  const closed = await requests.post(initialize, {});
  const server = describeServer(closed, address);
  if (server.status === 'failed') return [server];
  const isOpen = closed.status === 200;
  const signIn = await checkSignIn(address, String(closed.headers['www-authenticate'] ?? ''), requests, env);
  if (token === undefined && !isOpen) {
    const detail = 'none, so what it allows was not checked';
    return [server, ...signIn, { check: 'token', status: 'skipped', detail, fix: howToSignIn }];
  }
  const access = await checkAccess(requests, address, token);
  if (access.some(({ status }) => status === 'failed')) return [server, ...signIn, ...access];
  return [server, ...signIn, ...access, ...(await checkProtocol(requests, token))];
}

/** Whether it is one of our servers, by how it refuses somebody without a token. */
function describeServer(response: HttpResponse, address: string): Finding {
  const check = 'server';
  const { status, headers } = response;
  const body = jsonOf(response);
  const message = clean(String(body?.['message'] ?? body?.['error_description'] ?? ''));
  if (status === 401 && /realm="opencx-sessions"/.test(String(headers['www-authenticate']))) {
    return { check, status: 'ok', detail: 'OpenCX sessions; a token is required' };
  }
  const { serverInfo } = Object(body?.['result']) as { serverInfo?: { name?: unknown; version?: unknown } };
  if (status === 200 && serverInfo?.name === 'opencx-sessions') {
    const detail = `OpenCX sessions ${clean(String(serverInfo.version))}, open to everybody who can reach it`;
    return { check, status: 'ok', detail };
  }
  const isOurs = typeof body?.['error'] === 'string' && message !== '';
  if (isOurs && status === 403) {
    const fix =
      'On the server, set --public-url to the address that clients use, and let the proxy pass on the Host header.';
    return { check, status: 'failed', detail: `HTTP 403: ${message}`, fix };
  }
  if (status >= 500) {
    const fix = 'The server, or a proxy in front of it, has failed. Its log says why.';
    return { check, status: 'failed', detail: `HTTP ${status}`, fix };
  }
  const name = clean(String(serverInfo?.name ?? headers['content-type'] ?? 'no content type')).slice(0, 60);
  const detail = `HTTP ${status} (${name}): this is not a team server of this program`;
  const fix =
    status >= 300 && status < 400
      ? 'Redirects are not followed, to keep the token on its host. Use the final address.'
      : `Check the address: it ends in /mcp, or in /mcp/w/ and the name of a workspace (${new URL(address).pathname} was asked).`;
  return { check, status: 'failed', detail, fix };
}

/** Who the bearer of the token is, and what they may do. */
async function checkAccess(
  requests: TeamRequests,
  address: string,
  token: string | undefined,
): Promise<Finding[]> {
  const response = await requests.get(`${new URL(address).pathname}/whoami`, token);
  const body = jsonOf(response) ?? {};
  if (response.status !== 200) {
    const message = clean(String(body['error_description'] ?? body['message'] ?? `HTTP ${response.status}`));
    const [, path] = /\bUse (?:it at )?(\/mcp\/w\/[\w-]+)/.exec(message) ?? [];
    const fix = path
      ? `The address is ${new URL(path, address)}`
      : response.status === 401
        ? 'Get a new token: from the administrators, or by signing in again. docs/team.md has the reasons (When somebody cannot sign in).'
        : 'The administrators decide who may do what: docs/team.md (When somebody cannot sign in).';
    return [{ check: 'token', status: 'failed', detail: message, fix }];
  }
  const text = (key: string) => clean(String(body[key]));
  const list = (key: string) => (Array.isArray(body[key]) ? (body[key] as unknown[]).map(String) : []);
  const tools = list('tools');
  const writes = list('writes');
  const lacksWrite = Array.isArray(body['scopes']) && !body['scopes'].includes('sessions:write');
  const by = body['issuer'] === 'token' ? 'a token in the team file' : `an account at ${text('issuer')}`;
  const may = [
    writes.length === 0 ? 'read' : `read, and change (${writes.map(clean).join(', ')})`,
    // What the role says about writes means nothing where there are none.
    ...(lacksWrite
      ? ['the token lacks sessions:write, without which nothing can be changed']
      : rulesOf(body, writes)),
  ].join('; ');
  return [
    { check: 'token', status: 'ok', detail: `${text('person')}, with ${by}` },
    { check: 'role', status: 'ok', detail: `${text('role')} in the workspace ${text('workspace')}` },
    { check: 'permissions', status: 'ok', detail: `${tools.length} tools: may ${may}` },
  ];
}

/** How a role writes. */
function rulesOf(role: Readonly<Record<string, unknown>>, writes: readonly string[]): string[] {
  const rules = {
    'each message has to be approved by a person':
      role['confirm_sends'] === 'ask' && writes.includes('send_message'),
    'each message waits as a draft until a person approves it':
      role['confirm_sends'] === 'outbox' && writes.includes('send_message'),
    'drafts of others may be approved': role['approve_sends'] === true,
    'verified identities may be changed': role['allow_verified'] === true && writes.length > 0,
  };
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [rule] : []));
}
