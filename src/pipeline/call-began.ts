import type { SessionsClient } from '../client/client.ts';
import type { Clock } from '../time/clock.ts';

/** The API's `Date` header tells whole seconds, and takes its time to arrive. A smaller difference tells nothing. */
const accuracyMs = 5000;

/**
 * Tells when a call began by the API's clock, because its times are compared with the API's. Until an answer of the API
 * told its clock, this machine's has to do. Setting that one during the call changes nothing.
 * @returns a function that may tell another time only after an answer of the API.
 */
export function callBegan(client: Pick<SessionsClient, 'clockOffset'>, clock: Clock): () => Date {
  const started = clock.monotonic();
  let told = clock.now();
  return () => {
    const offset = client.clockOffset();
    if (offset !== undefined) {
      const began = clock.now() + offset - (clock.monotonic() - started);
      if (Math.abs(began - told) > accuracyMs) told = began;
    }
    return new Date(told);
  };
}
