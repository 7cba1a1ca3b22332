import type { Store } from '../store/store.ts';

/** What the rules work with. */
export interface Service {
  readonly store: Store;
  readonly now: () => Date;
  /** Key that signs cursors; kept in the database, so that every process reads the cursors of every other. */
  readonly cursorSecret: string;
  /** Where customers are answered by the AI. */
  readonly ai?: {
    /** Milliseconds between a message and its answer. */
    readonly delayMs: number;
    /** To be told when something was put down as due in so many milliseconds. */
    readonly wake: (inMs: number) => void;
  };
}

/** The time as it is stored and sent: ISO 8601, UTC, milliseconds. */
export function timestamp(service: Service): string {
  return service.now().toISOString();
}

/**
 * The time of a change to something last changed at `before`. Never earlier, so that a history stays in order
 * even where the clocks of two processes differ.
 */
export function timestampAfter(service: Service, before: string): string {
  const now = timestamp(service);
  return now > before ? now : before;
}
