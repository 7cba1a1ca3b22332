import { z } from '../../contract/zod.ts';
import { decodeMembers, encodeMembers, foreignMember, foreignText } from '../cursor-codec.ts';
import { ArgumentError } from '../errors.ts';
import { checksum } from '../listing/checksum.ts';

/** Where one call ended that could not read a history as far as was wanted. */
export interface HistoryPosition {
  /** The API's cursor of the page to continue with. */
  readonly start: string;
  /** Only entries older than this id or time are wanted. */
  readonly before?: string | undefined;
  /** Whether all entries from `start` on are older than `before`. */
  readonly isOlder?: boolean | undefined;
}

const version = 'h1';

/** `s` session, `p` page, `b` page in base64url, `e` before, `f` before in base64url, `o` all older. */
const Members = z
  .object({
    s: z.string(),
    p: z.string().min(1),
    b: z.string().min(1),
    e: z.string().min(1),
    f: z.string().min(1),
    o: z.literal('1'),
  })
  .partial()
  .strict();

export function encodeHistoryCursor(sessionId: string, { start, before, isOlder }: HistoryPosition): string {
  return encodeMembers(version, {
    s: sessionChecksum(sessionId),
    ...foreignMember('p', 'b', start),
    ...foreignMember('e', 'f', before),
    o: isOlder ? '1' : undefined,
  });
}

/**
 * @param before what the caller passed together with the cursor: nothing, or the same as in the call it comes from.
 * @throws ArgumentError for a cursor of another session, or that this server did not make.
 */
export function decodeHistoryCursor(
  sessionId: string,
  cursor: string,
  before: string | undefined,
): HistoryPosition {
  const { data } = Members.safeParse(Object.fromEntries(decodeMembers(version, cursor) ?? []));
  const start = foreignText(data?.p, data?.b);
  if (start === undefined || data?.s === undefined) {
    throw new ArgumentError(
      'cursor',
      'this is not a cursor of get_session_history; pass next_cursor unchanged, or leave cursor out to start again',
    );
  }
  const position = { start, before: foreignText(data.e, data.f), isOlder: data.o !== undefined };
  if (data.s !== sessionChecksum(sessionId) || (before !== undefined && before !== position.before)) {
    throw new ArgumentError(
      'cursor',
      'it belongs to another session or another before; pass it with its own session_id and no before',
    );
  }
  return position;
}

/** Ids are compared case-insensitively (assumption `ids`). */
function sessionChecksum(sessionId: string): string {
  return checksum(sessionId.toLowerCase());
}
