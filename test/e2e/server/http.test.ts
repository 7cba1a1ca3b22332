import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import { newToken } from '../../../src/mcp/http/tokens.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { inboxClient, signingKey, startIdentityProvider } from '../../support/doors/identity-provider.ts';
import { visitorOf } from '../../support/doors/visitor.ts';
import { toolNames } from '../../support/every-tool/covers-every-tool.ts';
import { program } from '../../support/program/program.ts';
import { runHere } from '../../support/program/run-here.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-http-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the server on a free port. @returns its address, and what it prints. */
async function startHttp(folder: string, args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [program, 'http', '--port', '0', ...args], {
    env: { ...process.env, OPENCX_STATE_DIR: folder, OPENCX_SANDBOX_AUTOPILOT_MS: 'off' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    child.emit('stderr');
  });
  let stdout = '';
  for await (const chunk of child.stdout ?? []) {
    stdout += chunk;
    if (stdout.includes('Ctrl-C')) break;
  }
  const url = /http:\/\/[\d.]+:\d+/.exec(stdout)?.[0] ?? '';
  const logs = async (text: string) => {
    while (!stderr.includes(text)) await once(child, 'stderr');
  };
  return { child, url, stdout, logs };
}

async function connect(url: string, token: string): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}

it('a team can be tried with one command: a token and entries are printed, and SIGTERM ends it', async () => {
  const { child, url, stdout } = await startHttp(newFolder(), ['--sandbox', ':memory:']);
  const [token = ''] = /ocxt_[\w-]+/.exec(stdout) ?? [];
  expect(stdout).toContain(`claude mcp add --transport http opencx-sessions ${url}/mcp`);
  const client = await connect(`${url}/mcp`, token);
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(toolNames);
  const { content } = await client.callTool({ name: 'list_sessions', arguments: { limit: 1 } });
  expect(JSON.stringify(content)).toContain('1 session, and there are more');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('the team file is reloaded on SIGHUP, and a broken one changes nothing', async () => {
  const folder = newFolder();
  const file = join(folder, 'team.jsonc');
  const [first, second] = [newToken(), newToken()];
  const write = ({ sha256 }: { sha256: string }) =>
    writeFileSync(
      file,
      JSON.stringify({
        workspaces: { one: { api_key_env: 'ONE' }, two: { api_key_env: 'TWO' } },
        roles: { agent: {}, reader: { read_only: true } },
        tokens: [{ name: 'ada', sha256, workspace: 'two', role: 'reader' }],
      }),
    );
  write(first);
  const { child, url, stdout, logs } = await startHttp(folder, ['--team', file, '--sandbox', ':memory:']);
  expect(stdout).toContain(`${url}/mcp/w/one, ${url}/mcp/w/two`);
  const status = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await fetch(`${url}/mcp/w/two`, { method: 'POST', headers, body: '{' })).status;
  };
  expect([await status(first.token), await status(second.token)]).toEqual([400, 401]);
  writeFileSync(file, '{');
  child.kill('SIGHUP');
  await logs('the old one stays in force');
  expect(await status(first.token)).toBe(400);
  write(second);
  child.kill('SIGHUP');
  await logs('team file reloaded');
  expect([await status(first.token), await status(second.token)]).toEqual([401, 400]);
});

it('a port that is taken is named, and so is a missing team file', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const taken = await runHere({ args: ['http', '--sandbox', ':memory:', '--port', String(port)] });
  expect(taken).toMatchObject({ code: 2, stdout: '' });
  expect(taken.stderr).toContain(
    `Port ${port} on 127.0.0.1 is already in use. Choose another one with --port`,
  );
  const without = await runHere({ args: ['http'] });
  expect(without.stderr).toContain('--team is required');
});

it('people sign in to the inbox page behind a proxy', async () => {
  const publicUrl = 'http://127.0.0.1:8080';
  const people = { ada: { roles: 'agents', name: 'Ada Lovelace' } };
  const provider = await startIdentityProvider(await signingKey('first'), people, publicUrl);
  onTestFinished(() => provider.close());
  const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0 });
  onTestFinished(() => sandbox.close());
  const { url: api_url } = await sandbox.listen({ port: 0 });
  const folder = newFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const sign_in = {
    issuer: provider.issuer,
    client_id: inboxClient.id,
    client_secret_file: file('secret', inboxClient.secret),
    grants: [{ claim: 'roles', value: 'agents', workspace: 'acme', role: 'agent' }],
  };
  const workspaces = { acme: { api_url, api_key_file: file('key', sandbox.key) } };
  const team = file('team.json', JSON.stringify({ workspaces, roles: { agent: {} }, tokens: [], sign_in }));
  const { url, stdout } = await startHttp(folder, ['--team', team, '--public-url', publicUrl]);
  expect(stdout).toContain(`Inbox page: ${publicUrl}/inbox\n`);
  const listening = /Listening on (\S+)/.exec(stdout)?.[1] ?? url;
  // As a reverse proxy does.
  const proxied = (address: string, { headers, ...init }: RequestInit = {}) =>
    fetch(address.replace(publicUrl, listening), {
      ...init,
      headers: { ...headers, host: '127.0.0.1:8080' },
    });
  const visitor = visitorOf(proxied, publicUrl, provider);
  expect((await visitor.signIn('ada')).location).toBe('/inbox');
  expect((await visitor.api('/desk')).json).toMatchObject({
    member: { name: 'Ada Lovelace', role: 'agent' },
  });
  expect((await visitor.api('/sessions')).json.sessions.length).toBeGreaterThan(10);
});
