import type { Session } from '../../contract/entities.ts';
import { z } from '../../contract/zod.ts';
import { parseTime } from '../../text/time-format.ts';
import { groupOf } from './dimensions.ts';

/** Of further groups only the sessions are counted. */
const maxGroups = 5000;

const maxExamples = 3;

/** Pages may overlap by this many sessions from one call to the next. */
const maxRecent = 200;

const Group = z.object({
  /** One or two words; null for sessions without a value. */
  key: z.array(z.string().nullable()),
  count: z.number(),
  previous: z.number(),
  /** Ticket numbers of the first sessions that were read. */
  examples: z.array(z.number()),
});
export type Group = z.infer<typeof Group>;

/** What was counted so far. It is kept as JSON between calls. */
export const Tally = z.object({
  total: z.number(),
  previous: z.number(),
  /** Of both: sessions of the wanted contact by a claim, or by a phone number. */
  unproven: z.number(),
  read: z.number(),
  unreadable: z.number(),
  newest: z.string().optional(),
  oldest: z.string().optional(),
  groups: z.array(Group),
  beyond: z.object({ count: z.number(), previous: z.number() }),
  recent: z.array(z.string()),
});
export type Tally = z.infer<typeof Tally>;

const emptyTally: Tally = {
  total: 0,
  previous: 0,
  unproven: 0,
  read: 0,
  unreadable: 0,
  groups: [],
  beyond: { count: 0, previous: 0 },
  recent: [],
};

export interface Counting {
  readonly groupBy: readonly string[];
  readonly offsetMinutes: number;
  /** Sessions created at this time or earlier count as `previous`. */
  readonly previousUntil: number | undefined;
}

/** Counts sessions, each id once. */
export class Counter {
  readonly #tally: Tally;
  readonly #groups: Map<string, Group>;
  readonly #seen: Set<string>;
  readonly #counting: Counting;

  constructor(counting: Counting, tally: Tally = emptyTally) {
    this.#counting = counting;
    this.#tally = structuredClone(tally);
    this.#groups = new Map(this.#tally.groups.map((group) => [JSON.stringify(group.key), group]));
    this.#seen = new Set(tally.recent);
  }

  get read(): number {
    return this.#tally.read;
  }

  addUnreadable(count: number): void {
    this.#tally.unreadable += count;
  }

  /** @param match how a wanted contact matched; false if the session is another's. */
  add(session: Session, match: 'verified' | 'claimed' | 'unknown' | false): void {
    const tally = this.#tally;
    if (session.id && this.#seen.has(session.id)) return;
    this.#seen.add(session.id);
    tally.read += 1;
    const { updated_at: updated } = session;
    if (!Number.isNaN(parseTime(updated))) {
      if (!tally.newest || parseTime(updated) > parseTime(tally.newest)) tally.newest = updated;
      if (!tally.oldest || parseTime(updated) < parseTime(tally.oldest)) tally.oldest = updated;
    }
    if (match === false) return;
    const { groupBy, offsetMinutes, previousUntil } = this.#counting;
    const isPrevious = previousUntil !== undefined && parseTime(session.created_at) <= previousUntil;
    const period = isPrevious ? 'previous' : 'count';
    tally[isPrevious ? 'previous' : 'total'] += 1;
    if (match !== 'verified') tally.unproven += 1;
    if (groupBy.length === 0) return;
    const key = groupBy.map((dimension) => groupOf(session, dimension, offsetMinutes));
    const group = this.#group(key);
    if (group === undefined) {
      tally.beyond[period] += 1;
      return;
    }
    group[period] += 1;
    if (!isPrevious && group.examples.length < maxExamples && Number.isFinite(session.ticket_number)) {
      group.examples.push(session.ticket_number);
    }
  }

  tally(): Tally {
    return { ...this.#tally, groups: [...this.#groups.values()], recent: [...this.#seen].slice(-maxRecent) };
  }

  #group(key: (string | null)[]): Group | undefined {
    const name = JSON.stringify(key);
    const known = this.#groups.get(name);
    if (known || this.#groups.size >= maxGroups) return known;
    const group = { key, count: 0, previous: 0, examples: [] };
    this.#groups.set(name, group);
    return group;
  }
}
