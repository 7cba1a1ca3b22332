import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../time/clock.ts';
import type { Audit } from '../audit.ts';
import { auditEntry, auditQueue, sha256 } from '../audit-queue.ts';
import type { Database } from './connection.ts';

export interface PostgresAuditOptions {
  readonly database: Database;
  readonly schema: string;
  readonly scope: string;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
  readonly clock?: Clock;
}

interface Item {
  /** Names the record, so that it is not written again if only the answer was lost. */
  readonly id: string;
  readonly entry: ReturnType<typeof auditEntry>;
}

/**
 * Writes one row for each record; its line is JSON. The lines of a scope form one chain, whichever replica writes: `seq`
 * counts from 1 without gaps, and `prev` is the SHA-256 of the line before. So a line that is changed, removed or put
 * elsewhere breaks the chain. Writers take turns by a lock on the head of the chain.
 */
export function postgresAudit(options: PostgresAuditOptions): Audit {
  const { database, schema, scope, ready, clock = systemClock } = options;
  const append = async (items: readonly Item[]) => {
    await ready();
    await database.transaction(async (query) => {
      await query(`insert into ${schema}.audit_heads (scope, seq) values ($1, 0) on conflict do nothing`, [
        scope,
      ]);
      const [head] = await query<{ seq: string; hash: string | null }>(
        `select seq, hash from ${schema}.audit_heads where scope = $1 for update`,
        [scope],
      );
      const there = await query<{ id: string }>(
        `select id from ${schema}.audit where scope = $1 and id = any($2::uuid[])`,
        [scope, items.map(({ id }) => id)],
      );
      const written = new Set(there.map(({ id }) => id));
      let seq = Number(head?.seq ?? 0);
      let prev = head?.hash ?? null;
      const rows = items
        .filter(({ id }) => !written.has(id))
        .map(({ id, entry }) => {
          seq += 1;
          const line = JSON.stringify({ seq, prev, ...entry });
          prev = sha256(line);
          return { seq, id, line };
        });
      if (rows.length === 0) return;
      await query(
        `insert into ${schema}.audit (scope, seq, id, line)
         select $1, * from unnest($2::bigint[], $3::uuid[], $4::text[])`,
        [scope, rows.map((row) => row.seq), rows.map(({ id }) => id), rows.map(({ line }) => line)],
      );
      await query(`update ${schema}.audit_heads set seq = $2, hash = $3 where scope = $1`, [
        scope,
        seq,
        prev,
      ]);
    });
  };
  const queue = auditQueue<Item>(append);
  return {
    write: (record) => queue.add({ id: randomUUID(), entry: auditEntry(record, clock.now()) }),
    ready: queue.flush,
  };
}
