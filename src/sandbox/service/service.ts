import type { Store } from '../store/store.ts';

/** What every operation needs. */
export interface Service {
  readonly store: Store;
  readonly now: () => Date;
  /** Key that signs cursors. Stored in the database, so that all processes on it accept each other's cursors. */
  readonly cursorSecret: string;
  /** Set if the AI answers customers. */
  readonly ai?: {
    /** Milliseconds between a message and its answer. */
    readonly delayMs: number;
    /** Call it after scheduling a job that is due in `inMs` milliseconds. */
    readonly wake: (inMs: number) => void;
  };
}

/** The current time as it is stored and sent: ISO 8601, UTC, milliseconds. */
export function timestamp(service: Service): string {
  return service.now().toISOString();
}

/**
 * The time of a change to a session that was last changed at `before`. Never earlier than `before`, so that the
 * history stays in order even if the clocks of two processes differ.
 */
export function timestampAfter(service: Service, before: string): string {
  const now = timestamp(service);
  return now > before ? now : before;
}
