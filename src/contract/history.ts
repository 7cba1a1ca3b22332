import { pageOf, Uuid } from './primitives.ts';
import { z } from './zod.ts';

/** Source: facts, "History": the newest message event's attachments. `size` is in bytes. */
const HistoryAttachment = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  type: z.string(),
  url: z.string(),
});

/**
 * One event. `message` is the only type whose members are public in the newest pages; the others (handoff,
 * human_agent_takeover, closed_resolved_by_api, ...) keep their type and whatever they carry.
 * Source: facts, "History"; the overview lists messages, files, system actions and their responses.
 */
const HistoryEvent = z
  .object({
    type: z.string(),
    sender: z.object({ type: z.string(), name: z.string().optional() }).passthrough().optional(),
    content: z.object({ type: z.string(), text: z.string() }).passthrough().optional(),
    attachments: z.array(HistoryAttachment).optional(),
    context: z.record(z.unknown()).optional(),
  })
  .passthrough();

/** Source: facts, "History". The item's `id` is new in the newest page: older answers lack it. */
export const HistoryItem = z.object({
  id: Uuid.optional(),
  created_at: z.string(),
  event: HistoryEvent,
});

export const HistoryPage = pageOf(HistoryItem);

export const HistoryQuery = z.object({ cursor: z.string().min(1).optional() });

/** Who speaks, in one vocabulary: API documents of different ages name the same parties differently. */
const parties = new Map([
  ['contact', 'contact'],
  ['user', 'contact'],
  ['ai', 'ai'],
  ['agent', 'agent'],
  ['human_agent', 'agent'],
]);

/** `contact`, `ai` or `agent`; `system` for every other sender. */
export function partyOf(senderType: string | undefined): string {
  return parties.get(senderType ?? '') ?? 'system';
}
