import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { openPostgresState } from '../../../src/state/postgres/state.ts';
import { documentedSql, postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { cuttableRelay } from '../../support/state/relay.ts';
import { free, send } from '../../support/state/send-log-contract.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const once = { allowDuplicate: false, longestMs: 0 };
const record = { tool: 'send_message', session: 'session-1', text: 'On its way.', outcome: 'sent' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe.skipIf(postgresUrl === undefined)('state in PostgreSQL', () => {
  let schema: TestSchema;
  let scope: string;
  beforeAll(async () => {
    schema = await testSchema();
  });
  beforeEach(() => {
    scope = randomUUID();
  });
  afterAll(() => schema.drop());

  const attempt = (number: number, state: 'intent' | 'sent' | 'unknown' | 'rejected' = 'intent') => ({
    hash: 'a'.repeat(64),
    number,
    nonce: `nonce-${number}`,
    state,
    began: Date.now(),
    left: Date.now(),
    effects: {},
  });

  describe('an attempt', () => {
    it('is of one scope only', async () => {
      const state = schema.open();
      const [one, other] = [state.attempts(scope), state.attempts(`${scope}-2`)];
      await one.prepare();
      expect(await one.create(attempt(1))).toBe(true);
      expect(await other.read(attempt(1).hash)).toEqual([]);
      expect(await other.create(attempt(1))).toBe(true);
      expect(await one.claimMessage('m', 'owner-1')).toBe('owner-1');
      expect(await other.ownerOf('m')).toBeUndefined();
      expect(await other.claimMessage('m', 'owner-2')).toBe('owner-2');
    });

    it('is created by one of many replicas that try at once', async () => {
      const stores = [schema.open(), schema.open()].map((state) => state.attempts(scope));
      await stores[0]?.prepare();
      const created = await Promise.all(
        Array.from({ length: 10 }, (_, n) => stores[n % 2]?.create({ ...attempt(1), nonce: String(n) })),
      );
      expect(created.filter(Boolean)).toHaveLength(1);
    });

    it('keeps all that it knows, and any characters', async () => {
      const store = schema.open().attempts(scope);
      await store.prepare();
      const whole = {
        ...attempt(1, 'sent'),
        began: 1_700_000_000_000.25,
        effects: { custom_data: 'hash' },
        id: 'a\u0000"\ud800é\n',
        serverBegan: 5,
        seenUpTo: 7,
      };
      await store.create(whole);
      expect(await store.read(whole.hash)).toEqual([whole]);
    });

    it('that cannot be read is an intent of the time at which it was written', async () => {
      const store = schema.open().attempts(scope);
      await store.prepare();
      await store.create(attempt(1, 'sent'));
      await schema.query(
        `update SCHEMA.attempts set entry = '{', written = '2026-03-01T12:00:00Z' where scope = $1`,
        [scope],
      );
      const at = Date.parse('2026-03-01T12:00:00Z');
      expect(await store.read(attempt(1).hash)).toMatchObject([{ state: 'intent', began: at, left: at }]);
    });

    it('is synced to disk whatever the connection asks for', async () => {
      const url = new URL(postgresUrl ?? '');
      url.searchParams.set(
        'options',
        '-csynchronous_commit=off -cdefault_transaction_isolation=serializable',
      );
      const seen = `create function SCHEMA.seen() returns trigger language plpgsql as $$ begin
        new.owner := current_setting('synchronous_commit') || ', ' || current_setting('transaction_isolation');
        return new; end $$`;
      const state = schema.open(undefined, url.href);
      await state.ready();
      await schema.query(seen);
      await schema.query(
        'create trigger seen before insert on SCHEMA.messages for each row execute function SCHEMA.seen()',
      );
      onTestFinished(async () => void (await schema.query('drop function SCHEMA.seen cascade')));
      expect(await state.attempts(scope).claimMessage('m', 'owner')).toBe('on, read committed');
    });
  });

  describe('old records', () => {
    const age = (table: string, hours: number, where = 'true') =>
      schema.query(
        `update SCHEMA.${table} set written = now() - interval '1 hour' * ${hours} where scope = $1 and ${where}`,
        [scope],
      );
    const left = async () => {
      const rows = await schema.query<{ number: number }>(
        'select number from SCHEMA.attempts where scope = $1 order by number',
        [scope],
      );
      const messages = await schema.query('select 1 from SCHEMA.messages where scope = $1', [scope]);
      return { attempts: rows.map(({ number }) => number), messages: messages.length };
    };

    it.each([
      [23, { attempts: [1, 2], messages: 1 }],
      [25, { attempts: [], messages: 0 }],
    ])('of %i hours leave these', async (hours, expected) => {
      const store = schema.open().attempts(scope);
      await store.create(attempt(1, 'sent'));
      await store.create(attempt(2, 'rejected'));
      await store.claimMessage('m', 'owner');
      for (const table of ['attempts', 'messages']) await age(table, hours);
      await store.prepare();
      expect(await left()).toEqual(expected);
    });

    it('stay as long as the outcome of an attempt is not known, with all of its time', async () => {
      const store = schema.open().attempts(scope);
      for (const number of [1, 2, 3]) await store.create(attempt(number, number === 2 ? 'unknown' : 'sent'));
      await store.claimMessage('m', 'owner');
      await age('attempts', 50, 'number = 1');
      await age('attempts', 40, 'number = 2');
      await age('attempts', 30, 'number = 3');
      await age('messages', 30);
      await store.prepare();
      expect(await left()).toEqual({ attempts: [2, 3], messages: 1 });
    });

    it('are looked for once an hour', async () => {
      const clock = settableClock();
      const store = schema.open(clock).attempts(scope);
      await store.prepare();
      await store.create(attempt(1, 'sent'));
      await age('attempts', 25);
      clock.pass(3_600_000);
      await store.prepare();
      expect((await left()).attempts).toEqual([1]);
      clock.pass(1);
      await store.prepare();
      expect((await left()).attempts).toEqual([]);
    });
  });

  it('forgets an approval that could no longer be shown', async () => {
    const approvals = schema.open().approvals(scope);
    await approvals.use('approval-1', 60_000);
    const left = () => schema.query('select id from SCHEMA.approvals where scope = $1 order by id', [scope]);
    await schema.query(`update SCHEMA.approvals set expires = now() - interval '1 second' where scope = $1`, [
      scope,
    ]);
    await approvals.use('approval-2', 60_000);
    expect(await left()).toEqual([{ id: 'approval-2' }]);
  });

  it('takes no schema that is not a plain name', () => {
    const open = (name: string) =>
      openPostgresState(`postgres://127.0.0.1/test?schema=${encodeURIComponent(name)}`);
    for (const name of ['', 'A', 'a b', 'a;drop table x', 'pg_x', '"a"', 'a'.repeat(64)])
      expect(() => open(name), name).toThrow('the schema in the address of PostgreSQL must be');
  });

  describe('the audit log', () => {
    const lines = async () => {
      const rows = await schema.query<{ line: string; seq: string }>(
        'select line, seq from SCHEMA.audit where scope = $1 order by seq',
        [scope],
      );
      return rows.map(({ line }) => line);
    };

    it('is one chain, however many replicas write to it at once', async () => {
      const audits = [schema.open(), schema.open(), schema.open()].map((state) => state.audit(scope));
      await Promise.all(
        Array.from({ length: 30 }, (_, n) => audits[n % 3]?.write({ ...record, outcome: `outcome-${n}` })),
      );
      const stored = await lines();
      const parsed = stored.map((line) => JSON.parse(line));
      expect(new Set(parsed.map(({ outcome }) => outcome)).size).toBe(30);
      expect(parsed.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
      expect(parsed.map(({ prev }) => prev)).toEqual([null, ...stored.slice(0, -1).map(sha256)]);
    });

    it('is a chain whose first broken line a statement of the documentation finds', async () => {
      const audit = schema.open().audit(scope);
      for (const outcome of ['one', 'two', 'three', 'four']) await audit.write({ ...record, outcome });
      const statement = documentedSql('select scope, seq').replaceAll('opencx_mcp', 'SCHEMA');
      const broken = () => schema.query(statement);
      expect(await broken()).toEqual([]);
      const line = (await lines())[1] ?? '';
      const change = (to: string) =>
        schema.query('update SCHEMA.audit set line = $2 where scope = $1 and seq = 2', [scope, to]);
      await change(line.replace('two', 'too'));
      expect(await broken()).toEqual([{ scope, seq: '3' }]);
      await change(line);
      await schema.query('delete from SCHEMA.audit where scope = $1 and seq = 2', [scope]);
      expect(await broken()).toEqual([{ scope, seq: '3' }]);
      await schema.query('delete from SCHEMA.audit where scope = $1', [scope]);
    });

    it('is another chain for another scope', async () => {
      const state = schema.open();
      await state.audit(`${scope}-2`).write(record);
      await state.audit(scope).write(record);
      expect((await lines()).map((line) => JSON.parse(line))).toMatchObject([{ seq: 1, prev: null }]);
    });
  });

  describe('a database that goes away', () => {
    it('refuses sends and says why, without the address, and accepts them when it is back', async () => {
      const relay = await cuttableRelay(postgresUrl ?? '');
      onTestFinished(() => relay.close());
      const state = schema.open(undefined, relay.url);
      const log = recordedSendLog(state.attempts(scope), { account: 'account' });
      await free(await log.claim(send, once)).sent('message-1');
      await relay.cut();
      await expect(log.claim(send, once)).rejects.toMatchObject({
        name: 'SendLogError',
        message:
          'the record of sent messages in PostgreSQL cannot be kept (PostgreSQL cannot be reached (ECONNREFUSED))',
      });
      await expect(state.audit(scope).write(record)).rejects.toThrow(
        'the audit log cannot be written (PostgreSQL cannot be reached (ECONNREFUSED))',
      );
      await expect(state.ready()).rejects.toMatchObject({ name: 'StateError' });
      await relay.restore();
      expect(await log.claim(send, once)).toMatchObject({ state: 'sent', id: 'message-1' });
      await state.close();
    });

    it('may restart between two calls without anybody noticing', async () => {
      const relay = await cuttableRelay(postgresUrl ?? '');
      onTestFinished(() => relay.close());
      const state = schema.open(undefined, relay.url);
      const store = state.attempts(scope);
      await store.prepare();
      await relay.cut();
      await relay.restore();
      expect(await store.create(attempt(1))).toBe(true);
      await state.close();
    });

    it('creates an attempt whose answer was lost, and knows it for its own', async () => {
      const relay = await cuttableRelay(postgresUrl ?? '');
      onTestFinished(() => relay.close());
      const state = schema.open(undefined, relay.url);
      const store = state.attempts(scope);
      await store.prepare();
      relay.loseAnswerTo('insert into');
      expect(await store.create(attempt(1))).toBe(true);
      expect(await store.read(attempt(1).hash)).toHaveLength(1);
      expect(await store.create({ ...attempt(1), nonce: 'other' })).toBe(false);
      await state.close();
    });

    it('writes an audit record once although the answer to its commit was lost', async () => {
      const relay = await cuttableRelay(postgresUrl ?? '');
      onTestFinished(() => relay.close());
      const state = schema.open(undefined, relay.url);
      const audit = state.audit(scope);
      await audit.write({ ...record, outcome: 'first' });
      relay.loseAnswerTo('commit');
      await expect(audit.write({ ...record, outcome: 'second' })).rejects.toThrow('cannot be written');
      await audit.ready();
      await audit.write({ ...record, outcome: 'third' });
      const rows = await schema.query<{ line: string }>(
        'select line from SCHEMA.audit where scope = $1 order by seq',
        [scope],
      );
      expect(rows.map(({ line }) => JSON.parse(line).outcome)).toEqual(['first', 'second', 'third']);
      await state.close();
    });

    it('says that a login was refused without the password', async () => {
      const url = new URL(postgresUrl ?? '');
      url.username = `nobody_${schema.name}`;
      url.password = 'hunter2';
      const error = await schema
        .open(undefined, url.href)
        .ready()
        .catch((error: Error) => error);
      expect(error).toMatchObject({ name: 'StateError', message: 'PostgreSQL refused the login' });
    });
  });
});
