import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { connectHere } from '../../support/program/connect-here.ts';
import { connect, program, runToEnd, type Session } from '../../support/program/program.ts';
import { runHere } from '../../support/program/run-here.ts';
import { postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';
import { cuttableRelay, type Relay } from '../../support/state/relay.ts';

const isAvailable = postgresUrl !== undefined && redisUrl !== undefined;

describe.skipIf(!isAvailable)('servers that share PostgreSQL and Redis', () => {
  let schema: TestSchema;
  let keys: ReturnType<typeof testPrefix>;
  let sandbox: Sandbox;
  let api: Relay;
  let database: Relay;
  /** Two for all tests, which use sessions of their own. */
  let both: [Session, Session];
  beforeAll(async () => {
    schema = await testSchema();
    keys = testPrefix();
    sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: 5 });
    const { url } = await sandbox.listen({ port: 0 });
    api = await cuttableRelay(url);
    database = await cuttableRelay(schema.url);
    await schema.open().ready();
    both = await Promise.all([connect({ env: environment() }), connect({ env: environment() })]);
  });
  afterAll(async () => {
    await Promise.all(both.map((server) => server.close()));
    await api?.close();
    await database?.close();
    await sandbox?.close();
    await schema.drop();
    await keys.close();
  });

  const environment = (more: Record<string, string> = {}) => {
    const redis = new URL(redisUrl ?? '');
    // Of ioredis: the start of all keys.
    redis.searchParams.set('keyPrefix', keys.prefix);
    return {
      OPENCX_API_URL: api.url,
      OPENCX_API_KEY: sandbox.key,
      OPENCX_DATABASE_URL: database.url,
      OPENCX_REDIS_URL: redis.href,
      ...more,
    };
  };
  async function serve(more?: Record<string, string>) {
    const server = await connect({ env: environment(more) });
    onTestFinished(() => server.close());
    return server;
  }
  let sessionId: string;
  beforeEach(async () => {
    const starter = await fetch(new URL('/chat/sessions', api.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel_type: 'api', contact: { email: 'ann@example.com' } }),
    });
    sessionId = ((await starter.json()) as { id: string }).id;
  });
  const message = (text: string) => ({ session_id: sessionId, sender: 'agent', text });
  async function copiesOf(text: string): Promise<number> {
    const history = await fetch(new URL(`/chat/sessions/${sessionId}/history`, api.url), {
      headers: { authorization: `Bearer ${sandbox.key}` },
    });
    return (await history.text()).split(text).length - 1;
  }

  it('send the same message once although both are asked at once', async () => {
    const answers = await Promise.all(both.map((server) => server.call('send_message', message('At once.'))));
    expect(answers.filter(({ isError }) => !isError).length).toBeGreaterThanOrEqual(1);
    expect(await copiesOf('At once.')).toBe(1);
  });

  it('find the message of one that was killed before it could record the outcome, Redis emptied or not', async () => {
    const one = await serve();
    const answered = api.holdAnswerTo('/send');
    const lost = one.call('send_message', message('Killed.')).catch(() => {});
    await answered;
    one.kill();
    await lost;
    expect(await schema.query(`select state from SCHEMA.attempts where state = 'intent'`)).toHaveLength(1);
    await keys.flush();
    const answer = await both[1].call('send_message', message('Killed.'));
    expect(answer.view).toMatchObject({ outcome: 'found' });
    expect(await copiesOf('Killed.')).toBe(1);
    expect(await schema.query(`select state from SCHEMA.attempts where state = 'intent'`)).toEqual([]);
  });

  it('refuse to send while the database is away, and go on to read', async () => {
    const [server] = both;
    await database.cut();
    const refused = await server.call('send_message', message('Away.'));
    expect(refused).toMatchObject({ isError: true });
    expect(refused.text).toContain('PostgreSQL cannot be reached (ECONNREFUSED)');
    expect(refused.text).toContain('OPENCX_DATABASE_URL');
    expect((await server.call('get_session', { session_id: sessionId })).isError).toBe(false);
    await database.restore();
    expect((await server.call('send_message', message('Away.'))).isError).toBe(false);
    expect(await copiesOf('Away.')).toBe(1);
  });

  it('share the requests of a minute', async () => {
    const limit = { OPENCX_RATE_LIMIT: '7', OPENCX_CALL_TIMEOUT_MS: '2000' };
    await keys.flush();
    const limited = await Promise.all([serve(limit), connectHere({ env: environment(limit) })]);
    const answers = [];
    for (let n = 0; n < 10; n += 1)
      answers.push(await limited[n % 2]?.call('get_session', { session_id: sessionId }));
    expect(answers.filter((answer) => answer?.isError === false)).toHaveLength(7);
    expect((await keys.keys()).some((key) => key.includes(':budget:'))).toBe(true);
  });

  it('are found by the doctor, which shows no password', async () => {
    const { stdout } = await runToEnd({ args: ['doctor'], env: environment() });
    expect(stdout).toMatch(/PostgreSQL +127\.0\.0\.1:\d+/);
    expect(stdout).toMatch(/Redis +127\.0\.0\.1:\d+/);
    const away = new URL(database.url);
    away.port = '1';
    away.password = 'correct-horse';
    const wrong = environment({
      OPENCX_DATABASE_URL: away.href,
      OPENCX_REDIS_URL: 'redis://:correct-horse@127.0.0.1:1',
    });
    const { stdout: problems, code } = await runHere({ args: ['doctor', '--json'], env: wrong });
    expect(problems).toContain('PostgreSQL cannot be reached (ECONNREFUSED)');
    expect(problems).toContain('Redis cannot be reached (ECONNREFUSED)');
    expect(problems).not.toContain('correct-horse');
    expect(code).toBe(1);
  });
});

it('a server that shares nothing loads neither package', () => {
  const dist = dirname(program);
  const start = readFileSync(join(dist, 'start.cjs'), 'utf8');
  // Words of the two packages.
  const words = [/SCRAM-SERVER-FINAL-MESSAGE/, /MaxRetriesPerRequestError/];
  const chunks = readdirSync(join(dist, 'chunks')).map((name) =>
    readFileSync(join(dist, 'chunks', name), 'utf8'),
  );
  for (const word of words) {
    expect(start).not.toMatch(word);
    expect(chunks.some((chunk) => word.test(chunk))).toBe(true);
  }
});

describe('an address of a service that cannot be used', () => {
  it.each([
    ['OPENCX_DATABASE_URL', 'mysql://root:correct-horse@db/x', 'postgres://user:password@host:5432/database'],
    ['OPENCX_DATABASE_URL', 'postgres://u:correct-horse@db/x?schema=A-B', 'lower-case letters'],
    ['OPENCX_REDIS_URL', 'correct-horse', 'redis://user:password@host:6379'],
  ])('in %s (%s) is refused at the start without its password', async (name, value, hint) => {
    const { code, stderr } = await runHere({ env: { [name]: value, OPENCX_API_KEY: 'k'.repeat(20) } });
    expect(code).toBe(2);
    expect(stderr).toContain(name);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('correct-horse');
  });
});
