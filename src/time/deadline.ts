import { setMaxListeners } from 'node:events';
import { type Clock, systemClock } from './clock.ts';

/** The moment by which something must be over. It does not move when the wall clock is set. */
export class Deadline {
  readonly #at: number;
  readonly #clock: Clock;

  private constructor(at: number, clock: Clock) {
    this.#at = at;
    this.#clock = clock;
  }

  static after(ms: number, clock: Clock = systemClock): Deadline {
    return new Deadline(clock.monotonic() + ms, clock);
  }

  /** Milliseconds left; 0 when the deadline has passed. */
  get remainingMs(): number {
    return Math.max(0, this.#at - this.#clock.monotonic());
  }

  get hasPassed(): boolean {
    return this.remainingMs === 0;
  }

  /** Whether work of this length would end in time. */
  allows(ms: number): boolean {
    return ms < this.remainingMs;
  }

  /** A deadline after part of the remaining time, which leaves the rest for what follows. */
  share(fraction: number): Deadline {
    return Deadline.after(this.remainingMs * fraction, this.#clock);
  }

  earlierBy(ms: number): Deadline {
    return new Deadline(this.#at - ms, this.#clock);
  }

  /** This deadline, or the other one if that comes first. */
  orEarlier(other: Deadline | undefined): Deadline {
    return other === undefined || this.remainingMs <= other.remainingMs ? this : other;
  }
}

/**
 * Calls `end` once, with the reason, as soon as the signal aborts or the deadline passes; immediately if either has
 * happened. It uses a timer and a listener instead of a combined signal, because Node 20 may garbage-collect an
 * `AbortSignal.timeout` that only `AbortSignal.any` refers to; it then never fires.
 * @returns a function that clears the timer and removes the listener.
 */
export function onDeadline(
  { signal, deadline }: { readonly signal?: AbortSignal | undefined; readonly deadline: Deadline },
  end: (reason: unknown) => void,
): () => void {
  const release = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  };
  const finish = (reason: unknown) => {
    release();
    end(reason);
  };
  const cancel = () => finish(signal?.reason);
  const expire = () => finish(new DOMException('The deadline has passed.', 'TimeoutError'));
  const timer = setTimeout(expire, deadline.remainingMs);
  if (signal?.aborted) cancel();
  else if (deadline.hasPassed) expire();
  else if (signal) {
    // Dozens of requests may share the signal of a call. Node would warn of a leak from the eleventh.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', cancel);
  }
  return release;
}
