/**
 * The migrations on PostgreSQL: see `Engine.migrations`. The columns are those on SQLite. Columns that sort use the
 * collation "C", so that the order, and with it a cursor, does not depend on the server's locale.
 */
export const migrations: readonly (readonly string[])[] = [
  [
    `create table settings (name text primary key, value text not null)`,
    `create table counters (name text primary key, value integer not null)`,
    // Ticket numbers start at 4501, so that they look realistic.
    `insert into counters (name, value) values ('ticket', 4500)`,
    `create table api_keys (hash text primary key, scopes text, created_at text not null)`,
    // Every request writes it and it expires within a minute: "unlogged" avoids the wait for the disk.
    `create unlogged table rate_limits (key text primary key, points integer not null, expire bigint)`,
    `create table teams (id text primary key, name text not null, description text)`,
    `create table contacts (
       seq bigint generated always as identity primary key,
       id text not null unique,
       verified smallint not null,
       email text, email_key text, name text, custom_data text,
       phone_number text, phone_key text, phone_verified smallint not null,
       non_verified_name text, non_verified_email text, non_verified_email_key text,
       non_verified_custom_data text,
       created_at text not null, updated_at text not null
     )`,
    // Hash indexes, because a value may exceed the size limit of a B-tree entry.
    `create index contacts_by_email on contacts using hash (email_key) where email_key is not null`,
    `create index contacts_by_phone on contacts using hash (phone_key) where phone_key is not null`,
    `create index contacts_by_claimed_email on contacts using hash (non_verified_email_key)
       where non_verified_email_key is not null`,
    `create table sessions (
       id text collate "C" primary key,
       ticket_number integer not null unique,
       status text not null check (status in ('open', 'closed_resolved', 'closed_unresolved')),
       channel text not null,
       verified smallint not null,
       contact_id text references contacts (id),
       team_id text references teams (id),
       assignee_id text,
       ai_closure_type text, sentiment text, language text, custom_data text,
       handed_off smallint not null, handoff_summary text, handoff_sentiment text,
       ticketing_name text, ticketing_external_id text, ticketing_id_type text,
       assist_mode smallint not null,
       created_at text collate "C" not null, updated_at text collate "C" not null,
       check ((handed_off = 1) = (handoff_summary is not null))
     )`,
    // Each index ends in the order of the list, so that a page needs no sort.
    `create index sessions_by_time on sessions (created_at, id, updated_at)`,
    `create index sessions_by_status on sessions (status, created_at, id)`,
    `create index sessions_by_channel on sessions (channel, created_at, id)`,
    `create index sessions_by_handoff on sessions (handed_off, created_at, id)`,
    `create index sessions_by_status_handoff on sessions (status, handed_off, created_at, id)`,
    `create index sessions_by_channel_status on sessions (channel, status, created_at, id)`,
    `create index sessions_by_contact on sessions (contact_id)`,
    `create table events (
       seq bigint generated always as identity primary key,
       id text not null unique,
       session_id text collate "C" not null references sessions (id),
       created_at text collate "C" not null,
       type text not null,
       body text not null
     )`,
    `create index events_by_session on events (session_id, created_at, seq)`,
    `create table files (
       id text primary key,
       session_id text collate "C" not null references sessions (id),
       name text not null,
       type text not null,
       bytes bytea not null
     )`,
    // English stemming, so that "refunds" finds "refund". Unlike "english", without stop words.
    `create text search dictionary stems (template = snowball, language = english)`,
    `create text search configuration messages (copy = pg_catalog.simple)`,
    `alter text search configuration messages alter mapping replace simple with stems`,
    `create table contact_index (seq bigint primary key references contacts (seq), words tsvector not null)`,
    `create index contact_words on contact_index using gin (words)`,
    `create table message_index (seq bigint primary key references events (seq), words tsvector not null)`,
    `create index message_words on message_index using gin (words)`,
  ],
  [
    // For filters by `updated_at`.
    `create index sessions_by_update on sessions (updated_at)`,
    `create index sessions_by_channel_handoff on sessions (channel, handed_off, created_at, id)`,
  ],
  [
    // Scheduled background jobs: see `queries/jobs.ts`.
    `create table jobs (
       id text collate "C" primary key,
       kind text not null check (kind in ('reply', 'silence')),
       session_id text collate "C" not null references sessions (id),
       due_at text collate "C" not null
     )`,
    `create index jobs_by_time on jobs (due_at, id)`,
  ],
];
