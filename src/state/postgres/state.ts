import { randomBytes } from 'node:crypto';
import type { Clock } from '../../time/clock.ts';
import { StateError } from '../errors.ts';
import { storedOutbox } from '../outbox/draft-store.ts';
import type { PostgresState } from '../shared-state.ts';
import { postgresApprovals } from './approvals.ts';
import { postgresAudit } from './audit.ts';
import { openDatabase } from './connection.ts';
import { checkMigration, migrate } from './migrate.ts';
import { postgresDrafts } from './outbox.ts';
import { defaultSchema, isSchemaName } from './schema.ts';
import { postgresStore } from './send-attempts.ts';

export interface PostgresStateOptions {
  readonly clock?: Clock;
}

/**
 * Opens the state of all replicas in a database. It connects when it is first used, and by itself again after the
 * database was away.
 * @param url `postgres://user:password@host:port/database`, with the usual parameters, and `schema` for another schema
 *   than `opencx_mcp`.
 * @throws StateError if that is not a name of a schema.
 */
export function openPostgresState(url: string, more: PostgresStateOptions = {}): PostgresState {
  const { schema, connection } = schemaOf(url);
  const database = openDatabase(connection);
  let migrated: Promise<void> | undefined;
  const prepared = () => {
    migrated ??= migrate(database, schema).catch((error) => {
      migrated = undefined;
      throw error;
    });
    return migrated;
  };
  return {
    attempts: (scope) => postgresStore({ ...more, database, schema, scope, ready: prepared }),
    approvals: (scope) => postgresApprovals({ database, schema, scope, ready: prepared }),
    outbox: (scope) => storedOutbox(postgresDrafts({ database, schema, scope, ready: prepared }), more.clock),
    audit: (scope) => postgresAudit({ ...more, database, schema, scope, ready: prepared }),
    async signingKey(name) {
      await prepared();
      await database.query(
        `insert into ${schema}.signing_keys (name, key) values ($1, $2) on conflict do nothing`,
        [name, randomBytes(32)],
      );
      const [row] = await database.query<{ key: Buffer }>(
        `select key from ${schema}.signing_keys where name = $1`,
        [name],
      );
      return row?.key ?? Promise.reject(new StateError('a signing key was removed from PostgreSQL'));
    },
    async ready() {
      await prepared();
      await database.query('select 1');
    },
    check: () => checkMigration(database, schema),
    close: database.close,
  };
}

/** Takes the schema out of the address, because it is not a parameter of PostgreSQL. */
function schemaOf(url: string): { schema: string; connection: string } {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const schema = address?.searchParams.get('schema') ?? defaultSchema;
  if (!isSchemaName(schema)) {
    throw new StateError('the schema in the address of PostgreSQL must be lower-case letters, digits and _');
  }
  if (!address?.searchParams.has('schema')) return { schema, connection: url };
  address.searchParams.delete('schema');
  return { schema, connection: address.href };
}
