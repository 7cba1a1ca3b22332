import type { SessionsClient } from '../../client/client.ts';
import { Deadline } from '../../time/deadline.ts';
import { pause, type Watch } from './changes.ts';

/** A change may show in the list a little later than its time says, and clocks differ. */
const overlapMs = 60_000;

/** With more changes at once than fit these pages, the page reads its list again. */
const maxPages = 4;

/** Rather than wait for the rate budget, it looks again next time: people's own requests come first. */
const maxWaitMs = 2000;

interface PollOptions {
  readonly client: Pick<SessionsClient, 'sessionPages' | 'clockOffset'>;
  readonly everyMs: number;
  /** Called with every failed look. The next one tells what changed meanwhile. */
  readonly onError: (error: unknown) => void;
}

/** Watches an API that tells nothing by itself: asks again and again for the sessions that changed of late. */
export function pollList({ client, everyMs, onError }: PollOptions): Watch {
  return async function* (signal) {
    let known: ReadonlyMap<string, string> | undefined;
    const now = () => Date.now() + (client.clockOffset() ?? 0);
    let lookedAt = now();
    while (!signal.aborted) {
      const began = now();
      const updated_after = new Date(lookedAt - overlapMs).toISOString();
      const found = new Map<string, string>();
      let isWhole = true;
      try {
        let pagesRead = 0;
        const limits = { signal, maxWaitMs, deadline: Deadline.after(everyMs) };
        for await (const page of client.sessionPages({ updated_after }, limits)) {
          for (const { id, updated_at } of page.items) found.set(id, updated_at);
          pagesRead += 1;
          if (pagesRead === maxPages && page.next) {
            isWhole = false;
            break;
          }
        }
        const before = known;
        if (before === undefined || !isWhole) yield 'everything';
        else {
          const changed = [...found].filter(([id, at]) => before.get(id) !== at).map(([id]) => id);
          if (changed.length > 0) yield changed;
        }
        known = found;
        lookedAt = began;
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        // The page has to begin with something, and shows its own errors.
        if (known === undefined) {
          known = new Map();
          yield 'everything';
        }
      }
      await pause(everyMs, signal);
    }
  };
}
