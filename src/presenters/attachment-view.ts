import { z } from '../contract/zod.ts';
import { AttachmentView, MessageView } from './message.ts';

export const SentView = MessageView.pick({ at: true, from: true, name: true, claimed_name: true }).extend({
  attachments: z.array(AttachmentView),
});

export const AttachmentContentView = z.object({
  session_id: z.string(),
  /** `image`, `text`, `described` or `not found`. */
  content: z.string(),
  actual_type: z.string().describe('What the file is, by its content').optional(),
  bytes: z.number().optional(),
  sent: SentView.describe('The file as its message describes it').optional(),
  text: z.string().optional(),
  cut_chars: z.number().describe('Characters of the text after this part').optional(),
  next_offset: z.number().describe('Pass as offset for the next part').optional(),
  hidden_chars: z.number().optional(),
  unsafe_chars: z.number().optional(),
  note: z.string().optional(),
  others: z.array(SentView).describe('Files that the session has').optional(),
});
export type SentView = z.infer<typeof SentView>;
export type AttachmentContentView = z.infer<typeof AttachmentContentView>;
