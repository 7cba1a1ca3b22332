import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { NewRevision } from '../../../src/state/outbox/draft-store.ts';
import { openDatabase } from '../../../src/state/postgres/connection.ts';
import { postgresDrafts } from '../../../src/state/postgres/outbox.ts';
import { openPostgresState } from '../../../src/state/postgres/state.ts';
import { newDraft } from '../../support/state/outbox-contract.ts';
import { postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { cuttableRelay } from '../../support/state/relay.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

describe.skipIf(postgresUrl === undefined)('a record in PostgreSQL', () => {
  let schema: TestSchema;
  let state: ReturnType<TestSchema['open']>;
  let scope: string;
  beforeAll(async () => {
    schema = await testSchema();
  });
  beforeEach(async () => {
    // The first test opens it. Whatever `beforeAll` uses, mutation tests count as used by every test.
    state ??= schema.open();
    await state.ready();
    scope = randomUUID();
  });
  afterAll(() => schema.drop());

  /** Lets the server do something in the place of an insert or a delete, until the test is over. */
  const instead = async (event: 'insert' | 'delete', table: string, body: string) => {
    await schema.query(
      `create function SCHEMA.instead() returns trigger language plpgsql as $$ begin ${body} end $$`,
    );
    onTestFinished(async () => void (await schema.query('drop function SCHEMA.instead cascade')));
    await schema.query(
      `create trigger instead before ${event} on SCHEMA.${table} for each row execute function SCHEMA.instead()`,
    );
  };
  /** As when somebody removes the record at once. */
  const vanish = (table: string) => instead('insert', table, 'return null;');

  it('of a message that is gone at once has no owner, and is refused', async () => {
    const store = state.attempts(scope);
    await vanish('messages');
    await expect(store.claimMessage('m', 'owner')).rejects.toMatchObject({ name: 'VanishedRecordError' });
    expect(await store.ownerOf('m')).toBeUndefined();
  });

  it('of an approval that is gone at once is not accepted', async () => {
    const approvals = state.approvals(scope);
    await vanish('approvals');
    expect(await approvals.use('approval', 60_000)).toBe(false);
  });

  it('of an approval that was forgotten in another scope stays', async () => {
    await state.approvals(scope).use('approval', -1000);
    await state.approvals(randomUUID()).use('approval', 60_000);
    expect(await schema.query('select 1 as one from SCHEMA.approvals where scope = $1', [scope])).toEqual([
      { one: 1 },
    ]);
  });

  describe('of an attempt', () => {
    const attempt = {
      hash: 'a'.repeat(64),
      number: 1,
      nonce: 'nonce',
      state: 'sent' as const,
      began: Date.now(),
      left: Date.now(),
      effects: {},
    };
    const age = () =>
      schema.query(`update SCHEMA.attempts set written = now() - interval '25 hours' where scope = $1`, [
        scope,
      ]);

    it('that is old may stay, if it cannot be removed', async () => {
      const store = state.attempts(scope);
      await store.create(attempt);
      await age();
      await instead('delete', 'attempts', `raise exception 'no';`);
      await store.prepare();
      expect(await store.read(attempt.hash)).toEqual([attempt]);
    });

    it('is looked at for its age an hour after the last time, however long the server has run', async () => {
      const clock = settableClock();
      const store = schema.open(clock).attempts(scope);
      clock.pass(7_200_000);
      await store.prepare();
      await store.create(attempt);
      await age();
      clock.pass(3_600_000);
      await store.prepare();
      expect(await store.read(attempt.hash)).toHaveLength(1);
    });

    it('is replaced only by itself', async () => {
      const store = state.attempts(scope);
      await store.create(attempt);
      await expect(store.replace({ ...attempt, nonce: 'other', id: 'm' })).rejects.toMatchObject({
        name: 'VanishedRecordError',
      });
      expect(await store.read(attempt.hash)).toEqual([attempt]);
      await store.replace({ ...attempt, id: 'm' });
      expect(await store.read(attempt.hash)).toEqual([{ ...attempt, id: 'm' }]);
    });
  });

  describe('of a draft', () => {
    const draft = (number: number, more: Partial<NewRevision> = {}): NewRevision => ({
      number,
      revision: 1,
      sessionId: `session-${number}`,
      nonce: `nonce-${number}`,
      entry: `entry-${number}`,
      ...more,
    });
    const stored = (number: number, revision = 1) => ({ number, revision, entry: `entry-${number}` });
    const drafts = (url = postgresUrl ?? '') => {
      const database = openDatabase(url);
      onTestFinished(() => database.close());
      return postgresDrafts({ database, schema: schema.name, scope, ready: state.ready });
    };

    it('is read with those of its session, or with all', async () => {
      const store = drafts();
      expect(await store.highest()).toBe(0);
      await store.create(draft(1));
      await store.create(draft(2));
      expect(await store.readAll('session-2')).toEqual([stored(2)]);
      expect(await store.readAll()).toEqual([stored(1), stored(2)]);
      expect(await store.highest()).toBe(2);
    });

    it('is created once, and changed only from the revision before', async () => {
      const store = drafts();
      expect(await store.create(draft(1))).toBe(true);
      expect(await store.create(draft(1, { nonce: 'other', entry: 'other' }))).toBe(false);
      expect(await store.create(draft(1, { nonce: 'later', revision: 3, entry: 'other' }))).toBe(false);
      expect(await store.read(1)).toEqual(stored(1));
      expect(await store.create(draft(1, { nonce: 'next', revision: 2 }))).toBe(true);
      expect(await store.read(1)).toEqual(stored(1, 2));
    });

    it('is the same for all replicas, and removed by the clock of one of them', async () => {
      const clock = settableClock();
      const outbox = schema.open(clock).outbox(scope);
      const first = await outbox.add(newDraft(clock));
      expect(await state.outbox(scope).list()).toEqual([first]);
      expect(await state.outbox(randomUUID()).list()).toEqual([]);
      const second = await outbox.add(newDraft(clock));
      clock.pass(9 * 86_400_000);
      expect(await outbox.list()).toEqual([second]);
      const left = 'select number from SCHEMA.drafts where scope = $1';
      expect(await schema.query(left, [scope])).toEqual([{ number: 2 }]);
    });

    it('is known for one’s own, although the answer was lost', async () => {
      const relay = await cuttableRelay(postgresUrl ?? '');
      onTestFinished(() => relay.close());
      const store = drafts(relay.url);
      relay.loseAnswerTo('insert into');
      expect(await store.create(draft(1))).toBe(true);
      relay.loseAnswerTo('update');
      expect(await store.create(draft(1, { nonce: 'next', revision: 2 }))).toBe(true);
      expect(await store.revisions()).toEqual([{ number: 1, revision: 2 }]);
    });
  });

  describe('of the audit log', () => {
    it('that a later write repeats with others stands once, before them', async () => {
      const relay = await cuttableRelay(postgresUrl ?? '');
      onTestFinished(() => relay.close());
      const behind = schema.open(undefined, relay.url);
      await behind.ready();
      const audit = behind.audit(scope);
      relay.loseAnswerTo('commit');
      const write = (outcome: string) => audit.write({ tool: 'send_message', outcome });
      await expect(write('first')).rejects.toThrow('cannot be written');
      await Promise.all([write('second'), write('third')]);
      const rows = await schema.query<{ seq: string; line: string }>(
        'select seq, line from SCHEMA.audit where scope = $1 order by seq',
        [scope],
      );
      expect(rows.map(({ seq, line }) => [seq, JSON.parse(line).outcome])).toEqual([
        ['1', 'first'],
        ['2', 'second'],
        ['3', 'third'],
      ]);
    });
  });

  describe('of a signing key', () => {
    it('is the same for all replicas, and another one for another name', async () => {
      const [one, same, other] = await Promise.all([
        state.signingKey('one'),
        schema.open().signingKey('one'),
        state.signingKey('other'),
      ]);
      expect(one).toHaveLength(32);
      expect(same).toEqual(one);
      expect(other).not.toEqual(one);
      expect(await schema.query('select name, key from SCHEMA.signing_keys order by name')).toEqual([
        { name: 'one', key: one },
        { name: 'other', key: other },
      ]);
    });

    it('that is gone at once is an error', async () => {
      await vanish('signing_keys');
      await expect(state.signingKey('gone')).rejects.toMatchObject({
        name: 'StateError',
        message: 'a signing key was removed from PostgreSQL',
      });
    });
  });

  describe('is in a schema', () => {
    it.each([' a', 'Ab', '1a', 'a-b', 'ab ', 'a'.repeat(64), 'pg_'])(
      'but not in one with the name "%s"',
      (name) => {
        const url = `postgres://127.0.0.1/test?schema=${encodeURIComponent(name)}`;
        expect(() => openPostgresState(url)).toThrow(
          'the schema in the address of PostgreSQL must be lower-case letters, digits and _',
        );
      },
    );

    it.each(['_', 'a1_', 'apg_', 'a'.repeat(63)])('that may have the name "%s"', async (name) => {
      await openPostgresState(`postgres://127.0.0.1/test?schema=${name}`).close();
    });

    it('that has a name of its own, unless the address says otherwise', async () => {
      const relay = await cuttableRelay(postgresUrl ?? '');
      const state = openPostgresState(relay.url);
      onTestFinished(() => state.close());
      const asked = relay.holdAnswerTo('opencx_mcp.schema_versions');
      const failed = expect(state.check()).rejects.toThrow('cannot be reached');
      await asked;
      await relay.close();
      await failed;
    });

    it('also of an address that is not a URL, such as a socket', async () => {
      const state = openPostgresState('/nowhere test');
      onTestFinished(() => state.close());
      await expect(state.ready()).rejects.toMatchObject({
        name: 'StateError',
        message: 'PostgreSQL cannot be reached (ENOENT)',
      });
    });
  });
});
