import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/sandbox/store/store.ts';
import { atEnd, sharedDatabase } from '../../support/sandbox/harness.ts';
import { postgresAddress } from '../../support/sandbox/postgres.ts';

it.skipIf(!postgresAddress)(
  'a connection that breaks in the middle of a write fails that write only',
  async () => {
    const store = await openStore(await sharedDatabase());
    atEnd(() => store.close());
    const broken = store.write((db) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(db));
    await expect(broken).rejects.toThrow();
    await store.ping();
  },
);
