import type { Dispatcher } from 'undici';

/** A pool whose idle connections can be closed. */
export type RenewablePool = Dispatcher & { dropIdle(): void };
