import type { Clock } from '../../time/clock.ts';
import type { PostgresState } from '../shared-state.ts';
import { postgresAudit } from './audit.ts';
import { openDatabase } from './connection.ts';
import { migrate } from './migrate.ts';
import { defaultSchema } from './schema.ts';
import { postgresStore } from './send-attempts.ts';

export interface PostgresStateOptions {
  /** Keeps the tables. A plain lower-case name. */
  readonly schema?: string;
  readonly clock?: Clock;
}

/**
 * Opens the state of all replicas in a database. It connects when it is first used, and by itself again after the
 * database was away.
 * @param url `postgres://user:password@host:port/database`, with the usual parameters.
 */
export function openPostgresState(
  url: string,
  { schema = defaultSchema, ...more }: PostgresStateOptions = {},
): PostgresState {
  const database = openDatabase(url);
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
    audit: (scope) => postgresAudit({ ...more, database, schema, scope, ready: prepared }),
    async ready() {
      await prepared();
      await database.query('select 1');
    },
    close: database.close,
  };
}
