import { type Clock, systemClock } from '../../time/clock.ts';
import type { SeenSessions } from '../principal/seen-sessions.ts';

/** About 1 MB. */
const defaultMax = 5000;

/** What is verified may change. */
const maxNameAgeMs = 900_000;

/** More sessions of one number are not needed to say that it is not unique. */
const maxIds = 3;

/**
 * What was seen, for as long as the process lasts.
 * @param max of more numbers or names, those that were not seen for longest are forgotten.
 */
export function memorySeenSessions(max = defaultMax, clock: Clock = systemClock): SeenSessions {
  const ids = new Map<number, readonly string[]>();
  const names = new Map<string, { readonly name: string; readonly seenAt: number }>();
  return {
    idsOf: (ticketNumber) => ids.get(ticketNumber) ?? [],
    addNumber(ticketNumber, sessionId) {
      const known = ids.get(ticketNumber) ?? [];
      // Deleted first: a Map keeps the order of insertion, and the oldest is dropped.
      ids.delete(ticketNumber);
      ids.set(ticketNumber, known.includes(sessionId) ? known : [...known, sessionId].slice(0, maxIds));
      if (ids.size > max) ids.delete(ids.keys().next().value as number);
    },
    forgetNumber: (ticketNumber) => void ids.delete(ticketNumber),
    verifiedNameOf(sessionId) {
      const seen = names.get(sessionId);
      return seen && clock.monotonic() - seen.seenAt <= maxNameAgeMs ? seen.name : undefined;
    },
    addVerifiedName(sessionId, name) {
      names.delete(sessionId);
      if (name === undefined) return;
      names.set(sessionId, { name, seenAt: clock.monotonic() });
      if (names.size > max) names.delete(names.keys().next().value as string);
    },
  };
}
