import { assumptions } from '../contract/assumptions.ts';
import { SendMessageBody } from '../contract/message.ts';
import { SessionCustomData } from '../contract/primitives.ts';
import { z } from '../contract/zod.ts';
import { messageViews } from '../presenters/message.ts';
import { presentSent, SentView } from '../presenters/write-results.ts';
import { defineTool } from './define-tool.ts';
import { sendOnce } from './send-once.ts';
import { SessionId } from './session-id.ts';
import { type Replies, waitForReply } from './wait-for-reply.ts';

/** Enough to go on from; the transcript tool gives more. */
const maxReplyCharacters = 2000;

/** 5 MB as base64: what the nearest documented upload takes. Source: assumption `attachmentSize`. */
const maxBase64Characters = Math.ceil(assumptions.attachmentSize.value / 3) * 4;

const Attachment = z
  .object({
    name: z.string().max(255).optional(),
    url: z
      .string()
      .max(2000)
      .regex(/^https:\/\/\S+$/i, 'must be an https URL')
      .optional(),
    base64: z
      .string()
      .min(1, 'must not be empty')
      .max(maxBase64Characters, 'is larger than 5 MB; give its url instead')
      // One character class and a length: a pattern of groups overflows the stack on a file of some megabytes.
      .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64')
      .refine((text) => text.length % 4 === 0, 'must be base64')
      .optional(),
    mime_type: z
      .string()
      .regex(/^[\w.+-]{1,80}\/[\w.+-]{1,80}$/, 'must be a media type such as application/pdf')
      .optional(),
  })
  .strict()
  .refine(({ url, base64 }) => (url === undefined) !== (base64 === undefined), {
    message: 'needs exactly one of url and base64',
  });

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
        .describe('Each with an https url, or base64 of at most 5 MB')
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
    const began = Date.now();
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
