import { SendMessageBody } from '../contract/message.ts';
import { SessionCustomData } from '../contract/primitives.ts';
import { z } from '../contract/zod.ts';
import { messageViews } from '../presenters/message.ts';
import { presentSent, SentView } from '../presenters/sending/sent-message.ts';
import { Attachment } from './input/attachment.ts';
import { SessionId } from './input/session-id.ts';
import { defineTool } from './tool.ts';

/** Enough to continue from; the transcript tool gives more. */
const maxReplyCharacters = 2000;

export const sendMessage = defineTool({
  name: 'send_message',
  title: 'Send a message into a session',
  description:
    'Send a message into a session; people will read it. sender agent answers the customer; sender contact speaks in the customer’s name. custom_data merges into the session, contact.custom_data into the contact; sending is the only way to change them, and it posts a message. A closed session may reopen. A person may have to approve it first.',
  effect: { write: true, destructive: false, idempotent: false, openWorld: true },
  input: z
    .object({
      session_id: SessionId,
      sender: z.enum(['contact', 'agent']).describe('In whose name'),
      text: z
        .string()
        .max(100_000)
        .describe('The message')
        .refine((text) => text.trim() !== '', 'must not be empty'),
      attachments: z
        .array(Attachment)
        .describe('Each by https url, or as base64 (at most 5 MB) with mime_type')
        .optional(),
      contact: SendMessageBody.shape.contact.unwrap().strict().describe('Changes to the contact').optional(),
      custom_data: SessionCustomData.describe('Changes to the session, flat').optional(),
      agent: SendMessageBody.shape.agent.unwrap().strict().describe('Who answers').optional(),
      should_take_over_session_from_ai: z
        .boolean()
        .describe('With sender agent: stop the AI answering')
        .optional(),
      allow_duplicate: z.boolean().describe('Send the same text again').default(false),
      wait_for_reply_seconds: z
        .number()
        .int()
        .min(0)
        .max(45)
        .describe('How long to wait for a reply')
        .default(0),
    })
    .strict(),
  output: SentView,

  async run({ session_id, text, attachments, allow_duplicate, wait_for_reply_seconds, ...rest }, context) {
    const body = {
      message: { type: 'text' as const, text, ...(attachments ? { attachments } : {}) },
      ...rest,
    };
    const request = { body, sessionId: session_id, allowDuplicate: allow_duplicate };
    const { sendAndWait } = await import('../conversations/sending/send-and-wait.ts');
    return sendAndWait({ ...request, waitSeconds: wait_for_reply_seconds }, context);
  },

  async present(sent, context) {
    if ('draft' in sent)
      return (await import('../presenters/sending/waiting-message.ts')).presentWaiting(sent, context);
    const messages = await messageViews(sent.replies?.items ?? [], maxReplyCharacters, {
      earlier: sent.own && [sent.own],
      signal: context.signal,
    });
    return presentSent(sent, messages, context);
  },
});
