import { z } from './zod.ts';

/**
 * Query of the search call: a name, an e-mail address, a phone number or a keyword.
 * Source: facts, "Search". A second parameter restricts to one contact, but its name is not public: left out.
 */
export const SearchQuery = z.object({ q: z.string().min(1) });

/** Source: facts, "Search" (the contact's key is `phone` here, not `phone_number`). */
export const SearchResults = z.object({
  contacts: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable().optional(),
      email: z.string().nullable().optional(),
      phone: z.string().nullable().optional(),
    }),
  ),
  messages: z.array(
    z.object({
      id: z.string(),
      session_id: z.string(),
      message: z.string(),
      type: z.string().optional(),
    }),
  ),
});
