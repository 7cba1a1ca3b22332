import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { readTools, toolNames } from '../../support/every-tool/covers-every-tool.ts';
import { connectHere } from '../../support/program/connect-here.ts';
import { connect, program, runToEnd, start } from '../../support/program/program.ts';
import { runHere } from '../../support/program/run-here.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'opencx-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('without a key', () => {
  it('the server starts, lists its tools, and explains how to get a key or try the sandbox', async () => {
    const server = await connect({ env: { HOME: folder, USERPROFILE: folder } });
    expect((await server.client.listTools()).tools.map(({ name }) => name)).toEqual(toolNames);
    for (const [name, args] of [
      ['list_sessions', {}],
      ['send_message', { session_id: 'abc', sender: 'agent', text: 'x' }],
    ] as const) {
      const { isError, text } = await server.call(name, args);
      expect(isError).toBe(true);
      expect(text).toContain('No API key is configured.');
      expect(text).toContain('OPENCX_API_KEY');
      expect(text).toContain('--sandbox');
    }
    await server.close();
  });

  it('the server reads the one that init saved', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, '.opencx'));
    writeFileSync(join(home, '.opencx', 'api-key.txt'), 'Bearer x');
    const server = await connect({ env: { HOME: home, USERPROFILE: home } });
    expect((await server.call('list_sessions')).text).toContain('begins with "Bearer". Keep only the key.');
    await server.close();
  });

  it('a placeholder that the client did not replace counts as no key', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the literal placeholder is the point
    const server = await connectHere({ env: { OPENCX_API_KEY: '${OPENCX_API_KEY}' } });
    expect((await server.call('list_sessions')).text).toContain('No API key is configured.');
  });
});

describe('with a key and an API URL', () => {
  const identity = { verified: true, contact: { name: 'Lin', email: 'lin@example.com' } };
  let api: Sandbox;
  let url: string;
  beforeAll(async () => {
    api = await openSandbox({ database: ':memory:', rateLimit: 0 });
    ({ url } = await api.listen({ port: 0 }));
  });
  afterAll(() => api.close());

  it('the key can be read from a file', async () => {
    const file = join(folder, 'key');
    writeFileSync(file, `${api.key}\n`);
    const server = await connectHere({ env: { OPENCX_API_URL: `${url}/`, OPENCX_API_KEY_FILE: file } });
    expect((await server.call('list_sessions')).isError).toBe(false);
    // Nobody said that identities may be marked as verified.
    const { isError, text } = await server.call('create_session', identity);
    expect(isError).toBe(true);
    expect(text).toContain('--allow-verified');
  });

  it('identities can be marked as verified with --allow-verified', async () => {
    const env = { OPENCX_API_URL: url, OPENCX_API_KEY: api.key };
    const server = await connectHere({ env, args: ['--allow-verified'] });
    expect((await server.call('create_session', identity)).isError).toBe(false);
  });

  it('a wrong key is reported without showing it', async () => {
    const server = await connect({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: 'ocx_wrong_0123456789' } });
    const { isError, text } = await server.call('list_sessions');
    expect(isError).toBe(true);
    expect(text).toContain('Unauthenticated (401)');
    expect(text + server.stderr()).not.toContain('ocx_wrong');
    await server.close();
  });

  it('the server uses the API at OPENCX_API_URL, and names a missing scope', async () => {
    const key = await api.mintKey(['chat-sessions:read']);
    const server = await connectHere({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: key } });
    expect((await server.call('list_sessions')).view.shown).toBe(20);
    const { isError, text } = await server.call('create_session');
    expect(isError).toBe(true);
    expect(text).toContain('needs the scope chat-sessions:write');
  });

  it('an exhausted rate limit is reported with the time until the next call', async () => {
    const limited = await openSandbox({ database: ':memory:', rateLimit: 2 });
    const { url: limitedUrl } = await limited.listen({ port: 0 });
    const server = await connectHere({ env: { OPENCX_API_URL: limitedUrl, OPENCX_API_KEY: limited.key } });
    await server.call('search_sessions', { query: 'a' });
    await server.call('search_sessions', { query: 'a' });
    const { isError, text } = await server.call('search_sessions', { query: 'a' });
    expect(isError).toBe(true);
    expect(text).toMatch(/The rate limit leaves no request now.*\n.*\nCall again in \d+ seconds\./);
    await limited.close();
  });
});

describe('tool selection', () => {
  it('--read-only hides write tools and rejects calls to them', async () => {
    const server = await connectHere({ args: ['--read-only'] });
    const { tools } = await server.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(readTools);
    await expect(server.call('create_session')).rejects.toMatchObject({ code: -32602 });
  });

  it('flags take precedence over variables', async () => {
    const server = await connectHere({
      args: ['--tools', 'send_message, get_session'],
      env: { OPENCX_TOOLS: 'list_sessions', OPENCX_EXCLUDE_TOOLS: 'send_message' },
    });
    expect((await server.client.listTools()).tools.map(({ name }) => name)).toEqual(['get_session']);
  });
});

describe('an invalid setting', () => {
  it.each([
    [['--tools', 'lst_sessions'], {}, 'Did you mean list_sessions?'],
    [['--exclude-tools', 'bogus'], {}, 'Known tools: list_sessions'],
    [[], { OPENCX_API_URL: 'http://api.example.com' }, 'OPENCX_API_URL: must begin with https://'],
    [[], { OPENCX_API_URL: 'nonsense' }, 'OPENCX_API_URL: must be a URL'],
    [[], { OPENCX_CALL_TIMEOUT_MS: 'soon' }, 'OPENCX_CALL_TIMEOUT_MS: must be a whole number'],
    [[], { OPENCX_READ_ONLY: 'maybe' }, 'OPENCX_READ_ONLY: must be true or false'],
    [[], { OPENCX_LOG_LEVEL: 'loud' }, 'OPENCX_LOG_LEVEL: must be silent, error, warn, info or debug'],
    [
      ['--sandbox'],
      { OPENCX_API_URL: 'https://api.open.cx' },
      'cannot be used together: leave one of them out.',
    ],
    [['--sandbox', 'postgres://127.0.0.1/x'], {}, 'PostgreSQL'],
    [['--read-onyl'], {}, 'Did you mean --read-only?'],
    [['sandbox', '--port', '99999'], {}, '--port: must be a whole number'],
  ])('arguments %j with variables %j are rejected', async (args, env, expected) => {
    const { code, stdout, stderr } = await runHere({ args, env: { ...env, OPENCX_STATE_DIR: folder } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('ends the program with code 2, and one line on stderr', async () => {
    const { code, stdout, stderr } = await runToEnd({ args: ['--tools', 'lst_sessions'] });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^opencx-sessions-mcp: .* Did you mean list_sessions\?.*\n$/);
  });

  it('a key that cannot be used is explained in the answer of each call', async () => {
    // The value may be the key itself, set by mistake: the message does not repeat it.
    const server = await connect({ env: { OPENCX_API_KEY_FILE: 'ocx_live_1' } });
    for (const [name, args] of [
      ['list_sessions', {}],
      ['search_sessions', { query: 'a' }],
      ['get_session', { session_id: 'abc' }],
      ['get_session_history', { session_id: 'abc' }],
      ['create_session', {}],
      ['update_session', { session_id: 'abc', status: 'open' }],
      ['send_message', { session_id: 'abc', sender: 'agent', text: 'x' }],
    ] as const) {
      const { isError, text } = await server.call(name, args);
      expect(isError, name).toBe(true);
      expect(text.split('\n').slice(0, 3)).toEqual([
        'OPENCX_API_KEY_FILE: file not found. Create it, with only the key in it.',
        'Nothing was changed.',
        'Ask the user to do that and to restart this server, then call again.',
      ]);
    }
    expect(server.stderr()).not.toContain('ocx_live_1');
    await server.close();
  });

  it('a misspelt variable and a key beside --sandbox only cause warnings', async () => {
    const server = await connect({
      args: ['--sandbox', ':memory:'],
      env: { OPENCX_READONLY: '1', OPENCX_API_KEY: 'ocx_live_secret' },
    });
    expect((await server.call('list_sessions')).isError).toBe(false);
    expect(server.stderr()).toContain('OPENCX_READONLY is not a setting; did you mean OPENCX_READ_ONLY?');
    expect(server.stderr()).toContain('the configured API key is not used');
    expect(server.stderr()).not.toContain('ocx_live_secret');
    await server.close();
  });
});

describe('shutdown', () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  };
  const line = (message: object) => `${JSON.stringify(message)}\n`;
  const listCall = {
    jsonrpc: '2.0',
    id: 2,
    method: 'tools/call',
    params: { name: 'list_sessions', arguments: {} },
  };

  /** A server with a pending call to an API that never responds. */
  async function hanging() {
    const api = createServer(() => {});
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const requested = once(api, 'request');
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const child = start({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: 'ocx_test_key' } });
    child.stdin.write(
      line(initialize) + line({ jsonrpc: '2.0', method: 'notifications/initialized' }) + line(listCall),
    );
    await requested;
    return { child, api };
  }

  it.each(['stdin', 'SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'does not wait for a pending request after %s',
    async (how) => {
      const { child, api } = await hanging();
      const ended = once(child, 'exit');
      const from = performance.now();
      if (how === 'stdin') child.stdin.end();
      else child.kill(how);
      const [code] = await ended;
      expect(code).toBe(0);
      // A generous limit: the point is not to wait for the API.
      expect(performance.now() - from).toBeLessThan(5_000);
      api.closeAllConnections();
      api.close();
    },
  );

  it('waits for the responses to a script that pipes its requests, and prints only JSON-RPC after invalid input', async () => {
    const child = start({
      args: ['--sandbox', ':memory:'],
      env: { OPENCX_LOG_LEVEL: 'debug', OPENCX_NONSENSE: '1' },
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    const initialized = line({ jsonrpc: '2.0', method: 'notifications/initialized' });
    child.stdin.end(`not json\n{"jsonrpc":"2.0"\n[]\n${line(initialize)}${initialized}${line(listCall)}`);
    await once(child, 'close');
    const answers = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    for (const answer of answers) expect(answer.jsonrpc).toBe('2.0');
    const asked = answers.filter(({ id }) => typeof id === 'number');
    expect(asked.map(({ id }) => id)).toEqual([1, 2]);
    expect(asked[1].result.structuredContent.shown).toBe(20);
  });
});

describe('other commands', () => {
  it('--version prints to stdout', async () => {
    const { code, stdout } = await runToEnd({ args: ['--version'] });
    expect([code, stdout.trim()]).toEqual([0, version]);
  });

  it('sandbox prints its URL and key, keeps its data, and stops on a signal', async () => {
    const database = join(folder, 'alone.db');
    const run = async (
      flags: string[],
      work: (url: string, key: string, stdout: string) => Promise<void>,
    ) => {
      const child = start({ args: ['sandbox', '--port', '0', '--database', database, ...flags] });
      let stdout = '';
      for await (const chunk of child.stdout) {
        stdout += chunk;
        if (stdout.includes('Ctrl-C')) break;
      }
      const ended = once(child, 'exit');
      await work(
        /OPENCX_API_URL=(\S+)/.exec(stdout)?.[1] ?? '',
        /OPENCX_API_KEY=(\S+)/.exec(stdout)?.[1] ?? '',
        stdout,
      );
      child.kill('SIGTERM');
      expect((await ended)[0]).toBe(0);
    };
    const headers = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
    let id = '';
    await run(['--seed', '3'], async (url, key, stdout) => {
      expect(stdout).not.toMatch(/--seed|faults/);
      const body = JSON.stringify({ channel: { type: 'api' }, custom_data: { kept: true } });
      const created = await fetch(`${url}/chat/sessions`, { method: 'POST', headers: headers(key), body });
      ({ id } = (await created.json()) as { id: string });
    });
    await run(['--seed', '5', '--faults'], async (url, key, stdout) => {
      expect(stdout).toContain('--seed ignored');
      expect(stdout).toContain(`${url}/_sandbox/faults`);
      expect(key).toMatch(/^ocx_sandbox_/);
      const session = await fetch(`${url}/chat/sessions/${id}`, { headers: headers(key) });
      expect(await session.json()).toMatchObject({ id, custom_data: { kept: true } });
    });
  });

  it('sandbox --json prints one line for programs', async () => {
    const child = start({ args: ['sandbox', '--port', '0', '--database', ':memory:', '--json', '--faults'] });
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += chunk;
      if (stdout.includes('\n')) break;
    }
    const ended = once(child, 'exit');
    const { url, key, database } = JSON.parse(stdout);
    expect(database).toBe(':memory:');
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const reset = await fetch(`${url}/_sandbox/reset`, { method: 'POST', headers, body: '{"seed":2}' });
    expect(await reset.json()).toEqual({ sessions: 2 });
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  it('the program has a shebang', () => {
    expect(readFileSync(program, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  });
});
