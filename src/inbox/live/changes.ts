/** Ids of sessions that changed; that drafts did; or that anything may have changed. */
export type Change = readonly string[] | 'drafts' | 'everything';

/**
 * Watches until the signal aborts. It says `everything` as soon as it watches, and again whenever it may have
 * missed something.
 */
export type Watch = (signal: AbortSignal) => AsyncIterable<Change>;

/** A change and its place in the feed. */
export interface Numbered {
  readonly id: string;
  readonly change: Change;
}

/** A page that was away for longer than this many changes reads everything again. */
const maxKept = 500;

/** Pause before watching is tried again after a failure. */
const retryMs = 1000;

/**
 * Tells any number of pages what changes. It watches only while one of them listens.
 */
export class ChangeFeed {
  readonly #watch: Watch;
  readonly #onError: (error: unknown) => void;
  readonly #wakers = new Set<() => void>();
  #kept: Numbered[] = [];
  #epoch = '';
  #count = 0;
  #watching: AbortController | undefined;
  #isClosed = false;

  constructor(watch: Watch, onError: (error: unknown) => void) {
    this.#watch = watch;
    this.#onError = onError;
  }

  get isWatching(): boolean {
    return this.#watching !== undefined;
  }

  /**
   * Follows the changes until the signal aborts.
   * @param after the id of the last change that the page knows of. If what came after it is not known any more, the first
   * change is `everything`.
   */
  async *follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<Numbered, void, undefined> {
    if (this.#isClosed || signal.aborted) return;
    let wake = () => {};
    const waker = () => wake();
    this.#wakers.add(waker);
    signal.addEventListener('abort', waker);
    this.#start();
    try {
      let position = this.#positionOf(after);
      while (!signal.aborted && !this.#isClosed) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (position === undefined || position < this.#count - this.#kept.length) {
          // Before the watch is up, a page could read the state and miss what changes right after.
          if (this.#count > 0) {
            position = this.#count;
            yield { id: this.#idOf(position), change: 'everything' };
            continue;
          }
        } else if (position < this.#count) {
          const next = this.#kept[position - (this.#count - this.#kept.length)];
          position += 1;
          if (next) yield next;
          continue;
        }
        await woken;
      }
    } finally {
      signal.removeEventListener('abort', waker);
      this.#wakers.delete(waker);
      if (this.#wakers.size === 0) this.#stop();
    }
  }

  /** Ends everything that follows. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    for (const wake of this.#wakers) wake();
  }

  #idOf(position: number): string {
    return `${this.#epoch}-${position}`;
  }

  #positionOf(id: string | undefined): number | undefined {
    const [, epoch, position] = /^([\w-]{36})-(\d{1,15})$/.exec(id ?? '') ?? [];
    if (epoch !== this.#epoch || position === undefined || Number(position) > this.#count) return undefined;
    return Number(position);
  }

  #start(): void {
    if (this.#watching) return;
    const watching = new AbortController();
    this.#watching = watching;
    // What changed while nobody watched is not known.
    this.#epoch = crypto.randomUUID();
    this.#kept = [];
    this.#count = 0;
    void this.#run(watching.signal);
  }

  #stop(): void {
    this.#watching?.abort();
    this.#watching = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const change of this.#watch(signal)) {
          if (signal.aborted) return;
          this.#add(change);
        }
      } catch (error) {
        if (!signal.aborted) this.#onError(error);
      }
      if (!signal.aborted) await pause(retryMs, signal);
    }
  }

  #add(change: Change): void {
    // Until all is watched, nobody is told anything: the first thing a page does then is to read everything.
    if (this.#count === 0 && change !== 'everything') return;
    this.#count += 1;
    this.#kept.push({ id: this.#idOf(this.#count), change });
    if (this.#kept.length > maxKept) this.#kept.shift();
    for (const wake of this.#wakers) wake();
  }
}

/** Ends early, without an error, when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
