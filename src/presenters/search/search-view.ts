import { z } from '../../contract/zod.ts';
import { ContactLabelView } from '../contact.ts';
import { MessageView } from '../message.ts';
import { NextCalls } from '../rendering/next-calls.ts';

const MatchView = MessageView.pick({ at: true, from: true, name: true, claimed_name: true })
  .partial()
  .extend({
    type: z.string().optional(),
    text: z.string(),
    unsafe_chars: z
      .number()
      .describe('Left out: characters of markup that could not be read safely')
      .optional(),
  });
export type MatchView = z.infer<typeof MatchView>;

export const SearchView = z.object({
  contacts: z
    .array(
      z.object({
        id: z.string(),
        name: z.string().optional(),
        email: z.string().optional(),
        phone: z.string().optional(),
        claimed: z.literal(true).describe('Found by what the person only claims').optional(),
      }),
    )
    .describe('Without claimed, get_session tells whether they are verified'),
  sessions: z.array(
    z.object({
      id: z.string(),
      ticket_number: z.number().optional(),
      status: z.string().optional(),
      channel: z.string().optional(),
      contact: ContactLabelView.optional(),
      details_unknown: z.string().describe('Why nothing more is known about the session').optional(),
      matches: z.array(MatchView),
      more_in_quoted_mail: z.number().describe('Further messages that match only in quoted mail').optional(),
    }),
  ),
  left_out: z.number().describe('Hits that did not fit').optional(),
  note: z.string().optional(),
  next: NextCalls,
});
export type SearchView = z.infer<typeof SearchView>;
