import { SessionChannel, SessionStatus } from '../../contract/primitives.ts';
import { z } from '../../contract/zod.ts';
import { TimeArgument } from '../../conversations/time-expression.ts';
import { named, Words } from './named.ts';

/** The filters of list_sessions. */
export const sessionFilters = {
  status: SessionStatus.describe('Open, or how it was closed').optional(),
  channel_type: SessionChannel.describe('Where the customer writes').optional(),
  handed_off: z.boolean().describe('Handed to a human').optional(),
  created_after: TimeArgument.describe('Created later than').optional(),
  created_before: TimeArgument.describe('Created earlier than').optional(),
  updated_after: TimeArgument.describe('Changed later than').optional(),
  updated_before: TimeArgument.describe('Changed earlier than').optional(),
  contact: Words.describe('Whose: id, email, phone or name').optional(),
};

/** The same filters for other tools, which refer to list_sessions. */
export const sameSessionFilters = {
  ...sessionFilters,
  status: named(SessionStatus).describe('As in list_sessions').optional(),
  channel_type: named(SessionChannel).describe('As in list_sessions').optional(),
};
