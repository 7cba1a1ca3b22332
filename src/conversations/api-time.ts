import type { Context } from './context.ts';

/** The API's `Date` header tells whole seconds, and takes its time to arrive: clocks that agree differ by this much. */
const accuracyMs = 2000;

/**
 * The time by the API's clock, which all times in answers are by. Until an answer of the API told its clock, this
 * machine's has to do.
 * @param ms how long ago.
 */
export function apiTime({ client, clock }: Context, ms = 0): Date {
  return new Date(clock.now() + (client.clockOffset() ?? 0) - ms);
}

/**
 * The time for people to read. Where the clocks agree it is this machine's, which is more exact: the API's would show a
 * message of the first second of a minute in the minute before.
 */
export function shownTime(context: Context, ms: number): Date {
  const offset = context.client.clockOffset() ?? 0;
  return Math.abs(offset) > accuracyMs ? apiTime(context, ms) : new Date(context.clock.now() - ms);
}
