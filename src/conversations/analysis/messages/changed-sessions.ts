import type { ListSessionsQuery } from '../../../client/client.ts';
import type { Session } from '../../../contract/entities.ts';
import { parseTime } from '../../../text/time-format.ts';
import type { Context } from '../../context.ts';
import { matchesContact } from '../../listing/contact-filter.ts';
import { readingDeadline } from '../../reading/newest-messages.ts';
import { type Interruption, oncePerId, untilFailure } from '../../reading/until-failure.ts';
import type { FindPosition, PartEnd } from './find-cursor.ts';
import { type Place, placeOfCreation } from './find-order.ts';

/** Part of the session list, of all sessions that may have messages of the wanted time. */
export interface ChangedSessions {
  readonly sessions: readonly Session[];
  /** Where it ends; undefined at the end of the list. */
  readonly end: PartEnd | undefined;
  /** Whether it ended before sessions that an earlier call has read. */
  readonly isShort: boolean;
  readonly unreadable: number;
  readonly interrupted: Interruption | undefined;
}

/** Part of the requests of a minute, so that most are left for the histories. */
const listShare = 0.2;

/** Without a limit, and at the least, one call lists so many pages. */
const boundaries = { most: 200, least: 4 };

/** Sessions that were created since may have moved the end of the part so many pages further. */
const maxMovedPages = 4;

/** A call waits this long for the rate budget. Otherwise it answers in part. */
export const maxWaitMs = 3000;

/**
 * Reads the sessions that changed since a moment, page after page.
 * @throws the API's error for the first page.
 */
export async function readChangedSessions(
  { filters, since, until, asOf, page, end, done, readTo, last: lastMessage }: FindPosition,
  context: Context,
): Promise<ChangedSessions> {
  const { client, call } = context;
  const { status, channel_type, handed_off, contact } = filters;
  const isBegun = [done, readTo, lastMessage].some((place) => place !== undefined);
  // Sessions that were created since do not count, and would move the pages. A cursor belongs to the query that it is of.
  const isRepeated = isBegun && page === undefined && asOf !== undefined;
  const before = Math.min(
    until ?? Number.POSITIVE_INFINITY,
    isRepeated ? asOf + 1 : Number.POSITIVE_INFINITY,
  );
  const query = {
    ...(status === undefined ? {} : { status }),
    ...(channel_type === undefined ? {} : { channel_type }),
    ...(handed_off === undefined ? {} : { handed_off }),
    updated_after: new Date(since.at).toISOString(),
    ...(before === Number.POSITIVE_INFINITY ? {} : { created_before: new Date(before).toISOString() }),
    ...(page === undefined ? {} : { cursor: page }),
  } as ListSessionsQuery;
  const deadline = readingDeadline(context);
  const options = { ...call, deadline, maxWaitMs };
  const sessions: Session[] = [];
  const isNew = oncePerId();
  let pagesRead = 0;
  let nextPage: string | undefined;
  let unreadable = 0;
  let interrupted: Interruption | undefined;
  let endReached = false;
  const { requestsPerMinute = Number.POSITIVE_INFINITY } = client;
  const share = Math.floor(requestsPerMinute * listShare);
  const maxPages = Math.max(boundaries.least, Math.min(boundaries.most, share));
  const mostPages = maxPages + (isBegun ? maxMovedPages : 0);
  const readable = untilFailure(client.sessionPages(query, options), (why) => {
    interrupted = why;
  });
  for await (const { items, next, unread, unreadable: left = 0 } of readable) {
    sessions.push(...items.filter(isNew));
    unreadable += left;
    pagesRead += 1;
    nextPage = next ?? unread;
    endReached = end
      ? items.some((session) => isSame(placeOfCreation(session), end.session))
      : nextPage === undefined;
    if (endReached || pagesRead >= mostPages || deadline.hasPassed) break;
  }
  const last = sessions.at(-1);
  // A cursor that leads back to where it came from leads to no more.
  const reached =
    nextPage === undefined || last === undefined || interrupted === 'repeated_cursor'
      ? undefined
      : { session: placeOfCreation(last), nextPage };
  return {
    sessions: sessions.filter(
      (session) => contact === undefined || matchesContact(session, contact) !== false,
    ),
    end: isBegun ? end : reached,
    isShort: isBegun && !endReached && pagesRead < mostPages,
    unreadable,
    interrupted,
  };
}

/** Whether a session began before this moment. One whose time cannot be read may have. */
export function beganBefore(session: Session, moment: number): boolean {
  return !(parseTime(session.created_at) >= moment);
}

function isSame(one: Place, other: Place): boolean {
  return one.at === other.at && one.sum === other.sum;
}
