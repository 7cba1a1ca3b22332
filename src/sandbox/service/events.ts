import { randomUUID } from 'node:crypto';
import type { HistoryItem } from '../../contract/history.ts';
import type { z } from '../../contract/zod.ts';
import type { Db } from '../store/db.ts';
import { insertEvents } from '../store/queries/events.ts';
import type { EventRow } from '../store/tables.ts';
import { withoutMarkup } from './plain-text.ts';

/**
 * A file of a message as it is stored: with the address it was sent with, or with the id of the file that the
 * sandbox keeps. `size` in bytes, 0 where it is not known.
 */
export type StoredAttachment = {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
} & ({ readonly url: string } | { readonly file: string });

/** An event as it is stored: what the contract's event schema names, with its own attachments. */
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

/** What search finds of an event: the words of a message and who wrote it. */
export function searchable(event: StoredEvent): { text: string; sender: string } | undefined {
  if (event.type !== 'message') return undefined;
  return { text: withoutMarkup(event.content?.text ?? ''), sender: event.sender?.name ?? '' };
}

/** Reads a stored event back. */
export function readEvent(row: EventRow): StoredEvent {
  return JSON.parse(row.body) as StoredEvent;
}

/**
 * An event as the API shows it. Source: facts, "History".
 * @param origin where the sandbox is reached: files that it keeps get their address from it.
 */
export function viewEvent(row: EventRow, origin: string): z.infer<typeof HistoryItem> {
  const { attachments, ...event } = readEvent(row);
  const shown = attachments?.map(({ id, name, size, type, ...place }) => ({
    id,
    name,
    size,
    type,
    url: 'url' in place ? place.url : `${origin}/files/${place.file}`,
  }));
  return {
    id: row.id,
    created_at: row.created_at,
    event: { ...event, ...(shown && { attachments: shown }) },
  };
}
