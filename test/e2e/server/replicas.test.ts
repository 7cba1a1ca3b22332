import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { start } from '../../support/program/program.ts';
import { runHere } from '../../support/program/run-here.ts';
import { accept, callTool } from '../../support/replicas/request-by-hand.ts';
import { postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-team-'));
const team = join(folder, 'team.jsonc');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(postgresUrl === undefined || redisUrl === undefined)(
  'replicas of a server for a team',
  () => {
    let schema: TestSchema;
    let keys: ReturnType<typeof testPrefix>;
    let sandbox: Sandbox;
    let sessionId: string;
    let replicas: Awaited<ReturnType<typeof launch>>[] = [];
    beforeEach(async () => {
      schema = await testSchema();
      keys = testPrefix();
      sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: 1 });
      const { url } = await sandbox.listen({ port: 0 });
      const list = await fetch(`${url}/chat/sessions`, {
        headers: { authorization: `Bearer ${sandbox.key}` },
      });
      sessionId = ((await list.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
      const workspaces = { acme: { api_key_env: 'ACME_KEY', api_url: url, requests_per_minute: 40 } };
      writeFileSync(
        team,
        JSON.stringify({ workspaces, roles: { agent: { confirm_sends: 'ask' } }, tokens: [] }),
      );
      replicas = await Promise.all([launch(), launch()]);
    });
    afterEach(async () => {
      for (const replica of replicas) replica.kill();
      await sandbox?.close();
      await schema.drop();
      await keys.close();
    });

    async function launch() {
      const redis = new URL(redisUrl ?? '');
      redis.searchParams.set('keyPrefix', keys.prefix);
      const child = start({
        args: ['http', '--team', team, '--port', '0'],
        env: { ACME_KEY: sandbox.key, OPENCX_DATABASE_URL: schema.url, OPENCX_REDIS_URL: redis.href },
      });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      let stdout = '';
      for await (const chunk of child.stdout) {
        stdout += chunk;
        const url = /over MCP: (\S+)\n/.exec(stdout)?.[1];
        if (url === undefined || !stdout.includes('Ctrl-C')) continue;
        expect(stdout).not.toContain('one replica only');
        return { url, kill: () => child.kill('SIGKILL') };
      }
      throw new Error(`It ended: ${stderr}`);
    }

    /** One call of a tool in version 2026-07-28. */
    async function call(
      replica: number,
      name: string,
      args: object,
      more: Readonly<Record<string, unknown>> = {},
    ) {
      const { result, error } = await callTool({ url: replicas[replica]?.url ?? '' }, name, args, more);
      return { ...result, view: result?.['structuredContent'], text: JSON.stringify(result ?? error) };
    }

    it('take the answer to a question that another one asked, once, send one message, and share the requests of a minute', async () => {
      const message = { session_id: sessionId, sender: 'agent', text: 'On its way.' };
      const asked = await call(0, 'send_message', message);
      expect(asked.resultType).toBe('input_required');
      const answer = { requestState: asked.requestState, inputResponses: accept };
      const answers = await Promise.all([0, 1, 0, 1].map((n) => call(n, 'send_message', message, answer)));
      // Equal calls at once on one replica share one answer.
      expect(answers.filter(({ text }) => text.includes('Sent to session')).length).toBeGreaterThan(0);
      expect((await call(1, 'send_message', message, answer)).text).not.toContain('Sent to session');
      const history = await call(1, 'get_session_history', { session_id: sessionId, limit: 200 });
      expect(history.text.split('On its way.').length).toBeGreaterThan(1);
      expect(await schema.query(`select state from SCHEMA.attempts`)).toEqual([{ state: 'sent' }]);
      const audit = await schema.query<{ scope: string; line: string }>(
        'select scope, line from SCHEMA.audit',
      );
      expect(new Set(audit.map(({ scope }) => scope))).toEqual(new Set(['acme']));
      expect(audit.filter(({ line }) => JSON.parse(line).requested)).toHaveLength(1);

      // What a minute allows is shared too.
      const calls = Array.from({ length: 60 }, (_, n) =>
        call(n % 2, 'get_session', { session_id: sessionId }),
      );
      const waiting = Promise.all(calls);
      // Those beyond the budget wait, as long as their calls may take: they are not awaited.
      await keys.untilMembers(':taken', 38);
      for (let n = 0; n < 10; n += 1) await fetch(replicas[n % 2]?.url.replace('/mcp', '/healthz') ?? '');
      expect(await keys.members(':taken')).toBeLessThanOrEqual(40);
      for (const replica of replicas) replica.kill();
      await waiting.catch(() => {});
    });
  },
);

it('a server for a team is not started while its database is away', async () => {
  writeFileSync(
    team,
    JSON.stringify({ workspaces: { acme: { api_key_env: 'ACME_KEY' } }, roles: { agent: {} }, tokens: [] }),
  );
  const { code, stderr } = await runHere({
    args: ['http', '--team', team, '--port', '0'],
    env: { ACME_KEY: 'k'.repeat(20), OPENCX_DATABASE_URL: 'postgres://u:correct-horse@127.0.0.1:1/x' },
  });
  expect(stderr).toContain('OPENCX_DATABASE_URL: PostgreSQL cannot be reached (ECONNREFUSED).');
  expect(stderr).not.toContain('correct-horse');
  expect(code).toBe(2);
});
