import { type Clock, systemClock } from '../time/clock.ts';

export const windowMs = 60_000;

/** Who was refused may have waited for a whole minute, and is then due. */
const refusalMs = 90_000;

/** One request that was taken. */
export interface Taken {
  readonly id: string;
  readonly person: string;
  /** How long ago, in milliseconds. */
  readonly ageMs: number;
}

/**
 * A budget of requests that is fair between people. Within any minute:
 *
 * - No more than the budget is taken.
 * - A person who has taken less than an equal share may take whatever is left. Shares are counted among those who took a
 *   request within the minute, or were refused one within a minute and a half.
 * - Beyond its share, a person must leave something to others: what a person who was refused lacks of an equal share, as much
 *   again as anyone else has taken, and a twentieth of the budget for whoever comes next.
 *
 * `redis/budget-script.ts` has the same rules, and a test compares the two.
 */
export class FairBudget {
  readonly #clock: Clock;
  /** Oldest first. */
  #taken: { readonly id: string; readonly person: string; readonly at: number }[] = [];
  readonly #counts = new Map<string, number>();
  readonly #refusedAt = new Map<string, number>();
  #blockEnds = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Takes one request. @returns 0 if it was taken, otherwise the milliseconds until one can be. */
  take(person: string, perMinute: number, id = ''): number {
    const ms = this.waitMs(person, perMinute);
    if (ms === 0) this.add(person, id);
    else if (!this.#isBlocked) this.#refusedAt.set(person, this.#clock.monotonic());
    return ms;
  }

  /** Counts a request that was taken elsewhere. */
  add(person: string, id: string): void {
    this.#taken.push({ id, person, at: this.#clock.monotonic() });
    this.#counts.set(person, this.#countOf(person) + 1);
  }

  waitMs(person: string, perMinute: number): number {
    this.#forget();
    const now = this.#clock.monotonic();
    const oldest = this.#taken[0];
    const waits = oldest !== undefined && !this.#allows(person, perMinute);
    const ends = Math.max(this.#blockEnds, waits ? oldest.at + windowMs : 0);
    return ends > now ? Math.max(1, Math.ceil(ends - now)) : 0;
  }

  /** Allows nothing for this long. A longer block that is in force stays. */
  block(ms: number): void {
    this.#blockEnds = Math.max(this.#blockEnds, this.#clock.monotonic() + ms);
  }

  /** Requests that are left, whoever takes them. */
  remaining(perMinute: number): number {
    return this.#isBlocked ? 0 : Math.max(0, perMinute - this.count());
  }

  /** How many were taken within the last minute. */
  count(): number {
    this.#forget();
    return this.#taken.length;
  }

  /** What was taken within the last minute, oldest first. */
  taken(): Taken[] {
    this.#forget();
    const now = this.#clock.monotonic();
    return this.#taken.map(({ id, person, at }) => ({ id, person, ageMs: now - at }));
  }

  get #isBlocked(): boolean {
    return this.#clock.monotonic() < this.#blockEnds;
  }

  #countOf(person: string): number {
    return this.#counts.get(person) ?? 0;
  }

  #allows(person: string, perMinute: number): boolean {
    const left = perMinute - this.#taken.length;
    if (left <= 0) return false;
    const own = this.#countOf(person);
    const spare = Math.floor(perMinute / 20);
    const waiting = [...this.#refusedAt.keys()].filter((other) => !this.#counts.has(other));
    const share = Math.max(1, Math.floor((perMinute - spare) / (this.#counts.size + waiting.length)));
    // The usual case does not look at everybody: there may be a thousand.
    if (own < share) return true;
    let reserved = spare;
    // Whoever asks has a share, so nothing is reserved for them.
    for (const other of [...this.#counts.keys(), ...waiting]) {
      const count = this.#countOf(other);
      const wanted = this.#refusedAt.has(other) ? share : Math.min(share, 2 * count);
      reserved += Math.max(0, wanted - count);
    }
    return left > reserved;
  }

  #forget(): void {
    const before = this.#clock.monotonic() - windowMs;
    const kept = this.#taken.findIndex(({ at }) => at > before);
    for (const { person } of this.#taken.splice(0, kept === -1 ? this.#taken.length : kept)) {
      const count = this.#countOf(person) - 1;
      if (count > 0) this.#counts.set(person, count);
      else this.#counts.delete(person);
    }
    const refusedBefore = this.#clock.monotonic() - refusalMs;
    for (const [person, at] of this.#refusedAt) if (at <= refusedBefore) this.#refusedAt.delete(person);
  }
}
