import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { storedOutbox } from '../../../src/state/outbox/draft-store.ts';
import { type Database, openDatabase } from '../../../src/state/postgres/connection.ts';
import { postgresDrafts } from '../../../src/state/postgres/outbox.ts';
import { describeApprovals } from '../../support/state/approvals-contract.ts';
import { describeAudit, type StoredRecord } from '../../support/state/audit-contract.ts';
import { describeOutbox } from '../../support/state/outbox-contract.ts';
import { postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';
import { describeSendLog } from '../../support/state/send-log-contract.ts';

describe.skipIf(postgresUrl === undefined)('PostgreSQL', () => {
  let schema: TestSchema;
  let replicas: ReturnType<TestSchema['open']>[] = [];
  /** Their outboxes need clocks of their own, which a replica has only one of. */
  let databases: Database[] = [];
  beforeAll(async () => {
    schema = await testSchema();
  });
  // The first test opens it. Whatever `beforeAll` uses, mutation tests count as used by every test.
  beforeEach(async () => {
    if (replicas.length > 0) return;
    // Two are enough: opening a pool for each log would only take time.
    replicas = [schema.open(), schema.open()];
    await replicas[0]?.ready();
    databases = [openDatabase(postgresUrl ?? ''), openDatabase(postgresUrl ?? '')];
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await schema.drop();
  });

  describeSendLog('a send log', () => {
    const scope = randomUUID();
    let opened = 0;
    return {
      open(options) {
        opened += 1;
        return recordedSendLog(replicas[opened % 2]?.attempts(scope) as never, options);
      },
      breakDown: () => schema.hide(),
      repair: () => schema.show(),
      async forget() {
        for (const table of ['attempts', 'messages'])
          await schema.query(`delete from SCHEMA.${table} where scope = $1`, [scope]);
      },
      close: () => schema.show(),
    };
  });

  describeApprovals('approvals', () => {
    const scope = randomUUID();
    let opened = 0;
    return () => {
      opened += 1;
      return replicas[opened % 2]?.approvals(scope) as never;
    };
  });

  describeOutbox('an outbox', () => {
    const scope = randomUUID();
    let opened = 0;
    return {
      open(clock) {
        opened += 1;
        const database = databases[opened % 2] as Database;
        const ready = async () => {};
        return storedOutbox(postgresDrafts({ database, schema: schema.name, scope, ready }), clock);
      },
      damage: async (number) =>
        void (await schema.query(
          `update SCHEMA.drafts set entry = left(entry, 20), revision = revision + 1 where scope = $1 and number = $2`,
          [scope, number],
        )),
      breakDown: () => schema.hide(),
      repair: () => schema.show(),
    };
  });

  describeAudit('an audit log', () => {
    const scope = randomUUID();
    let isBroken = false;
    return {
      // A clock of its own needs a state of its own.
      open: async (clock) => schema.open(clock).audit(scope),
      async records() {
        const lines = await schema.query<{ line: string }>(
          `select line from SCHEMA.audit${isBroken ? '_away' : ''} where scope = $1 order by seq`,
          [scope],
        );
        return lines.map(({ line }) => JSON.parse(line) as StoredRecord);
      },
      async breakDown() {
        isBroken = true;
        await schema.hide();
      },
      async repair() {
        isBroken = false;
        await schema.show();
      },
      close: () => schema.show(),
    };
  });
});
