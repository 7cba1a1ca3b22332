import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { start } from '../../support/program/program.ts';
import { postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';
import { cuttableRelay, type Relay } from '../../support/state/relay.ts';

describe.skipIf(postgresUrl === undefined || redisUrl === undefined)('a server for a team', () => {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-readiness-'));
  const team = join(folder, 'team.jsonc');
  let schema: TestSchema;
  let keys: ReturnType<typeof testPrefix>;
  let sandbox: Sandbox;
  let database: Relay;
  let redis: Relay;
  let sessionId: string;
  beforeAll(async () => {
    schema = await testSchema();
    keys = testPrefix();
    sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: 1 });
    const { url } = await sandbox.listen({ port: 0 });
    const list = await fetch(`${url}/chat/sessions`, { headers: { authorization: `Bearer ${sandbox.key}` } });
    sessionId = ((await list.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
    const workspaces = { acme: { api_key_env: 'ACME_KEY', api_url: url } };
    writeFileSync(team, JSON.stringify({ workspaces, roles: { agent: {} }, tokens: [] }));
    database = await cuttableRelay(schema.url);
    redis = await cuttableRelay(redisUrl ?? '');
  });
  afterAll(async () => {
    await database?.close();
    await redis?.close();
    await sandbox?.close();
    await schema.drop();
    await keys.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function launch(services: { database?: string; redis?: string }) {
    const withPrefix = services.redis && new URL(services.redis);
    if (withPrefix) withPrefix.searchParams.set('keyPrefix', keys.prefix);
    const child = start({
      args: ['http', '--team', team, '--port', '0'],
      env: {
        ACME_KEY: sandbox.key,
        ...(services.database && { OPENCX_DATABASE_URL: services.database }),
        ...(withPrefix && { OPENCX_REDIS_URL: withPrefix.href }),
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += chunk;
      if (stdout.includes('Ctrl-C')) break;
    }
    const origin = new URL(/over MCP: (\S+)\n/.exec(stdout)?.[1] ?? '').origin;
    const ready = async () => {
      const response = await fetch(`${origin}/readyz`);
      return { code: response.status, ...((await response.json()) as object) };
    };
    const client = new Client(
      { name: 'test', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/mcp`)));
    onTestFinished(() => client.close());
    const call = async (name: string, args: Record<string, unknown>) => {
      const { content, isError = false } = await client.callTool({ name, arguments: args });
      return { text: (content as { text: string }[])[0]?.text ?? '', isError };
    };
    return { child, origin, ready, call, stdout };
  }
  const message = (text: string) => ({ session_id: sessionId, sender: 'agent', text });

  it('tells which service is away and what works without it, and goes on when it is back', async () => {
    const { ready, call } = await launch({ database: database.url, redis: redis.url });
    expect(await ready()).toEqual({ code: 200, status: 'ready' });

    await database.cut();
    expect(await ready()).toMatchObject({
      code: 200,
      status: 'degraded',
      problems: [
        expect.stringMatching(
          /^PostgreSQL cannot be reached \(ECONNREFUSED\): writes are refused, reads work\.$/,
        ),
      ],
    });
    expect(await call('get_session', { session_id: sessionId })).toMatchObject({ isError: false });
    const refused = await call('send_message', message('While the database is away.'));
    expect(refused.isError).toBe(true);
    expect(refused.text).toMatch(/^Not sent: .*\nNothing was changed\./);

    await redis.cut();
    expect(await ready()).toMatchObject({
      problems: [expect.stringContaining('PostgreSQL'), expect.stringMatching(/^Redis .*only its share/)],
    });
    expect(await call('list_sessions', { limit: 1 })).toMatchObject({ isError: false });

    await database.restore();
    expect(await call('send_message', message('While Redis is away.'))).toMatchObject({ isError: false });
    await redis.restore();
    for (let last = await ready(); JSON.stringify(last).includes('Redis'); ) last = await ready();
    expect(await ready()).toEqual({ code: 200, status: 'ready' });
  });

  it('answers a probe in time while a service keeps connections and says nothing', async () => {
    const { ready, origin, stdout } = await launch({ database: database.url });
    expect(stdout).toContain(
      'The rate budget and what people have read are kept by this server alone: run one replica only, or set OPENCX_REDIS_URL.',
    );
    database.pause();
    expect(await ready()).toMatchObject({ code: 200, problems: [expect.stringContaining('in time')] });
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    await database.cut();
    await database.restore();
  });

  it('tells of several servers without a database', async () => {
    // Servers that were killed count for a minute.
    await keys.flush();
    const first = await launch({ redis: redis.url });
    const note = 'Sends, drafts and approvals are kept by this server alone: run one replica only.';
    const alone = await first.ready();
    expect(alone).toMatchObject({ code: 200, note });
    const second = await launch({ redis: redis.url });
    expect(await second.ready()).toMatchObject({
      status: 'degraded',
      problems: ['2 servers share Redis, but no database: a message could be sent twice.'],
    });
    const ended = once(second.child, 'exit');
    second.child.kill('SIGTERM');
    await ended;
    expect(await first.ready()).toEqual(alone);
  });
});
