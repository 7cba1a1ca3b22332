import { z } from '../contract/zod.ts';
import { ArgumentError } from './errors.ts';
import { TimeArgument } from './time-argument.ts';

/** The filters of list_sessions as the model gave them. */
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

/**
 * Where a list goes on. It holds the API's cursor of the page to read, the last session handed out of that page,
 * and the filters with the moment that their ages count from, so that `24h` means the same on every page.
 */
const Position = z
  .object({
    filters: ListFilters,
    agesFrom: z.string().datetime(),
    page: z.string().optional(),
    after: z.string().optional(),
  })
  .strict();
export type ListPosition = z.infer<typeof Position>;

const version = 's1.';

export function encodeCursor(position: ListPosition): string {
  return version + Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * @param given filters of the call that brings the cursor: none, or the same as those it was made with.
 * @throws ArgumentError for a cursor that is not ours, or that belongs to other filters.
 */
export function decodeCursor(cursor: string, given: ListFilters): ListPosition {
  const foreign = new ArgumentError(
    'cursor',
    'this is no cursor of list_sessions; pass next_cursor as it was given, or leave cursor out to start anew',
  );
  if (!cursor.startsWith(version)) throw foreign;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(cursor.slice(version.length), 'base64url').toString('utf8'));
  } catch {
    throw foreign;
  }
  const position = Position.safeParse(json);
  if (!position.success) throw foreign;
  const { filters } = position.data;
  for (const [name, value] of Object.entries(given)) {
    if (filters[name as keyof ListFilters] !== value) {
      throw new ArgumentError(
        'cursor',
        `it belongs to a list with other filters (${name} differs); pass it alone, or leave it out to start anew`,
      );
    }
  }
  return position.data;
}
