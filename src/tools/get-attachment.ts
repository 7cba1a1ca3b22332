import { z } from '../contract/zod.ts';
import { AttachmentContentView } from '../presenters/attachment-view.ts';
import { SessionId } from './input/session-id.ts';
import { defineTool, readEffect } from './tool.ts';

export const getAttachment = defineTool({
  name: 'get_attachment',
  title: 'Open an attachment',
  description: 'A file of a session: a picture as an image, text as text, anything else described.',
  effect: readEffect,
  showsImages: true,
  input: z
    .object({
      session_id: SessionId,
      attachment: z
        .string()
        .trim()
        .refine((text) => text !== '' && text.length < 3000, 'must be the url, name or id of a file')
        .describe('Its url, name or id'),
      offset: z.number().int().min(0).describe('Where in the text to begin: next_offset').optional(),
    })
    .strict(),
  output: AttachmentContentView,

  async run({ session_id, attachment, offset = 0 }, context) {
    const { getAttachment } = await import('../conversations/reading/get-attachment.ts');
    return { ...(await getAttachment(session_id, attachment, context)), offset };
  },

  async present(read, context) {
    const { presentAttachment } = await import('../presenters/attachment.ts');
    return presentAttachment(read, context);
  },
});
