import type { DraftStore, StoredDraft } from '../outbox/draft-store.ts';
import type { DraftRevision } from '../outbox/outbox.ts';
import type { Database } from './connection.ts';

export interface PostgresDraftsOptions {
  readonly database: Database;
  readonly schema: string;
  readonly scope: string;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
}

type StoredRow = StoredDraft & Record<string, unknown>;
type RevisionRow = DraftRevision & Record<string, unknown>;

/** Keeps drafts in a table, one row for each. Its primary key and the revision decide who of several replicas comes first. */
export function postgresDrafts({ database, schema, scope, ready }: PostgresDraftsOptions): DraftStore {
  const { query } = database;
  return {
    place: 'PostgreSQL',
    prepare: ready,
    async read(number) {
      const [draft] = await query<StoredRow>(
        `select number, revision, entry from ${schema}.drafts where scope = $1 and number = $2`,
        [scope, number],
      );
      return draft;
    },
    async readAll(sessionId) {
      return query<StoredRow>(
        `select number, revision, entry from ${schema}.drafts where scope = $1 and ($2::text is null or session = $2)`,
        [scope, sessionId ?? null],
      );
    },
    async revisions() {
      return query<RevisionRow>(`select number, revision from ${schema}.drafts where scope = $1`, [scope]);
    },
    async highest() {
      const [row] = await query<{ number: number | null }>(
        `select max(number) as number from ${schema}.drafts where scope = $1`,
        [scope],
      );
      return row?.number ?? 0;
    },
    async create({ number, revision, sessionId, nonce, entry }) {
      const values = [scope, number, revision, sessionId, nonce, entry];
      const created =
        revision === 1
          ? await query(
              `insert into ${schema}.drafts (scope, number, revision, session, nonce, entry)
               values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning 1`,
              values,
            )
          : await query(
              `update ${schema}.drafts set revision = $3, session = $4, nonce = $5, entry = $6, written = now()
               where scope = $1 and number = $2 and revision = $3 - 1 returning 1`,
              values,
            );
      if (created.length > 0) return true;
      // The answer to the first try may have been lost, and the revision that is there may be this one.
      const own = await query(
        `select 1 from ${schema}.drafts where scope = $1 and number = $2 and nonce = $3`,
        [scope, number, nonce],
      );
      return own.length > 0;
    },
    async remove(number) {
      await query(`delete from ${schema}.drafts where scope = $1 and number = $2`, [scope, number]);
    },
  };
}
