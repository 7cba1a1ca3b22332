import { RecordId } from './primitives.ts';
import { z } from './zod.ts';

/**
 * `q` is a name, an email address, a phone number or a keyword. A second parameter, which restricts results to one
 * contact, is left out: its name is not public. Source: Search Sessions.
 */
export const SearchQuery = z.object({ q: z.string().min(1) });

/** A contact's number is `phone` here, not `phone_number`. Source: Search Sessions. */
export const SearchResults = z.object({
  contacts: z.array(
    z.object({
      id: RecordId,
      name: z.string().nullable().optional(),
      email: z.string().nullable().optional(),
      phone: z.string().nullable().optional(),
    }),
  ),
  messages: z.array(
    z.object({
      id: z.string(),
      session_id: RecordId,
      message: z.string(),
      type: z.string().optional(),
    }),
  ),
});
