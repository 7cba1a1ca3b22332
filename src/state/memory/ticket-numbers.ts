import type { TicketNumbers } from '../principal/ticket-numbers.ts';

/** About 1 MB. */
const defaultMax = 5000;

/** More sessions of one number are not needed to say that it is not unique. */
const maxIds = 3;

/**
 * Numbers that last as long as the process.
 * @param max of more numbers, those that were not seen for longest are forgotten.
 */
export function memoryTicketNumbers(max = defaultMax): TicketNumbers {
  const ids = new Map<number, readonly string[]>();
  return {
    idsOf: (ticketNumber) => ids.get(ticketNumber) ?? [],
    add(ticketNumber, sessionId) {
      const known = ids.get(ticketNumber) ?? [];
      // Deleted first: a Map keeps the order of insertion, and the oldest is dropped.
      ids.delete(ticketNumber);
      ids.set(ticketNumber, known.includes(sessionId) ? known : [...known, sessionId].slice(0, maxIds));
      if (ids.size > max) ids.delete(ids.keys().next().value as number);
    },
    forget: (ticketNumber) => void ids.delete(ticketNumber),
  };
}
