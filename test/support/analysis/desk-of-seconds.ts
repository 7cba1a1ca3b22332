import type { SessionsClient } from '../../../src/client/client.ts';
import { RateLimitedError, UpstreamError } from '../../../src/client/errors.ts';
import type { Session } from '../../../src/contract/entities.ts';
import type { ChangedSessions } from '../../../src/conversations/analysis/messages/changed-sessions.ts';
import { workThrough } from '../../../src/conversations/analysis/messages/find-batch.ts';
import type { FindPosition } from '../../../src/conversations/analysis/messages/find-cursor.ts';
import type { FoundMessage, Place } from '../../../src/conversations/analysis/messages/find-order.ts';
import { checksum } from '../../../src/conversations/listing/checksum.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, message, session } from '../fakes/fakes.ts';
import { settableClock } from '../state/settable-clock.ts';

/** By session, the seconds since 1970 at which its messages were written: `a20` is the one of session `a` at 20. */
type Desk = Record<string, readonly number[]>;

interface Given {
  position?: Partial<FindPosition>;
  list?: Partial<ChangedSessions>;
  /** What sessions have in place of a creation at 0 and a last change with their last message. */
  sessions?: Record<string, Partial<Session>>;
  /** What happens in place of reading the history of a session, or members of its page. */
  histories?: Record<string, Error | object>;
  known?: Record<string, number>;
  limit?: number;
}

/** When the first answer of a question was made, in seconds. */
export const asOf = 100;

export const time = (seconds: number) => new Date(seconds * 1000).toISOString();

/** The place of a session that changed then. */
export const placeOf = (id: string, seconds: number): Place => ({ at: seconds * 1000, sum: checksum(id) });

/** The place of the message of that name. */
export function messagePlace(name: string): Place {
  return { at: Number(name.slice(1)) * 1000, sum: checksum(`${name[0]} ${name}`) };
}

/** Why a history cannot be read now, or at all. */
export const limited = new RateLimitedError('No.', { retryAfterSeconds: 7 });
export const gone = new UpstreamError('Gone.', { mayHaveArrived: false });

/** Where a list goes on. */
export const end = { session: placeOf('z', 1), nextPage: 'next page' };

const namesOf = (found: readonly FoundMessage[]) => found.map(({ item }) => item.id);
const idsOf = (sessions: readonly Session[]) => sessions.map(({ id }) => id);

/** What one call makes of a part of the list that has these sessions. Without `done`, `readTo` or `last`, it is the first. */
export async function workThroughDesk(desk: Desk, given: Given = {}) {
  const { limit = 50 } = given;
  const clock = settableClock();
  const asked: string[] = [];
  const client: Partial<SessionsClient> = {
    async *historyPages(id) {
      asked.push(id);
      const more = given.histories?.[id] ?? {};
      if (more instanceof Error) throw more;
      const items = (desk[id] ?? []).map((seconds) => message(`${id}${seconds}`, seconds * 1000));
      yield { items, next: null, cursor: undefined, ...more };
    },
  };
  const sessions = Object.entries(desk).map(([id, seconds]) =>
    session(id, { created_at: time(0), updated_at: time(Math.max(...seconds)), ...given.sessions?.[id] }),
  );
  const list: ChangedSessions = {
    ...{ sessions, end: undefined, isShort: false, unreadable: 0, interrupted: undefined, ...given.list },
  };
  const position = {
    ...{
      filters: {},
      since: { at: 0, handedOut: [] },
      odd: { done: [], read: [] },
      sessionsBefore: 3,
      failed: 0,
    },
    ...{ page: 'page', places: '0123456789ab', ...given.position, asOf: asOf * 1000 },
  };
  const isFirst = [position.done, position.readTo, position.last].every((place) => place === undefined);
  const batch = await workThrough(list, position, isFirst, {
    ...{ limit, deadline: Deadline.after(10_000, clock), context: contextOf(client, { clock }) },
    known: new Map(Object.entries(given.known ?? {}).map(([id, seconds]) => [id, seconds * 1000])),
  });
  return {
    asked,
    batch,
    position,
    found: namesOf(batch.found),
    handedOutBefore: namesOf(batch.handedOutBefore),
    sessions: idsOf(batch.sessions),
    unread: idsOf(batch.unread),
    failed: idsOf(batch.failed),
    inPart: idsOf(batch.inPart),
    /** In seconds. */
    places: Object.fromEntries([...batch.places].map(([id, ms]) => [id, ms / 1000])),
    /** The position after `n` messages. */
    next: (n: number) => batch.positionAfter(n, position),
  };
}
