import { type Clock, systemClock } from './clock.ts';

/** More than the corrections of a time service come to between two requests. */
const leastMs = 5000;

/**
 * A computer that sleeps stops the monotonic clock but not the wall clock, and its connections break unnoticed. Setting the
 * wall clock looks the same.
 * @returns a function that returns whether it may have slept since it was last asked.
 */
export function sleepDetector(clock: Clock = systemClock): () => boolean {
  let before = clock.now() - clock.monotonic();
  return () => {
    const difference = clock.now() - clock.monotonic();
    const hasSlept = Math.abs(difference - before) > leastMs;
    before = difference;
    return hasSlept;
  };
}
