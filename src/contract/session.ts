import {
  AiClosureType,
  ContactCustomData,
  Email,
  pageOf,
  Sentiment,
  SessionChannel,
  SessionCustomData,
  SessionStatus,
  Uuid,
} from './primitives.ts';
import { z } from './zod.ts';

/**
 * `name`, `email` and `custom_data` are verified; the `non_verified_*` fields hold what the customer claimed.
 * `phone_number` has no `non_verified_` counterpart. Source: `GetChatSessionOutput.contact` on List Sessions.
 */
export const SessionContact = z
  .object({
    id: Uuid,
    email: Email.nullable(),
    phone_number: z.string().nullable(),
    name: z.string().nullable(),
    custom_data: ContactCustomData.nullable(),
    created_at: z.string().describe('ISO 8601 timestamp of when the contact was created'),
    updated_at: z.string().describe('ISO 8601 timestamp of when the contact was last updated'),
    non_verified_name: z.string().nullable(),
    non_verified_email: z.string().nullable(),
    non_verified_custom_data: SessionCustomData.nullable(),
  })
  .strict();

/** One conversation between a customer and support. Source: `GetChatSessionOutput` on List Sessions. */
export const Session = z
  .object({
    id: Uuid,
    status: SessionStatus,
    ai_closure_type: AiClosureType.nullable(),
    sentiment: Sentiment.nullable(),
    channel: z.object({ type: SessionChannel }).strict(),
    contact: SessionContact.optional(),
    language: z.string().optional(),
    assignee_id: z.string().nullable().optional(),
    custom_data: SessionCustomData.optional(),
    team: z.object({ id: Uuid, name: z.string(), description: z.string().optional() }).strict().optional(),
    handoff: z.object({ sentiment: Sentiment.optional(), summary: z.string() }).strict().optional(),
    ticketing_system: z
      .object({
        name: z.enum([
          'dynamics365',
          'freshchat',
          'freshdesk',
          'freshdesk_ticketing',
          'front',
          'gorgias',
          'hubspot',
          'infobip',
          'intercom',
          'open',
          'salesforce',
          'salesforce_v2',
          'twilio_flex',
          'zendesk',
          'zendesk_v2',
        ]),
        external_id: z.string(),
        id_type: z.enum(['conversation_id', 'ticket_id', 'case_id', 'conversation_sid']),
      })
      .strict()
      .optional(),
    ticket_number: z.number(),
    assist_mode: z.boolean(),
    created_at: z.string().datetime({ offset: true }),
    updated_at: z.string().datetime({ offset: true }),
  })
  .strict();

/** Source: `ListChatSessionsOutput` on List Sessions. */
export const SessionPage = pageOf(Session);

/** Source: query parameters on List Sessions. */
export const ListSessionsQuery = z.object({
  cursor: z.string().min(1).optional(),
  handed_off: z.boolean().optional(),
  status: SessionStatus.optional(),
  channel_type: SessionChannel.optional(),
  created_after: z.string().optional(),
  created_before: z.string().optional(),
  updated_after: z.string().optional(),
  updated_before: z.string().optional(),
});

/**
 * `contact` counts only when `contact_id` is absent. `contact.custom_data` is stored as the contact's `custom_data`
 * when `verified` is true, otherwise as `non_verified_custom_data`.
 * Source: `CreateChatSessionInput` on Create Session.
 */
export const CreateSessionBody = z.object({
  contact_id: Uuid.optional(),
  channel: z.object({ type: SessionChannel }).default({ type: 'api' }),
  verified: z.boolean().nullable().optional(),
  custom_data: SessionCustomData.optional(),
  contact: z
    .object({
      email: Email.optional(),
      name: z.string().optional(),
      phone_number: z.string().optional(),
      custom_data: ContactCustomData.optional(),
    })
    .optional(),
});

/** Source: `CreateChatSessionOutput` on Create Session. */
export const CreatedSession = z.object({ id: Uuid }).strict();

/** Only the status can change. Source: Update Session. */
export const UpdateSessionBody = z.object({
  status: SessionStatus.optional(),
  generate_summary_and_sentiment_on_resolve: z.boolean().optional(),
  reflect_status_change_for_integration: z.boolean().optional(),
  session_closed_payload: z.unknown(),
});
