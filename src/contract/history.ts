import { pageOf, Uuid } from './primitives.ts';
import { z } from './zod.ts';

/** `size` is in bytes. Source: Session History. */
const HistoryAttachment = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  type: z.string(),
  url: z.string(),
});

/**
 * One event. Session History documents the members of `message` events only. Events of other types (handoff,
 * human_agent_takeover, closed_resolved_by_api, ...) pass through with all their members.
 * Source: Session History; Sessions (messages, files, system actions and responses).
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

/** `id` is optional because the API specification of 2024 lacks it. Source: Session History; specification of 2024. */
export const HistoryItem = z.object({
  id: Uuid.optional(),
  created_at: z.string(),
  event: HistoryEvent,
});

export const HistoryPage = pageOf(HistoryItem);

export const HistoryQuery = z.object({ cursor: z.string().min(1).optional() });

/** Who speaks, in one vocabulary. `unknown` for a sender whose word no document has. */
export type Party = 'contact' | 'ai' | 'agent' | 'system' | 'unknown';

/** API documents of different ages name the same parties differently. */
const parties = new Map<string | undefined, Party>([
  ['contact', 'contact'],
  ['user', 'contact'],
  ['ai', 'ai'],
  ['agent', 'agent'],
  ['human_agent', 'agent'],
  ['system', 'system'],
]);

/** The party that a documented word means. Spelling counts: what `Contact` or `customer` means is not documented. */
export function partyOf(senderType: string | undefined): Party {
  return parties.get(senderType) ?? 'unknown';
}

/**
 * Whether what this party wrote may be the customer's. An unknown sender may be anybody, so that it never counts as
 * one of ours and never hides that a customer waits.
 */
export function mayBeCustomer(party: Party): boolean {
  return party === 'contact' || party === 'unknown';
}

interface EventFields {
  readonly type: string;
  readonly context?: Readonly<Record<string, unknown>> | null | undefined;
  readonly [field: string]: unknown;
}

/**
 * The fields of an event that is not a message, besides sender, content and attachments. The API wraps them in
 * `context`; they are unwrapped unless that would make two fields with the same name.
 * @returns undefined if there are none.
 */
export function otherFieldsOf(event: EventFields): object | undefined {
  const { type, sender, content, attachments, ...others } = event;
  if (type === 'message') return undefined;
  const { context, ...rest } = others;
  const clash = Object.keys(context ?? {}).some((name) => Object.hasOwn(rest, name));
  const fields = clash ? others : { ...rest, ...context };
  return Object.keys(fields).length === 0 ? undefined : fields;
}
