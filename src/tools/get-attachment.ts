import { z } from '../contract/zod.ts';
import { getAttachment as readAttachment } from '../conversations/reading/get-attachment.ts';
import { AttachmentContentView, presentAttachment } from '../presenters/attachment.ts';
import { SessionId } from './input/session-id.ts';
import { defineTool, readEffect } from './tool.ts';

export const getAttachment = defineTool({
  name: 'get_attachment',
  title: 'Open an attachment',
  description:
    'See a file of a session: a picture as an image, text, CSV, JSON, HTML and logs as text, anything else described.',
  effect: readEffect,
  showsImages: true,
  input: z
    .object({
      session_id: SessionId,
      attachment: z.string().trim().min(1).max(2100).describe('Its url or name in the transcript, or its id'),
      offset: z.number().int().min(0).max(5_000_000).describe('Text from this character on').default(0),
    })
    .strict(),
  output: AttachmentContentView,

  run: async ({ session_id, attachment, offset }, context) => ({
    ...(await readAttachment(session_id, attachment, context)),
    offset,
  }),

  present: (read, context) => presentAttachment(read, context),
});
