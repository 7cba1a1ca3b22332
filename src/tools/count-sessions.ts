import { z } from '../contract/zod.ts';
import { dimensions, isDimension, offsetMinutesOf } from '../conversations/analysis/dimensions.ts';
import { SessionCountsView } from '../presenters/analysis/session-counts-view.ts';
import { sameSessionFilters } from './input/session-filters.ts';
import { defineTool, readEffect } from './tool.ts';

const Dimension = z.string().refine(isDimension, {
  message: `must be one of ${dimensions.join(', ')}, or custom_data.KEY`,
});

export const countSessions = defineTool({
  name: 'count_sessions',
  title: 'Count support sessions',
  description:
    'How many sessions, in total and by group, with example ticket numbers. Filters and times as in list_sessions. Reads all that match (25 a request); if it stops before the end it says so, and cursor goes on.',
  effect: readEffect,
  input: z
    .object({
      ...sameSessionFilters,
      group_by: z
        .array(Dimension)
        .max(2)
        .describe(`Up to two of ${dimensions.join(', ')}, custom_data.KEY`)
        .optional(),
      utc_offset: z
        .string()
        .refine((text) => offsetMinutesOf(text) !== undefined, {
          message: 'must be an offset from UTC such as +02:00',
        })
        .describe('For day and hour (of creation), like +02:00')
        .optional(),
      compare_previous: z
        .boolean()
        .describe('Also count the same length of time before created_after')
        .optional(),
      cursor: z.string().describe('next_cursor of an incomplete count, alone').optional(),
    })
    .strict(),
  output: SessionCountsView,

  async run({ group_by, utc_offset = '+00:00', compare_previous, cursor, ...filters }, context) {
    const { countSessions } = await import('../conversations/analysis/count-sessions.ts');
    return countSessions(
      {
        filters,
        groupBy: group_by ?? [],
        offsetMinutes: offsetMinutesOf(utc_offset) ?? 0,
        comparePrevious: compare_previous ?? false,
        cursor,
      },
      context,
    );
  },

  async present(counts, context) {
    const { presentSessionCounts } = await import('../presenters/analysis/session-counts.ts');
    return presentSessionCounts(counts, context);
  },
});
