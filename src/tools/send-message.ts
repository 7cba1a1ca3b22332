import { SendMessageBody } from '../contract/message.ts';
import { SessionCustomData } from '../contract/primitives.ts';
import { z } from '../contract/zod.ts';
import { sendOnce } from '../conversations/sending/send-once.ts';
import { type Replies, waitForReply } from '../conversations/sending/wait-for-reply.ts';
import { messageViews } from '../presenters/message.ts';
import { presentSent, SentView } from '../presenters/write-results.ts';
import { Attachment } from './input/attachment.ts';
import { SessionId } from './input/session-id.ts';
import { defineTool } from './tool.ts';

/** Enough to go on from; the transcript tool gives more. */
const maxReplyCharacters = 2000;

export const sendMessage = defineTool({
  name: 'send_message',
  title: 'Send a message into a session',
  description:
    'Send a message into a session; people will read it. sender agent answers the customer; sender contact speaks in the customer’s name. custom_data merges into the session, contact.custom_data into the contact; sending is the only way to change them, and it posts a message. A closed session may reopen.',
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
        .describe('Each with an https url, or with base64 of at most 5 MB and its mime_type')
        .optional(),
      contact: SendMessageBody.shape.contact.unwrap().strict().describe('Changes to the contact').optional(),
      custom_data: SessionCustomData.describe('Changes to the session, flat').optional(),
      agent: SendMessageBody.shape.agent.unwrap().strict().describe('Who answers').optional(),
      should_take_over_session_from_ai: z
        .boolean()
        .describe('With sender agent: stop the AI answering')
        .optional(),
      allow_duplicate: z
        .boolean()
        .describe('Send although the same text went out in the last 10 minutes')
        .default(false),
      wait_for_reply_seconds: z
        .number()
        .int()
        .min(0)
        .max(45)
        .describe('Wait so long for the answer of the other side')
        .default(0),
    })
    .strict(),
  output: SentView,

  async run(
    { session_id, text, attachments, allow_duplicate, wait_for_reply_seconds: seconds, ...rest },
    context,
  ) {
    const body = {
      message: { type: 'text' as const, text, ...(attachments ? { attachments } : {}) },
      ...rest,
    };
    const began = context.clock.now();
    const delivery = await sendOnce(session_id, body, allow_duplicate, context);
    const replies =
      seconds > 0 ? await waitForReply(session_id, body, delivery, seconds, began, context) : undefined;
    noteReplies(context.lastRead, session_id, replies);
    return { session_id, ...delivery, replies };
  },

  async present({ replies, ...sent }, context) {
    const messages = await messageViews(replies?.items ?? [], maxReplyCharacters);
    return presentSent(sent, replies, messages, context);
  },
});

/** A conversation that was read before is read on by its replies; one that was never read stays unread. */
function noteReplies(lastRead: Map<string, string>, sessionId: string, replies: Replies | undefined) {
  const newest = replies?.items.at(-1);
  if (newest && lastRead.has(sessionId)) lastRead.set(sessionId, newest.created_at);
}
