import type { Outcome } from '../pipeline/call.ts';
import type { SessionListView } from '../presenters/session-list.ts';

/** How long an answer serves completion, which clients ask for with every key that is pressed. */
const freshMs = 30_000;

export type RecentSession = SessionListView['sessions'][number];

/** The sessions that changed last among the first that the API lists; which those are, the API decides. */
export interface RecentSessions {
  /** @throws what `fail` makes of the reason why they cannot be listed. */
  list(signal: AbortSignal, fail: (outcome: Outcome & { ok: false }) => Error): Promise<RecentSession[]>;
  /** Ids that begin so; none where the API cannot be asked, since a completion is only an offer. */
  idsLike(beginning: string): Promise<string[]>;
}

/** @param listSessions calls list_sessions, with its limits and its log. */
export function recentSessions(
  listSessions: (signal: AbortSignal) => Promise<Outcome>,
  now = Date.now,
): RecentSessions {
  let last: { at: number; outcome: Promise<Outcome> } | undefined;

  return {
    async list(signal, fail) {
      const outcome = await listSessions(signal);
      if (!outcome.ok) throw fail(outcome);
      return sessionsOf(outcome);
    },
    async idsLike(beginning) {
      if (last === undefined || now() - last.at > freshMs) {
        last = { at: now(), outcome: listSessions(new AbortController().signal) };
      }
      const outcome = await last.outcome;
      if (!outcome.ok) return [];
      return sessionsOf(outcome)
        .map(({ id }) => id)
        .filter((id) => id.startsWith(beginning.trim()));
    },
  };
}

function sessionsOf({ view }: Outcome & { ok: true }): RecentSession[] {
  const { sessions } = view as SessionListView;
  return sessions.toSorted((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at));
}
