import { SessionChannel, SessionStatus } from '../../contract/primitives.ts';
import { z } from '../../contract/zod.ts';
import { TimeArgument } from '../../conversations/time-expression.ts';

/** The filters of tools that look at many sessions. */
export const sessionFilters = {
  status: SessionStatus.describe('Open, or how it was closed').optional(),
  channel_type: SessionChannel.describe('Where the customer writes').optional(),
  handed_off: z.boolean().describe('Handed to a human, or not').optional(),
  created_after: TimeArgument.describe('Created later than').optional(),
  created_before: TimeArgument.describe('Created earlier than').optional(),
  updated_after: TimeArgument.describe('Changed later than').optional(),
  updated_before: TimeArgument.describe('Changed earlier than').optional(),
  contact: z.string().trim().min(1).max(200).describe('Whose: id, email, phone number or name').optional(),
};
