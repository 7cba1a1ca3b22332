import { SessionChannel, SessionStatus } from '../contract/primitives.ts';
import { z } from '../contract/zod.ts';
import { encodeFindCursor } from '../conversations/analysis/find-cursor.ts';
import { findMessages as find } from '../conversations/analysis/find-messages.ts';
import { formatSince, SinceArgument } from '../conversations/analysis/since.ts';
import { TimeArgument } from '../conversations/time-expression.ts';
import { FoundMessagesView, presentFoundMessages } from '../presenters/found-messages.ts';
import { defineTool, readEffect } from './tool.ts';

export const findMessages = defineTool({
  name: 'find_messages',
  title: 'Find messages over many sessions',
  description:
    'Messages of all sessions after a time, newest first: which files came, who wrote what, what changed. Says whether all sessions were read.',
  effect: readEffect,
  input: z
    .object({
      since: SinceArgument.describe('ISO 8601, a date, an age (24h), or next_since').optional(),
      until: TimeArgument.describe('Earlier than').optional(),
      from: z.enum(['contact', 'ai', 'agent', 'system']).describe('Who wrote').optional(),
      contains: z.string().trim().min(1).max(500).describe('Words, or a "phrase"').optional(),
      has_attachment: z.boolean().describe('Files').optional(),
      include_events: z.boolean().describe('Also handoffs, status changes, actions').optional(),
      status: SessionStatus.describe('Of the session').optional(),
      channel_type: SessionChannel.describe('Of the session').optional(),
      handed_off: z.boolean().describe('To a human').optional(),
      contact: z.string().trim().min(1).max(500).describe('Id, email, phone or name').optional(),
      limit: z.number().int().min(1).max(200).describe('How many').default(50),
      cursor: z.string().describe('next_cursor, alone').optional(),
    })
    .strict(),
  output: FoundMessagesView,

  run({ since, until, limit, cursor, ...filters }, context) {
    return find({ filters, since, until, limit, cursor }, context);
  },

  present(found, context) {
    const cursorAfter = (n: number) => {
      const position = found.positionAfter(n);
      return position && encodeFindCursor(position);
    };
    return presentFoundMessages(found, cursorAfter, (n) => formatSince(found.nextSinceAfter(n)), context);
  },
});
