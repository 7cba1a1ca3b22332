import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { StateError, VanishedRecordError } from '../../../src/state/errors.ts';
import { type Database, openDatabase } from '../../../src/state/postgres/connection.ts';
import { postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { cuttableRelay } from '../../support/state/relay.ts';

describe.skipIf(postgresUrl === undefined)('a connection to PostgreSQL', () => {
  let schema: TestSchema;
  let database: Database;
  beforeAll(async () => {
    schema = await testSchema();
    await schema.query('create schema SCHEMA');
    await schema.query('create table SCHEMA.words (word text not null)');
  });
  beforeEach(() => {
    database = openDatabase(postgresUrl ?? '');
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await database.close();
  });
  afterAll(() => schema.drop());

  const open = (url = postgresUrl ?? '') => {
    const opened = openDatabase(url);
    onTestFinished(() => opened.close());
    return opened;
  };
  const behindRelay = async () => {
    const relay = await cuttableRelay(postgresUrl ?? '');
    onTestFinished(() => relay.close());
    return { relay, database: open(relay.url) };
  };
  const words = async () => {
    const rows = await schema.query<{ word: string }>('select word from SCHEMA.words');
    await schema.query('delete from SCHEMA.words');
    return rows.map(({ word }) => word);
  };
  const add = (word: string) => `insert into ${schema.name}.words values ('${word}')`;

  it('has limits, and commits to disk before it answers', async () => {
    const settings = [
      'statement_timeout',
      'idle_in_transaction_session_timeout',
      'transaction_isolation',
      'synchronous_commit',
    ];
    const values = settings.map((name) => `current_setting('${name}') as ${name}`);
    expect(await database.query(`select ${values.join(', ')}`)).toEqual([
      {
        statement_timeout: '5s',
        idle_in_transaction_session_timeout: '5s',
        transaction_isolation: 'read committed',
        synchronous_commit: 'on',
      },
    ]);
  });

  it.each([
    ['off', 'on'],
    ['local', 'on'],
    ['remote_write', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('that the database sets to commit "%s" commits "%s"', async (asked, expected) => {
    const url = new URL(postgresUrl ?? '');
    url.searchParams.set('options', `-csynchronous_commit=${asked}`);
    expect(await open(url.href).query(`select current_setting('synchronous_commit') as commit`)).toEqual([
      { commit: expected },
    ]);
  });

  it('notices a server that is gone, and does not keep an idle process alive', async () => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    const unref = vi.spyOn(Socket.prototype, 'unref');
    await open().query('select 1');
    const [socket] = keepAlive.mock.contexts;
    expect(keepAlive.mock.calls.map(([isOn]) => isOn)).toEqual([true]);
    expect(unref.mock.contexts).toContain(socket);
  });

  it('gives its parameters to a statement, and returns its rows', async () => {
    expect(await database.query('select $1::int + 1 as sum', [2])).toEqual([{ sum: 3 }]);
  });

  it('is closed once, and then answers nothing', async () => {
    const closed = openDatabase(postgresUrl ?? '');
    await closed.query('select 1');
    await Promise.all([closed.close(), closed.close()]);
    await closed.close();
    await expect(closed.query('select 1')).rejects.toMatchObject({
      name: 'StateError',
      message: 'PostgreSQL cannot be reached',
    });
  });

  describe('a statement that fails', () => {
    /** Fails with this code, and counts how often. */
    const failing = (code: string) => `do $$ begin
      perform nextval('${schema.name}.tries');
      raise exception using errcode = '${code}', message = 'the value hunter2';
    end $$`;
    const tries = async () => {
      const [row] = await schema.query<{ tries: string }>(`select nextval('SCHEMA.tries') - 1 as tries`);
      return Number(row?.tries);
    };
    beforeAll(async () => void (await schema.query('create sequence SCHEMA.tries')));

    it.each([
      ['28000', 'PostgreSQL refused the login', 1],
      ['28P01', 'PostgreSQL refused the login', 1],
      ['3D000', 'PostgreSQL has no such database', 1],
      ['42501', 'the PostgreSQL user lacks a privilege', 1],
      ['42P01', 'a table is missing in PostgreSQL', 1],
      ['3F000', 'the schema is missing in PostgreSQL', 1],
      ['53100', 'the disk of PostgreSQL is full', 1],
      ['53300', 'PostgreSQL has no free connection', 1],
      ['22012', 'PostgreSQL refused a statement (22012)', 1],
      ['22008', 'PostgreSQL refused a statement (22008)', 1],
      ['2257P', 'PostgreSQL refused a statement (2257P)', 1],
      ['25006', 'PostgreSQL is read-only', 2],
      ['57014', 'PostgreSQL did not answer in time', 1],
      ['57P01', 'PostgreSQL cannot be reached (57P01)', 2],
      ['57P03', 'PostgreSQL cannot be reached (57P03)', 2],
      ['08006', 'PostgreSQL cannot be reached (08006)', 2],
    ])('with %s says "%s", after this number of tries: %i', async (code, message, expected) => {
      await schema.query(`alter sequence SCHEMA.tries restart`);
      await expect(database.query(failing(code))).rejects.toMatchObject({
        name: 'StateError',
        message,
        cause: { code },
      });
      expect(await tries()).toBe(expected);
    });

    it('ends its connection', async () => {
      const one = open();
      const processId = async () => (await one.query<{ id: number }>('select pg_backend_pid() as id'))[0]?.id;
      const before = await processId();
      expect(await processId()).toBe(before);
      await expect(one.query('select 1 / 0')).rejects.toThrow('refused');
      expect(await processId()).not.toBe(before);
    });

    it('leaves connections for others, however many fail', async () => {
      const failed = Array.from({ length: 25 }, () => database.query('select 1 / 0'));
      const outcomes = await Promise.allSettled(failed);
      expect(outcomes.map(({ status }) => status)).toEqual(failed.map(() => 'rejected'));
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    });
  });

  it('that is lost is replaced, and the statement repeated once', async () => {
    const { relay, database } = await behindRelay();
    await database.query('select 1');
    relay.loseAnswerTo('insert into');
    await database.query(add('lost'));
    expect(await words()).toEqual(['lost', 'lost']);
    await relay.cut();
    await expect(database.query('select 1')).rejects.toThrow('PostgreSQL cannot be reached (ECONNREFUSED)');
    await relay.restore();
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('asks again over another connection when a server has not answered for six seconds', async () => {
    const { relay, database } = await behindRelay();
    await database.query('select 1');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const held = relay.holdAnswerTo('insert into');
    let isAnswered = false;
    const answer = database.query(add('held')).finally(() => {
      isAnswered = true;
    });
    await held;
    await vi.advanceTimersByTimeAsync(5999);
    expect(isAnswered).toBe(false);
    expect(await schema.query('select word from SCHEMA.words')).toEqual([{ word: 'held' }]);
    await vi.advanceTimersByTimeAsync(1);
    await answer;
    expect(await words()).toEqual(['held', 'held']);
  });

  it('gives up a transaction after six seconds without an answer, and does not repeat it', async () => {
    const { relay, database } = await behindRelay();
    await database.query('select 1');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const held = relay.holdAnswerTo('insert into');
    let runs = 0;
    let isOver = false;
    const work = database.transaction((query) => {
      runs += 1;
      return query(add('held'));
    });
    const failed = expect(
      work.finally(() => {
        isOver = true;
      }),
    ).rejects.toMatchObject({ name: 'StateError', message: 'PostgreSQL did not answer in time' });
    await held;
    await vi.advanceTimersByTimeAsync(5999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect(runs).toBe(1);
    expect(await words()).toEqual([]);
  });

  it('gives up a server that lets nobody in after three seconds, twice', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = new URL(postgresUrl ?? '');
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const database = open(url.href);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let isOver = false;
    const failed = expect(
      database.query('select 1').finally(() => {
        isOver = true;
      }),
    ).rejects.toMatchObject({ name: 'StateError', message: 'PostgreSQL did not answer in time' });
    await vi.advanceTimersByTimeAsync(5999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
  });

  describe('a transaction', () => {
    it('commits all of its statements together, and returns what its work returns', async () => {
      const result = await database.transaction(async (query) => {
        await query(add('one'));
        expect(await words()).toEqual([]);
        await query(add('two'));
        return 'done';
      });
      expect(result).toBe('done');
      expect(await words()).toEqual(['one', 'two']);
    });

    it.each([
      ['a statement fails', 'select 1 / 0', 'PostgreSQL refused a statement (22012)'],
      ['the server shuts down', `do $$ begin raise sqlstate '57P01'; end $$`, 'cannot be reached (57P01)'],
    ])('stores nothing if %s, and is not repeated', async (_, statement, message) => {
      let runs = 0;
      const failed = database.transaction(async (query) => {
        runs += 1;
        await query(add('one'));
        await query(statement);
      });
      await expect(failed).rejects.toThrow(message);
      expect(runs).toBe(1);
      expect(await words()).toEqual([]);
    });

    it.each([
      ['a StateError', new StateError('the schema is too new')],
      ['a VanishedRecordError', new VanishedRecordError()],
    ])('passes on %s of its work as it is, and stores nothing', async (_, error) => {
      const failed = database.transaction(async (query) => {
        await query(add('one'));
        throw error;
      });
      await expect(failed).rejects.toBe(error);
      expect(await words()).toEqual([]);
    });
  });
});
