import type { HistoryItem } from '../../../contract/history.ts';
import type { Session } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Service } from '../service.ts';
import { getSession } from './get-session.ts';
import { listHistory } from './list-history.ts';
import { listSessions } from './list-sessions.ts';

/** What is stored, as the API would show it, but without requests: neither faults nor the rate limit apply. */
export interface Inspection {
  /** All sessions, newest first. */
  sessions(): Promise<z.infer<typeof Session>[]>;
  /** @throws Refusal 404 for an unknown session. */
  session(id: string): Promise<z.infer<typeof Session>>;
  /** All messages and events of a session, oldest first. @throws Refusal 404 for an unknown session. */
  history(id: string): Promise<z.infer<typeof HistoryItem>[]>;
}

/** @param origin base for the URLs of stored files. */
export function inspect(service: Service, origin: () => string): Inspection {
  return {
    sessions: () => allPages((cursor) => listSessions(service, cursor)),
    session: (id) => getSession(service, id),
    history: (id) => allPages((cursor) => listHistory(service, id, cursor, origin())),
  };
}

async function allPages<Item>(
  page: (query: { cursor?: string }) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let { items: read, next } = await page({});
  items.push(...read);
  while (next !== null) {
    ({ items: read, next } = await page({ cursor: next }));
    items.push(...read);
  }
  return items;
}
