import type { Session } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import { requireSession } from '../require-session.ts';
import type { Service } from '../service.ts';
import { viewSession } from './session-view.ts';

/** Gets one session. Source: docs.open.cx/api-reference, `getChatSession`. @throws Refusal 404. */
export async function getSession(service: Service, id: string): Promise<z.infer<typeof Session>> {
  const db = service.store.read;
  return viewSession(db, await requireSession(db, id));
}
