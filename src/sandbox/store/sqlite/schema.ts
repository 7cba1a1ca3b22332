/** The migrations on SQLite: see `Engine.migrations`. */
export const migrations: readonly (readonly string[])[] = [
  [
    `create table settings (name text primary key, value text not null) strict`,
    `create table counters (name text primary key, value integer not null) strict`,
    // Ticket numbers start at 4501, so that they look realistic.
    `insert into counters (name, value) values ('ticket', 4500)`,
    `create table api_keys (hash text primary key, scopes text, created_at text not null) strict`,
    `create table teams (id text primary key, name text not null, description text) strict`,
    `create table contacts (
       seq integer primary key autoincrement,
       id text not null unique,
       verified integer not null,
       email text, email_key text, name text, custom_data text,
       phone_number text, phone_key text, phone_verified integer not null,
       non_verified_name text, non_verified_email text, non_verified_email_key text,
       non_verified_custom_data text,
       created_at text not null, updated_at text not null
     ) strict`,
    `create index contacts_by_email on contacts (email_key) where email_key is not null`,
    `create index contacts_by_phone on contacts (phone_key) where phone_key is not null`,
    `create index contacts_by_claimed_email on contacts (non_verified_email_key)
       where non_verified_email_key is not null`,
    `create table sessions (
       id text primary key,
       ticket_number integer not null unique,
       status text not null check (status in ('open', 'closed_resolved', 'closed_unresolved')),
       channel text not null,
       verified integer not null,
       contact_id text references contacts (id),
       team_id text references teams (id),
       assignee_id text,
       ai_closure_type text, sentiment text, language text, custom_data text,
       handed_off integer not null, handoff_summary text, handoff_sentiment text,
       ticketing_name text, ticketing_external_id text, ticketing_id_type text,
       assist_mode integer not null,
       created_at text not null, updated_at text not null,
       check (handed_off = (handoff_summary is not null))
     ) strict`,
    // Each index ends in the order of the list, so that a page needs no sort. The first one also has "updated_at", so
    // that a filter by it needs the index only.
    `create index sessions_by_time on sessions (created_at, id, updated_at)`,
    `create index sessions_by_status on sessions (status, created_at, id)`,
    `create index sessions_by_channel on sessions (channel, created_at, id)`,
    `create index sessions_by_handoff on sessions (handed_off, created_at, id)`,
    `create index sessions_by_status_handoff on sessions (status, handed_off, created_at, id)`,
    `create index sessions_by_channel_status on sessions (channel, status, created_at, id)`,
    `create index sessions_by_contact on sessions (contact_id)`,
    `create table events (
       seq integer primary key autoincrement,
       id text not null unique,
       session_id text not null references sessions (id),
       created_at text not null,
       type text not null,
       body text not null
     ) strict`,
    `create index events_by_session on events (session_id, created_at, seq)`,
    `create table files (
       id text primary key,
       session_id text not null references sessions (id),
       name text not null,
       type text not null,
       bytes blob not null
     ) strict`,
    `create virtual table contact_index using fts5 (
       name, email, phone, digits, non_verified_name, non_verified_email,
       tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
     )`,
    // Contentless: messages never change, and "events" has their text. "porter" is English stemming, so that
    // "refunds" finds "refund".
    `create virtual table message_index using fts5 (
       text, sender, content = '', tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3'
     )`,
    // Text ranks above the sender's name.
    `insert into message_index (message_index, rank) values ('rank', 'bm25(10.0, 1.0)')`,
  ],
  [
    // For filters by `updated_at`.
    `create index sessions_by_update on sessions (updated_at)`,
    `create index sessions_by_channel_handoff on sessions (channel, handed_off, created_at, id)`,
  ],
  [
    // Scheduled background jobs: see `queries/jobs.ts`.
    `create table jobs (
       id text primary key,
       kind text not null check (kind in ('reply', 'silence')),
       session_id text not null references sessions (id),
       due_at text not null
     ) strict`,
    `create index jobs_by_time on jobs (due_at, id)`,
  ],
];
