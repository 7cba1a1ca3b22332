import { assumptions } from '../../../contract/assumptions.ts';
import type { HistoryPage, HistoryQuery } from '../../../contract/history.ts';
import type { z } from '../../../contract/zod.ts';
import { readEvents } from '../../store/queries/events.ts';
import { viewEvent } from '../events.ts';
import { requireSession } from '../require-session.ts';
import type { Service } from '../service.ts';
import { makeCursor, readCursor, takePage } from './cursor.ts';

/**
 * Lists one page of a session's events, oldest first. Source: docs.open.cx/api-reference, `listChatHistory`;
 * assumptions `historyOrder`, `historyPageSize`, `cursors`.
 * @param origin base for the URLs of stored files.
 * @throws Refusal 404 for an unknown session, 400 for a foreign cursor.
 */
export async function listHistory(
  service: Service,
  id: string,
  query: z.infer<typeof HistoryQuery>,
  origin: string,
): Promise<z.infer<typeof HistoryPage>> {
  const session = await requireSession(service.store.read, id);
  const purpose = `history ${session.id}`;
  const size = assumptions.historyPageSize.value;
  const start = query.cursor === undefined ? undefined : readPosition(service, purpose, query.cursor);
  const rows = await readEvents(service.store.read, session.id, start, size + 1);
  const { page, next } = takePage(rows, size, ({ created_at, seq }) =>
    makeCursor(service.cursorSecret, purpose, [created_at, seq]),
  );
  return { items: page.map((row) => viewEvent(row, origin)), next };
}

function readPosition(service: Service, purpose: string, cursor: string) {
  const [createdAt, seq] = readCursor<number>(service.cursorSecret, purpose, cursor);
  return { createdAt, seq };
}
