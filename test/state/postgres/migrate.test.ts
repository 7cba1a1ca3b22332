import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { migrations } from '../../../src/state/postgres/schema.ts';
import { documentedSql, postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { send } from '../../support/state/send-log-contract.ts';

describe.skipIf(postgresUrl === undefined)('the tables in PostgreSQL', () => {
  let schema: TestSchema;
  let users: string[];
  beforeEach(async () => {
    schema = await testSchema();
    users = [];
  });
  afterEach(async () => {
    for (const user of users) {
      await schema.query(`drop owned by ${user}`);
      await schema.query(`drop role ${user}`);
    }
    await schema.drop();
  });

  const versions = async () => {
    const rows = await schema.query<{ version: number }>(
      'select version from SCHEMA.schema_versions order by version',
    );
    return rows.map(({ version }) => version);
  };
  /** Makes the tables as an earlier version of the program did. */
  const makeVersion = async (version: number) => {
    await schema.query('create schema SCHEMA');
    await schema.query(
      'create table SCHEMA.schema_versions (version integer primary key, since timestamptz not null default now())',
    );
    for (const [index, statements] of migrations.slice(0, version).entries()) {
      await schema.query(`set search_path to SCHEMA; ${statements.join(';')}; reset search_path`);
      await schema.query('insert into SCHEMA.schema_versions (version) values ($1)', [index + 1]);
    }
  };
  /** A user without any right in the schema. @returns the state as that user sees it. */
  const asNobody = async () => {
    const user = `user_${schema.name}`;
    await schema.query(`create role ${user} login`);
    users.push(user);
    const url = new URL(postgresUrl ?? '');
    url.username = user;
    const state = schema.open(undefined, url.href);
    return { user, state };
  };

  it('of an earlier version get what they lack, and keep what is in them', async () => {
    await makeVersion(1);
    await schema.query(`insert into SCHEMA.signing_keys (name, key) values ('sessions', 'old')`);
    await schema.open().ready();
    expect(await versions()).toEqual([1, 2]);
    expect(await schema.query('select name from SCHEMA.signing_keys')).toEqual([{ name: 'sessions' }]);
    expect(await schema.query('select 1 from SCHEMA.drafts')).toEqual([]);
  });

  it('are created in a schema that is there', async () => {
    await schema.query('create schema SCHEMA');
    await schema.open().ready();
    expect(await versions()).toEqual([1, 2]);
  });

  it('are created as a whole or not at all, and then by the next call', async () => {
    await schema.query('create schema SCHEMA');
    await schema.query('create table SCHEMA.drafts (number integer)');
    const state = schema.open();
    await expect(state.ready()).rejects.toThrow('PostgreSQL refused a statement (42P07)');
    const left = `select tablename as name from pg_tables where schemaname = '${schema.name}'`;
    expect(await schema.query(left)).toEqual([{ name: 'drafts' }]);
    await schema.query('drop table SCHEMA.drafts');
    await state.ready();
    expect(await versions()).toEqual([1, 2]);
  });

  it('are looked at once by a replica that found them', async () => {
    const state = schema.open();
    await state.ready();
    await schema.query('alter table SCHEMA.schema_versions rename to versions_away');
    await state.ready();
    expect(await state.attempts(randomUUID()).read('hash')).toEqual([]);
  });

  it('are created once by replicas that start at the same time', async () => {
    const replicas = Array.from({ length: 5 }, () => schema.open());
    await Promise.all(replicas.map((replica) => replica.ready()));
    expect(await versions()).toEqual([1, 2]);
  });

  it('are not touched if a newer version of the program made them', async () => {
    await schema.open().ready();
    await schema.query('insert into SCHEMA.schema_versions (version) values (1000)');
    const state = schema.open();
    const reason = `the schema ${schema.name} in PostgreSQL has version 1000, but this program knows only 2. Update the program`;
    await expect(state.ready()).rejects.toMatchObject({ name: 'StateError', message: reason });
    const log = recordedSendLog(state.attempts(randomUUID()), { account: 'account' });
    await expect(log.claim(send, { allowDuplicate: false, longestMs: 0 })).rejects.toThrow(
      `the record of sent messages in PostgreSQL cannot be kept (${reason})`,
    );
    expect(await versions()).toEqual([1, 2, 1000]);
  });

  it('need no right to change them once they are there', async () => {
    await schema.open().ready();
    const { user, state } = await asNobody();
    const grants = documentedSql('grant usage').split(/;\n/);
    expect(grants).toHaveLength(3);
    for (const grant of grants) {
      await schema.query(grant.replaceAll('opencx_mcp', 'SCHEMA').replace(/\bapp\b/, user));
    }
    await state.ready();
    expect(await state.approvals(randomUUID()).use('approval', 60_000)).toBe(true);
    await state.audit(randomUUID()).write({ tool: 'send_message', outcome: 'sent' });
  });

  describe('pass a check', () => {
    it('if they can be created, and are not created by it', async () => {
      await schema.open().check();
      expect(await schema.query(`select 1 from pg_namespace where nspname = '${schema.name}'`)).toEqual([]);
      const { state } = await asNobody();
      await expect(state.check()).rejects.toThrow('lacks the privilege to create the tables');
    });

    it('if they are there, though the user may not change them', async () => {
      await schema.open().ready();
      const { user, state } = await asNobody();
      await schema.query(`grant usage on schema SCHEMA to ${user}`);
      await schema.query(`grant select on SCHEMA.schema_versions to ${user}`);
      await state.check();
    });

    it('if they are not there, but the user may create them in the schema', async () => {
      await schema.query('create schema SCHEMA');
      const { user, state } = await asNobody();
      await schema.query(`grant usage on schema SCHEMA to ${user}`);
      await expect(state.check()).rejects.toMatchObject({
        name: 'StateError',
        message: 'the PostgreSQL user lacks the privilege to create the tables',
      });
      await schema.query(`grant create on schema SCHEMA to ${user}`);
      await state.check();
      expect(await schema.query(`select 1 from pg_tables where schemaname = '${schema.name}'`)).toEqual([]);
    });

    it('unless a newer version of the program made them', async () => {
      await schema.open().ready();
      await schema.query('insert into SCHEMA.schema_versions (version) values (3)');
      await expect(schema.open().check()).rejects.toThrow('has version 3, but this program knows only 2');
    });
  });
});
