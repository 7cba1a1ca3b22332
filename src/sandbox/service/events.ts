import { randomUUID } from 'node:crypto';
import type { HistoryItem } from '../../contract/history.ts';
import type { z } from '../../contract/zod.ts';
import type { Db } from '../store/db.ts';
import { insertEvents } from '../store/queries/events.ts';
import type { EventRow } from '../store/tables.ts';
import { stripMarkup } from './plain-text.ts';

/** A message's attachment as stored: by URL, or by id if the sandbox stores the file. `size` in bytes; 0 if unknown. */
export type StoredAttachment = {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
} & ({ readonly url: string } | { readonly file: string });

/** An event as stored: the contract's event, with stored attachments. */
export interface StoredEvent {
  readonly type: string;
  readonly sender?: { readonly type: string; readonly name?: string };
  readonly content?: { readonly type: string; readonly text: string };
  readonly attachments?: readonly StoredAttachment[];
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Adds an event to a session's history. @returns its id. */
export async function addEvent(db: Db, sessionId: string, at: string, event: StoredEvent): Promise<string> {
  const id = randomUUID();
  const row = { id, session_id: sessionId, created_at: at, type: event.type, body: JSON.stringify(event) };
  await insertEvents(db, [{ row, searchable: searchable(event) }]);
  return id;
}

/** The text and sender that search indexes. Undefined for events other than messages. */
export function searchable(event: StoredEvent): { text: string; sender: string } | undefined {
  if (event.type !== 'message') return undefined;
  return { text: stripMarkup(event.content?.text ?? ''), sender: event.sender?.name ?? '' };
}

/** Parses a stored event. */
export function readEvent(row: EventRow): StoredEvent {
  return JSON.parse(row.body) as StoredEvent;
}

/**
 * An event as the API returns it. Source: docs.open.cx/api-reference, `listChatHistory`.
 * @param origin base for the URLs of stored files.
 */
export function viewEvent(row: EventRow, origin: string): z.infer<typeof HistoryItem> {
  const { attachments, ...event } = readEvent(row);
  const shown = attachments?.map(({ id, name, size, type, ...location }) => ({
    id,
    name,
    size,
    type,
    url: 'url' in location ? location.url : `${origin}/files/${location.file}`,
  }));
  return {
    id: row.id,
    created_at: row.created_at,
    event: { ...event, ...(shown && { attachments: shown }) },
  };
}
