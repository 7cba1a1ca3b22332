import { setTimeout } from 'node:timers/promises';

/** Where all code below the command line gets its time from. Tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. It may be set back or forward: use it to compare with the API's times, and across restarts. */
  now(): number;
  /** Milliseconds since some fixed moment. Nobody sets it: use it to measure and limit durations. */
  monotonic(): number;
  /** @throws when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal ? { signal } : {}),
};

/** Resolves in the next turn of the event loop, after the input and output that is waiting. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
