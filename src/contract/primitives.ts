import { z } from './zod.ts';

/** A UUID of version 1 to 8, or the nil or max UUID. Source: `pattern` on Create Session and List Sessions. */
export const Uuid = z
  .string()
  .regex(
    /^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$/,
    'must be a UUID',
  );

/** An id of no documented form, without which a record is useless. */
export const RecordId = z.string();

/** Source: `pattern` on Create Session and List Sessions. */
export const Email = z
  .string()
  .regex(
    /^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/,
    'must be an email address',
  );

/** Source: `SessionChannel` on Create Session and List Sessions. */
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

/** Source: `status` on List Sessions. */
export const SessionStatus = z.enum(['open', 'closed_resolved', 'closed_unresolved']);

/** Source: `sentiment` on List Sessions. */
export const Sentiment = z.enum(['angry', 'happy', 'neutral']);

/** How the AI's part of the session ended. Source: `ai_closure_type` on List Sessions. */
export const AiClosureType = z.enum(['assumed_resolved', 'handed_off', 'resolved']);

/**
 * A flat map of strings, numbers and booleans. The API rejects nested objects with a 400; the schema also excludes
 * arrays and null. Source: Create Session, Send Message.
 */
export const SessionCustomData = z.record(
  z.union([z.string(), z.number().finite(), z.boolean()], {
    errorMap: () => ({ message: 'must be a string, a number or a boolean (nested data is not accepted)' }),
  }),
);

/** A flat map of strings. Source: Create Session, Send Message. */
export const ContactCustomData = z.record(
  z.string({ invalid_type_error: 'must be a string (contact custom data holds strings only)' }),
);

/** One page of a list. `next` is null on the last page. Source: `ListChatSessionsOutput` on List Sessions. */
export const pageOf = <T extends z.ZodTypeAny>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() }).strict();
