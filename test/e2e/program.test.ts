import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { connect, program, runToEnd, start } from '../support/program.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'opencx-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('without a key', () => {
  it('starts, lists its tools, and says how to get a key or try the sandbox', async () => {
    const server = await connect();
    expect((await server.client.listTools()).tools).toHaveLength(7);
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

  it('takes a placeholder that the client did not fill in for no key', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the literal placeholder is the point
    const server = await connect({ env: { OPENCX_API_KEY: '${OPENCX_API_KEY}' } });
    expect((await server.call('list_sessions')).text).toContain('No API key is configured.');
    await server.close();
  });
});

describe('with a key and an address', () => {
  let api: Sandbox;
  let url: string;
  beforeAll(async () => {
    api = await openSandbox({ database: ':memory:', rateLimit: 0 });
    ({ url } = await api.listen({ port: 0 }));
  });
  afterAll(() => api.close());

  it('works on the API that OPENCX_API_URL names', async () => {
    const server = await connect({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: api.key } });
    expect((await server.call('list_sessions')).view.shown).toBe(20);
    await server.close();
  });

  it('reads the key from a file', async () => {
    const file = join(folder, 'key');
    writeFileSync(file, `${api.key}\n`);
    const server = await connect({ env: { OPENCX_API_URL: `${url}/`, OPENCX_API_KEY_FILE: file } });
    expect((await server.call('list_sessions')).isError).toBe(false);
    await server.close();
  });

  it('says that a wrong key is wrong, without showing it', async () => {
    const server = await connect({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: 'ocx_wrong_0123456789' } });
    const { isError, text } = await server.call('list_sessions');
    expect(isError).toBe(true);
    expect(text).toContain('Unauthenticated (401)');
    expect(text + server.stderr()).not.toContain('ocx_wrong');
    await server.close();
  });

  it('says which scope a key lacks', async () => {
    const key = await api.mintKey(['chat-sessions:read']);
    const server = await connect({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: key } });
    expect((await server.call('list_sessions')).isError).toBe(false);
    const { isError, text } = await server.call('create_session');
    expect(isError).toBe(true);
    expect(text).toContain('needs the scope chat-sessions:write');
    await server.close();
  });

  it('lets nobody vouch for an identity unless the operator allows it', async () => {
    const env = { OPENCX_API_URL: url, OPENCX_API_KEY: api.key };
    const identity = { verified: true, contact: { name: 'Lin', email: 'lin@example.com' } };
    const strict = await connect({ env });
    const refused = await strict.call('create_session', identity);
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain('--allow-verified');
    await strict.close();
    const allowing = await connect({ env, args: ['--allow-verified'] });
    expect((await allowing.call('create_session', identity)).isError).toBe(false);
    await allowing.close();
  });

  it('tells of the rate limit and when to call again', async () => {
    const limited = await openSandbox({ database: ':memory:', rateLimit: 2 });
    const { url: limitedUrl } = await limited.listen({ port: 0 });
    const server = await connect({ env: { OPENCX_API_URL: limitedUrl, OPENCX_API_KEY: limited.key } });
    await server.call('search_sessions', { query: 'a' });
    await server.call('search_sessions', { query: 'a' });
    const { isError, text } = await server.call('search_sessions', { query: 'a' });
    expect(isError).toBe(true);
    expect(text).toMatch(/Rate limited \(429\).*\n.*\nCall again in \d+ seconds\./);
    await server.close();
    await limited.close();
  });
});

describe('selection', () => {
  it('drops writes when reading only, and refuses them when called', async () => {
    const server = await connect({ args: ['--sandbox', ':memory:', '--read-only'] });
    const { tools } = await server.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'list_sessions',
      'search_sessions',
      'get_session',
      'get_session_history',
    ]);
    await expect(server.call('create_session')).rejects.toMatchObject({ code: -32602 });
    await server.close();
  });

  it('takes names from flags and from the environment, the flag first', async () => {
    const server = await connect({
      args: ['--tools', 'send_message, get_session'],
      env: { OPENCX_TOOLS: 'list_sessions', OPENCX_EXCLUDE_TOOLS: 'send_message' },
    });
    expect((await server.client.listTools()).tools.map(({ name }) => name)).toEqual(['get_session']);
    await server.close();
  });
});

describe('a start that cannot be right is stopped with a reason', () => {
  it.each([
    [['--tools', 'lst_sessions'], {}, 'Did you mean list_sessions?'],
    [['--exclude-tools', 'bogus'], {}, 'Known tools: list_sessions'],
    [[], { OPENCX_API_URL: 'http://api.example.com' }, 'OPENCX_API_URL: must begin with https://'],
    [[], { OPENCX_API_URL: 'nonsense' }, 'OPENCX_API_URL: must be a URL'],
    [[], { OPENCX_CALL_TIMEOUT_MS: 'soon' }, 'OPENCX_CALL_TIMEOUT_MS: must be a whole number'],
    [[], { OPENCX_READ_ONLY: 'maybe' }, 'OPENCX_READ_ONLY: must be true or false'],
    [[], { OPENCX_LOG_LEVEL: 'loud' }, 'OPENCX_LOG_LEVEL: must be silent, error, warn, info or debug'],
    // The key itself by a slip: it is not repeated.
    [[], { OPENCX_API_KEY_FILE: 'ocx_live_1' }, 'OPENCX_API_KEY_FILE: there is no such file. It names'],
    [[], { OPENCX_API_KEY: 'ocx_live_1 ocx_live_2' }, 'can carry: copy it anew, and nothing else.'],
    [['--sandbox'], { OPENCX_API_URL: 'https://api.open.cx' }, 'exclude each other'],
    [['--sandbox', 'postgres://127.0.0.1/x'], {}, 'PostgreSQL'],
    [['--read-onyl'], {}, 'Did you mean --read-only?'],
    [['sandbox', '--port', '99999'], {}, '--port: must be a whole number'],
  ])('%j %j', async (args, env, expected) => {
    const { code, stdout, stderr } = await runToEnd({ args, env: env as Record<string, string> });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('a misspelt variable is only warned about, with the one that was meant', async () => {
    const server = await connect({ args: ['--sandbox', ':memory:'], env: { OPENCX_READONLY: '1' } });
    await server.client.listTools();
    expect(server.stderr()).toContain('OPENCX_READONLY is not a setting; did you mean OPENCX_READ_ONLY?');
    await server.close();
  });

  it('the sandbox wins over a key, and says so', async () => {
    const server = await connect({
      args: ['--sandbox', ':memory:'],
      env: { OPENCX_API_KEY: 'ocx_live_secret' },
    });
    expect((await server.call('list_sessions')).isError).toBe(false);
    expect(server.stderr()).toContain('the configured API key is not used');
    expect(server.stderr()).not.toContain('ocx_live_secret');
    await server.close();
  });
});

describe('the end', () => {
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

  /** A server whose API accepts the request and never answers, with such a call under way. */
  async function hanging() {
    const api = createServer(() => {});
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const asked = once(api, 'request');
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const child = start({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: 'ocx_test_key' } });
    child.stdin.write(
      line(initialize) + line({ jsonrpc: '2.0', method: 'notifications/initialized' }) + line(listCall),
    );
    await asked;
    return { child, api };
  }

  it.each(['stdin', 'SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'comes soon after %s, a hanging request included',
    async (how) => {
      const { child, api } = await hanging();
      const ended = once(child, 'exit');
      const from = performance.now();
      if (how === 'stdin') child.stdin.end();
      else child.kill(how);
      const [code] = await ended;
      expect(code).toBe(0);
      // A generous bound: what matters is that it does not wait for the API.
      expect(performance.now() - from).toBeLessThan(5_000);
      api.closeAllConnections();
      api.close();
    },
  );

  it('waits a moment for the answers of a script that pipes its requests in', async () => {
    const child = start({ args: ['--sandbox', ':memory:'] });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stdin.end(
      line(initialize) + line({ jsonrpc: '2.0', method: 'notifications/initialized' }) + line(listCall),
    );
    await once(child, 'close');
    const answers = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
    expect(answers[1].result.structuredContent.shown).toBe(20);
  });

  it('stdout carries JSON-RPC only, even after lines that are none', async () => {
    const child = start({
      args: ['--sandbox', ':memory:'],
      env: { OPENCX_LOG_LEVEL: 'debug', OPENCX_NONSENSE: '1' },
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stdin.end(`not json\n{"jsonrpc":"2.0"\n[]\n${line(initialize)}${line(listCall)}`);
    await once(child, 'close');
    const answers = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(answers.length).toBeGreaterThanOrEqual(2);
    for (const answer of answers) expect(answer.jsonrpc).toBe('2.0');
  });
});

describe('the other commands', () => {
  it('--version and --help', async () => {
    expect((await runToEnd({ args: ['--version'] })).stdout.trim()).toBe(version);
    const { code, stdout } = await runToEnd({ args: ['--help'] });
    expect(code).toBe(0);
    for (const command of ['serve', 'sandbox', 'demo']) expect(stdout).toContain(command);
  });

  it('the sandbox alone prints its address and key, keeps its data, and ends on a signal', async () => {
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
    let id = '';
    await run(['--seed', '3'], async (url, key, stdout) => {
      expect(stdout).not.toMatch(/--seed|faults/);
      const server = await connect({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: key } });
      id = (await server.call('create_session', { custom_data: { kept: true } })).view.id;
      await server.close();
    });
    await run(['--seed', '5', '--faults'], async (url, key, stdout) => {
      expect(stdout).toContain('--seed changed nothing');
      expect(stdout).toContain(`${url}/_sandbox/faults`);
      expect(key).toMatch(/^ocx_sandbox_/);
      const server = await connect({ env: { OPENCX_API_URL: url, OPENCX_API_KEY: key } });
      expect((await server.call('get_session', { session_id: id })).view.custom_data).toEqual({ kept: true });
      await server.close();
    });
  });

  it('the demo walks through every step, without colour when piped', async () => {
    const { code, stdout, stderr } = await runToEnd({ args: ['demo'] });
    expect(stderr).toBe('');
    expect(stdout).toContain('All 13 steps came out right');
    expect(stdout).toContain(`main.cjs init cursor --sandbox --write\n`);
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  it('the program is executable as it is', () => {
    expect(readFileSync(program, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  });
});
