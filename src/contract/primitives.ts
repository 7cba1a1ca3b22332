import { z } from './zod.ts';

/** A UUID, versions 1-8 or the nil and max UUIDs. Source: `pattern` in the create and list documents. */
export const Uuid = z
  .string()
  .regex(
    /^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$/,
    'must be a UUID',
  );

/** An e-mail address. Source: `pattern` in the create and list documents. */
export const Email = z
  .string()
  .regex(
    /^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/,
    'must be an e-mail address',
  );

/** The ten channels a session can run over. Source: `SessionChannel` in the create and list documents. */
export const SessionChannel = z.enum([
  'web',
  'email',
  'phone_voice',
  'slack',
  'sms',
  'whatsapp',
  'instagram',
  'messenger',
  'api',
  'web_voice',
]);

/** Source: `status` in the list document. */
export const SessionStatus = z.enum(['open', 'closed_resolved', 'closed_unresolved']);

/** Source: `sentiment` in the list document. */
export const Sentiment = z.enum(['angry', 'happy', 'neutral']);

/** How the AI's part ended. Source: `ai_closure_type` in the list document. */
export const AiClosureType = z.enum(['assumed_resolved', 'handed_off', 'resolved']);

/**
 * Session custom data: a flat map of strings, numbers and booleans. Nested objects are answered with 400; so are
 * arrays and null, which the schema leaves no room for. Source: create and send documents.
 */
export const SessionCustomData = z.record(
  z.union([z.string(), z.number().finite(), z.boolean()], {
    errorMap: () => ({ message: 'must be a string, a number or a boolean (nested data is not accepted)' }),
  }),
);

/** Contact custom data: a flat map of strings. Source: create and send documents. */
export const ContactCustomData = z.record(
  z.string({ invalid_type_error: 'must be a string (contact custom data holds strings only)' }),
);

/** One page of a cursor-paged list; `next` null means the end. Source: `ListChatSessionsOutput`. */
export const pageOf = <T extends z.ZodTypeAny>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() }).strict();
