/** The schema inside the given database. */
export const defaultSchema = 'opencx_mcp';

/**
 * The steps from an empty schema to the current one. Forward only: a step that was released never changes. An older
 * replica may still be running beside a newer one, so a step may only add.
 */
export const migrations: readonly (readonly string[])[] = [
  [
    // "entry" is JSON as text, because jsonb refuses characters that an id of the API may have.
    `create table attempts (
      scope text not null,
      hash text not null,
      number integer not null,
      nonce text not null,
      state text not null,
      entry text not null,
      began timestamptz not null,
      written timestamptz not null default now(),
      primary key (scope, hash, number)
    )`,
    `create index attempts_by_age on attempts (scope, written)`,
    `create table messages (
      scope text not null,
      message text not null,
      owner text not null,
      written timestamptz not null default now(),
      primary key (scope, message)
    )`,
    `create index messages_by_age on messages (scope, written)`,
    `create table approvals (
      scope text not null,
      id text not null,
      nonce text not null,
      expires timestamptz not null,
      primary key (scope, id)
    )`,
    `create index approvals_by_age on approvals (scope, expires)`,
    // What all replicas sign with.
    `create table signing_keys (name text primary key, key bytea not null)`,
    // The head is the row that writers of a chain lock.
    `create table audit_heads (
      scope text primary key,
      seq bigint not null,
      hash text
    )`,
    `create table audit (
      scope text not null,
      seq bigint not null,
      id uuid not null,
      written timestamptz not null default now(),
      line text not null,
      primary key (scope, seq),
      unique (scope, id)
    )`,
  ],
  [
    `create table drafts (
      scope text not null,
      number integer not null,
      revision integer not null,
      session text not null,
      nonce text not null,
      entry text not null,
      written timestamptz not null default now(),
      primary key (scope, number)
    )`,
    `create index drafts_by_session on drafts (scope, session)`,
  ],
];

/** A name becomes part of statements. */
export function isSchemaName(name: string): boolean {
  return /^[a-z_][a-z0-9_]{0,62}$/.test(name) && !name.startsWith('pg_');
}
