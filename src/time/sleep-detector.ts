import { type Clock, systemClock } from './clock.ts';

/** More than the corrections of a time service come to between two requests. */
const leastMs = 5000;

/**
 * A computer that sleeps stops the monotonic clock but not the wall clock, and its connections break unnoticed. Setting the
 * wall clock looks the same.
 * @returns a function that returns whether it may have slept since it was last asked.
 */
export function sleepDetector(clock: Clock = systemClock): () => boolean {
  let wasSet = clockWatch(clock);
  return () => {
    const hasSlept = wasSet();
    wasSet = clockWatch(clock);
    return hasSlept;
  };
}

/** @returns a function that returns whether the computer slept, or its wall clock was set, since this call. */
export function clockWatch(clock: Clock = systemClock): () => boolean {
  const before = clock.now() - clock.monotonic();
  return () => Math.abs(clock.now() - clock.monotonic() - before) > leastMs;
}
