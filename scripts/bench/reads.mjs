// Reads from a sandbox with 1,000 sessions and their histories, over HTTP and through the MCP server, compared with a bare
// Hono route that answers the same bytes from memory. All three alternate in one run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { Hono } from 'hono';
import { Agent, request } from 'undici';
import { startSandbox } from './fixtures/sandbox.mjs';

const sessions = 1000;
const messages = 8;
const rounds = 300;

export const title = 'The sandbox with a thousand sessions';

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-bench-'));
  const dispatcher = new Agent({ keepAliveTimeout: 60_000 });

  const { url, key, stop } = await startSandbox(join(folder, 'bench.db'));

  async function call(base, method, path, body) {
    const response = await request(base + path, {
      dispatcher,
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return text;
  }

  const topics = ['delivery', 'invoice', 'password', 'tent', 'stove', 'warranty', 'membership', 'address'];
  const fillStarted = performance.now();
  let id = '';
  for (let n = 0; n < sessions; n += 1) {
    const topic = topics[n % topics.length];
    const contact = { name: `Customer ${n}`, email: `customer${n}@example.com` };
    const created = await call(url, 'POST', '/chat/sessions', {
      contact,
      custom_data: { order_id: `ord_${n}` },
    });
    ({ id } = JSON.parse(created));
    for (let m = 0; m < messages; m += 1) {
      await call(url, 'POST', `/chat/sessions/${id}/send`, {
        sender: m % 2 ? 'agent' : 'contact',
        message: {
          type: 'text',
          text: `Message ${m} of ${n}: a question about my ${topic}, order ord_${n}.`,
        },
      });
    }
  }
  const writes = sessions * (messages + 1);
  const writeMs = (performance.now() - fillStarted) / writes;

  const paths = {
    list: '/chat/sessions?status=open',
    get: `/chat/sessions/${id}`,
    search: '/chat/sessions/search?q=warranty',
    history: `/chat/sessions/${id}/history`,
  };
  const bodies = Object.fromEntries(
    await Promise.all(
      Object.entries(paths).map(async ([name, path]) => [name, await call(url, 'GET', path)]),
    ),
  );
  const bare = new Hono();
  for (const [name, body] of Object.entries(bodies)) {
    bare.get(`/${name}`, (context) => context.body(body, 200, { 'content-type': 'application/json' }));
  }
  const bareServer = await new Promise((resolve) => {
    const server = serve({ fetch: bare.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(server));
  });
  const bareUrl = `http://127.0.0.1:${bareServer.address().port}`;

  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: ['dist/main.cjs'],
      env: { ...process.env, OPENCX_API_URL: url, OPENCX_API_KEY: key, OPENCX_RATE_LIMIT: '0' },
    }),
  );
  const tools = {
    list: { name: 'list_sessions', arguments: { status: 'open', limit: 25 } },
    get: { name: 'get_session', arguments: { session_id: id } },
    search: { name: 'search_sessions', arguments: { query: 'warranty' } },
    history: { name: 'get_session_history', arguments: { session_id: id } },
  };

  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  async function timed(work) {
    const from = performance.now();
    await work();
    return performance.now() - from;
  }

  const rows = [];
  for (const name of Object.keys(paths)) {
    const times = { bare: [], sandbox: [], mcp: [] };
    for (let round = -20; round < rounds; round += 1) {
      const once = {
        bare: await timed(() => call(bareUrl, 'GET', `/${name}`)),
        sandbox: await timed(() => call(url, 'GET', paths[name])),
        mcp: await timed(async () => {
          const result = await client.callTool(tools[name]);
          if (result.isError) throw new Error(result.content[0].text);
        }),
      };
      // Negative rounds are a warm-up and are not counted.
      if (round >= 0) for (const [kind, ms] of Object.entries(once)) times[kind].push(ms);
    }
    const [b, s, m] = [median(times.bare), median(times.sandbox), median(times.mcp)];
    const cells = [
      name,
      b.toFixed(2),
      `${s.toFixed(2)} (${(s / b).toFixed(1)})`,
      `${m.toFixed(2)} (${(m / b).toFixed(1)})`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
  }

  await client.close();
  await dispatcher.close();
  bareServer.close();
  stop();
  rmSync(folder, { recursive: true, force: true });

  return `The sandbox (SQLite file, rate limit off) contains ${sessions.toLocaleString('en')} sessions of ${messages} messages each, in addition to its demo data. Reads are
measured one after another in ${rounds} rounds. Each round measures a bare Hono route that answers the same bytes from memory, the sandbox over
HTTP, and a tool call through the MCP server on stdio.

| median ms (ratio to the bare route) | bare route | sandbox over HTTP | tool call over stdio |
| --- | --- | --- | --- |
${rows.join('\n')}

Filling the sandbox took ${writeMs.toFixed(2)} ms per write (${writes.toLocaleString('en')} writes one after another, each synced to disk).`;
}
