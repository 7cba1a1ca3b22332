import { assumptions } from '../../../contract/assumptions.ts';
import type { ListSessionsQuery, SessionPage } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import { readSessions } from '../../store/queries/sessions.ts';
import type { Service } from '../service.ts';
import { makeCursor, readCursor, takePage } from './cursor.ts';
import { parseDateBound } from './date-bound.ts';
import { viewSessions } from './session-view.ts';

/**
 * Lists one page of sessions, newest first. Source: docs.open.cx/api-reference, `listChatSessions`; assumptions
 * `listOrder`, `listPageSize`, `cursors`, `dateBounds`, `handedOff`.
 * @throws Refusal 400 for a foreign cursor or an invalid date.
 */
export async function listSessions(
  service: Service,
  query: z.infer<typeof ListSessionsQuery>,
): Promise<z.infer<typeof SessionPage>> {
  const filters = {
    status: query.status,
    channel: query.channel_type,
    handedOff: query.handed_off,
    createdAfter: bound(query, 'created_after'),
    createdBefore: bound(query, 'created_before'),
    updatedAfter: bound(query, 'updated_after'),
    updatedBefore: bound(query, 'updated_before'),
  };
  const size = assumptions.listPageSize.value;
  const start = readPosition(service, query.cursor);
  const rows = await readSessions(service.store.read, filters, start, size + 1);
  const { page, next } = takePage(rows, size, ({ created_at, id }) =>
    makeCursor(service.cursorSecret, 'sessions', [created_at, id]),
  );
  return { items: await viewSessions(service.store.read, page), next };
}

function bound(
  query: z.infer<typeof ListSessionsQuery>,
  field: 'created_after' | 'created_before' | 'updated_after' | 'updated_before',
): string | undefined {
  const text = query[field];
  if (text === undefined) return undefined;
  return parseDateBound(field, text, field.endsWith('_after') ? 'after' : 'before');
}

function readPosition(service: Service, cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [createdAt, id] = readCursor<string>(service.cursorSecret, 'sessions', cursor);
  return { createdAt, id };
}
