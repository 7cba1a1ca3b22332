import { z } from '../../contract/zod.ts';
import { resolveTime, TimeArgument } from '../time-expression.ts';

/** The filters of a list as the caller gave them. Times may be ages, such as `24h`. */
export const ListFilters = z
  .object({
    status: z.string(),
    channel_type: z.string(),
    handed_off: z.boolean(),
    created_after: TimeArgument,
    created_before: TimeArgument,
    updated_after: TimeArgument,
    updated_before: TimeArgument,
  })
  .partial()
  .strict();
export type ListFilters = z.infer<typeof ListFilters>;

/** Whether a filter is an age. */
export function hasAge(filters: ListFilters): boolean {
  const { created_after, created_before, updated_after, updated_before } = filters;
  return [created_after, created_before, updated_after, updated_before].some(
    (time) => time !== undefined && resolveTime(time, new Date(0)) !== resolveTime(time, new Date(1)),
  );
}
