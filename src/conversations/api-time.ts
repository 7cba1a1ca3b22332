import type { Context } from './context.ts';

/**
 * The time by the API's clock, which all times in answers are by. Until an answer of the API told its clock, this
 * machine's has to do.
 * @param ms how long ago.
 */
export function apiTime({ client, clock }: Context, ms = 0): Date {
  return new Date(clock.now() + (client.clockOffset() ?? 0) - ms);
}
