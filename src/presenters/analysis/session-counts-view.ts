import { z } from '../../contract/zod.ts';
import { CoverageView } from './coverage.ts';

const GroupView = z.object({
  key: z.string(),
  second_key: z.string().optional(),
  count: z.number(),
  previous: z.number().optional(),
  examples: z.array(z.number()).describe('Ticket numbers').optional(),
});
export type GroupView = z.infer<typeof GroupView>;

export const SessionCountsView = z.object({
  total: z.number(),
  groups: z.array(GroupView).optional(),
  others: z
    .object({ groups: z.number(), count: z.number(), previous: z.number().optional() })
    .describe('The groups beyond those listed, summed up')
    .optional(),
  previous: z
    .object({ total: z.number(), from: z.string(), to: z.string() })
    .describe('The same stretch before')
    .optional(),
  unproven: z
    .number()
    .describe('Sessions of the contact only by a claim, or by phone number (verification unknown)')
    .optional(),
  coverage: CoverageView,
  next_cursor: z.string().describe('Continues the count; the numbers then include these').optional(),
  note: z.string().optional(),
});
export type SessionCountsView = z.infer<typeof SessionCountsView>;
