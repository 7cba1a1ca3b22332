import type { Generated } from 'kysely';

/**
 * The tables. Columns use only types that SQLite and PostgreSQL share: text, numbers and bytes. Booleans are 0 or 1,
 * maps are JSON text, times are ISO 8601 UTC with milliseconds (they sort as text).
 */
export interface Tables {
  sessions: SessionRow;
  contacts: Omit<ContactRow, 'seq'> & { seq: Generated<number> };
  teams: TeamRow;
  events: Omit<EventRow, 'seq'> & { seq: Generated<number> };
  files: FileRow;
  jobs: JobRow;
  api_keys: KeyRow;
  counters: { name: string; value: number };
  settings: { name: string; value: string };
  schema_versions: { version: number };
}

export type Flag = 0 | 1;

export interface SessionRow {
  id: string;
  ticket_number: number;
  status: 'open' | 'closed_resolved' | 'closed_unresolved';
  channel: string;
  /** 1 if the session was created as verified. Then contact data of a send is verified, too. */
  verified: Flag;
  contact_id: string | null;
  team_id: string | null;
  assignee_id: string | null;
  ai_closure_type: 'assumed_resolved' | 'handed_off' | 'resolved' | null;
  sentiment: 'angry' | 'happy' | 'neutral' | null;
  language: string | null;
  /** JSON object; null if nothing was ever set. */
  custom_data: string | null;
  /** 1 if `handoff_summary` is set. A separate column for indexes. */
  handed_off: Flag;
  handoff_summary: string | null;
  handoff_sentiment: 'angry' | 'happy' | 'neutral' | null;
  ticketing_name: string | null;
  ticketing_external_id: string | null;
  ticketing_id_type: string | null;
  assist_mode: Flag;
  created_at: string;
  updated_at: string;
}

export interface ContactRow {
  /** Order of creation; row id in the full-text index. */
  seq: number;
  id: string;
  /** 1 if any verified data was written. Claims do not match such a contact. */
  verified: Flag;
  email: string | null;
  /** Lower case, for matching. */
  email_key: string | null;
  name: string | null;
  custom_data: string | null;
  phone_number: string | null;
  /** Digits only, for matching. */
  phone_key: string | null;
  /** 1 if the number is verified. A claimed number identifies nobody. */
  phone_verified: Flag;
  non_verified_name: string | null;
  non_verified_email: string | null;
  non_verified_email_key: string | null;
  non_verified_custom_data: string | null;
  created_at: string;
  updated_at: string;
}

export interface TeamRow {
  id: string;
  name: string;
  description: string | null;
}

export interface EventRow {
  /** Insertion order over all events. Orders events with the same time. */
  seq: number;
  id: string;
  session_id: string;
  created_at: string;
  type: string;
  /** The event as JSON: see `StoredEvent`. */
  body: string;
}

export interface FileRow {
  /** Unguessable, because whoever knows it may fetch the file. */
  id: string;
  session_id: string;
  name: string;
  type: string;
  bytes: Uint8Array;
}

export interface JobRow {
  /** Reply: id of the message event to answer. Silence: id of the session. So there is at most one job for each. */
  id: string;
  kind: 'reply' | 'silence';
  session_id: string;
  due_at: string;
}

export interface KeyRow {
  /** SHA-256 of the key, hexadecimal. The key itself is not stored. */
  hash: string;
  /** JSON list of scopes; null = full access. */
  scopes: string | null;
  created_at: string;
}
