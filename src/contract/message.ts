import { ContactCustomData, Email, SessionCustomData } from './primitives.ts';
import { z } from './zod.ts';

/** An assumption (assumptions.ts): the documents give no limit for attachments, so this is the limit of the most similar upload. */
export const maxAttachmentBytes = 5_000_000;

/** A file, by URL or by content. Limits on size and type are not documented. Source: Send Message. */
export const AttachmentBody = z.object({
  name: z.string().optional(),
  url: z.string().optional(),
  base64: z.string().optional(),
  mime_type: z.string().optional(),
});

/**
 * `custom_data` merges into the session's data key by key, `contact.custom_data` into the contact's.
 * Source: Send Message.
 */
export const SendMessageBody = z.object({
  sender: z.enum(['contact', 'agent']),
  message: z.object({
    type: z.literal('text'),
    text: z.string(),
    attachments: z.array(AttachmentBody).optional(),
  }),
  contact: z
    .object({
      name: z.string().optional(),
      email: Email.optional(),
      phone_number: z.string().optional(),
      avatar_url: z.string().optional(),
      custom_data: ContactCustomData.optional(),
    })
    .optional(),
  custom_data: SessionCustomData.optional(),
  agent: z
    .object({
      id: z.number().finite().optional(),
      name: z.string().optional(),
      avatar_url: z.string().optional(),
    })
    .optional(),
  should_take_over_session_from_ai: z.boolean().optional(),
});

/** Source: Send Message, response. */
export const SentMessage = z.object({
  success: z.boolean(),
  data: z.object({ message: z.object({ id: z.string() }) }),
});
