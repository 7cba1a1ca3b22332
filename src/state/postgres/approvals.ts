import { randomUUID } from 'node:crypto';
import type { Approvals } from '../approvals.ts';
import type { Database } from './connection.ts';

export interface PostgresApprovalsOptions {
  readonly database: Database;
  readonly schema: string;
  readonly scope: string;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
}

/** Approvals that any replica may be shown, and one accepts. */
export function postgresApprovals({ database, schema, scope, ready }: PostgresApprovalsOptions): Approvals {
  return {
    async use(id, lifetimeMs) {
      await ready();
      await database.query(`delete from ${schema}.approvals where scope = $1 and expires < now()`, [scope]);
      const nonce = randomUUID();
      await database.query(
        `insert into ${schema}.approvals (scope, id, nonce, expires)
         values ($1, $2, $3, now() + interval '1 millisecond' * $4) on conflict do nothing`,
        [scope, id, nonce, lifetimeMs],
      );
      // Not by whether a row was created: the answer to the first try may have been lost.
      const [row] = await database.query<{ nonce: string }>(
        `select nonce from ${schema}.approvals where scope = $1 and id = $2`,
        [scope, id],
      );
      return row?.nonce === nonce;
    },
  };
}
