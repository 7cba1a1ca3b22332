import { z } from '../contract/zod.ts';
import { formatSince, SinceArgument } from '../conversations/analysis/messages/since.ts';
import { TimeArgument } from '../conversations/time-expression.ts';
import { FoundMessagesView } from '../presenters/analysis/found-messages-view.ts';
import { Words } from './input/named.ts';
import { sameSessionFilters } from './input/session-filters.ts';
import { defineTool, readEffect } from './tool.ts';

const { status, channel_type, handed_off, contact } = sameSessionFilters;

export const findMessages = defineTool({
  name: 'find_messages',
  title: 'Find messages over many sessions',
  description:
    'Messages of all sessions after a time, newest first: files, who wrote what, what changed. Says whether all were read.',
  effect: readEffect,
  input: z
    .object({
      since: SinceArgument.describe('ISO 8601, a date, an age (24h), or next_since').optional(),
      until: TimeArgument.describe('Earlier than').optional(),
      from: z.enum(['contact', 'ai', 'agent', 'system']).describe('Who wrote').optional(),
      contains: Words.describe('Words, a "phrase" or event name').optional(),
      has_attachment: z.boolean().describe('Files').optional(),
      include_events: z
        .boolean()
        .describe('Also handoffs, status changes, actions, internal notes')
        .optional(),
      status,
      channel_type,
      handed_off,
      contact,
      limit: z.number().int().min(1).max(200).describe('Default 50').default(50),
      cursor: z.string().describe('next_cursor, alone').optional(),
    })
    .strict(),
  output: FoundMessagesView,

  async run({ since, until, limit, cursor, ...filters }, context) {
    const { findMessages } = await import('../conversations/analysis/find-messages.ts');
    const found = await findMessages({ filters, since, until, limit, cursor }, context);
    if (context.outbox === undefined || cursor !== undefined) return { found };
    const { ownDrafts } = await import('../conversations/outbox/own-drafts.ts');
    return { found, drafts: await ownDrafts({ since: found.since }, context) };
  },

  async present({ found, drafts }, context) {
    const { presentFoundMessages } = await import('../presenters/analysis/found-messages.ts');
    const { encodeFindCursor } = await import('../conversations/analysis/messages/find-cursor.ts');
    const cursorAfter = (n: number) => {
      const position = found.positionAfter(n);
      return position && encodeFindCursor(position);
    };
    const nextSince = (n: number) => formatSince(found.nextSinceAfter(n));
    const part = drafts && (await import('../presenters/sending/drafts.ts')).draftsPart(drafts);
    return presentFoundMessages(found, cursorAfter, nextSince, context, part);
  },
});
