import { z } from '../../contract/zod.ts';
import { MessageView } from '../message.ts';
import { draftFields } from '../sending/drafts-view.ts';
import { CoverageView } from './coverage.ts';

const FoundMessageView = MessageView.extend({
  session_id: z.string(),
  ticket_number: z.number().optional(),
  channel: z.string(),
});
export type FoundMessageView = z.infer<typeof FoundMessageView>;

export const FoundMessagesView = z.object({
  messages: z.array(FoundMessageView).describe('Newest first'),
  shown: z.number(),
  more: z.boolean(),
  next_cursor: z.string().describe('Pass as cursor for the rest').optional(),
  next_since: z.string().describe('Pass as since later, for what is new after this answer').optional(),
  coverage: CoverageView,
  note: z.string().optional(),
  ...draftFields,
});
export type FoundMessagesView = z.infer<typeof FoundMessagesView>;
