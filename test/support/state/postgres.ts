import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { openPostgresState } from '../../../src/state/postgres/state.ts';
import type { Clock } from '../../../src/time/clock.ts';

/** The server to test on; undefined if there is none. Set by vitest.config.ts. */
export const postgresUrl = process.env['STATE_TEST_POSTGRES'] || undefined;

/** Begins the names of all schemas of a test run that may be ended in the middle. Set by scripts/mutate. */
const names = process.env['STATE_TEST_NAMES'] ?? 'state_';

const tables = ['attempts', 'messages', 'approvals', 'drafts', 'audit', 'audit_heads'];

/** A schema for the tests of one file, on the server that vitest.config.ts found. Nothing is in it at first. */
export async function testSchema(url = postgresUrl ?? '') {
  const name = `${names}${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const opened: { close(): Promise<void> }[] = [];
  const withSchema = (address: string) => {
    const chosen = new URL(address);
    chosen.searchParams.set('schema', name);
    return chosen.href;
  };
  const rename = (from: string, to: string) =>
    client.query(
      tables
        .map((table) => `alter table if exists ${name}.${table}${from} rename to ${table}${to}`)
        .join(';'),
    );
  return {
    name,
    /** The server's address with the schema. */
    url: withSchema(url),
    /** Opens the state as another replica would. */
    open(clock?: Clock, address = url) {
      const state = openPostgresState(withSchema(address), clock && { clock });
      opened.push(state);
      return state;
    },
    /** Runs one statement; `SCHEMA` stands for the name. */
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
      return (await client.query<Row>(text.replaceAll('SCHEMA', name), values)).rows;
    },
    /** Makes statements fail: their tables have other names until `show`. */
    hide: async () => void (await rename('', '_away')),
    show: async () => void (await rename('_away', '')),
    async drop() {
      await Promise.all(opened.map((state) => state.close()));
      await client.query(`drop schema if exists ${name} cascade`);
      await client.end();
    },
  };
}

export type TestSchema = Awaited<ReturnType<typeof testSchema>>;

/** The SQL of docs/state.md that begins so. */
export function documentedSql(beginning: string): string {
  const blocks = readFileSync('docs/state.md', 'utf8').matchAll(/```sql\n(.*?);\n```/gs);
  return [...blocks].map(([, code = '']) => code).find((code) => code.startsWith(beginning)) ?? '';
}
