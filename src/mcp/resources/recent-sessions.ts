import { isToken } from '../../presenters/rendering/quoting.ts';
import type { SessionListView } from '../../presenters/session-list.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import type { FinalOutcome } from '../tool-result.ts';

/** Clients ask for completions at every keystroke, so a list is reused for this long. */
const freshMs = 30_000;

/** Calls list_sessions for recent sessions. */
export type ListRecent = (signal: AbortSignal) => Promise<FinalOutcome>;

export type RecentSession = SessionListView['sessions'][number];

/** Remembers the recent sessions of one principal for completion. */
export class RecentSessions {
  readonly #clock: Clock;
  #last: { at: number; outcome: Promise<FinalOutcome> } | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Ids that begin with `prefix`; none if the sessions cannot be listed, because a completion is only an offer.
   */
  async idsStartingWith(prefix: string, listRecent: ListRecent): Promise<string[]> {
    const now = this.#clock.monotonic();
    if (this.#last === undefined || now - this.#last.at > freshMs)
      this.#last = { at: now, outcome: listRecent(new AbortController().signal) };
    const outcome = await this.#last.outcome;
    if (outcome.kind !== 'answer') return [];
    return (
      sessionsOf(outcome.view)
        .map(({ id }) => id)
        // Clients show completions without a boundary around them.
        .filter((id) => isToken(id) && id.startsWith(prefix.trim()))
    );
  }
}

/** The sessions of a list_sessions answer, most recently updated first. */
export function sessionsOf(view: Record<string, unknown>): RecentSession[] {
  const { sessions } = view as unknown as SessionListView;
  return sessions.toSorted((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at));
}
