import type { Outbox } from '../../state/outbox/outbox.ts';
import { pause, type Watch } from './changes.ts';

/** Drafts come from other processes, which tell nothing by themselves. */
const everyMs = 500;

/** Watches the drafts of an outbox until the signal aborts. */
export function watchDrafts(outbox: Pick<Outbox, 'list'>, onError: (error: unknown) => void): Watch {
  return async function* (signal) {
    let known: string | undefined;
    while (!signal.aborted) {
      try {
        const drafts = await outbox.list();
        const stamp = drafts.map(({ number, revision }) => `${number}.${revision}`).join(' ');
        if (stamp !== known) yield 'drafts';
        known = stamp;
      } catch (error) {
        onError(error);
      }
      await pause(everyMs, signal);
    }
  };
}

/** Watches several things at once. It ends, or fails, with the first of them that does. */
export function together(watches: readonly Watch[]): Watch {
  return async function* (signal) {
    const ended = new AbortController();
    const end = () => ended.abort();
    signal.addEventListener('abort', end);
    const iterators = watches.map((watch) => watch(ended.signal)[Symbol.asyncIterator]());
    const next = (n: number) => iterators[n]?.next().then((result) => ({ n, result }));
    const pending = new Map(iterators.map((_, n) => [n, next(n)]));
    try {
      while (true) {
        const first = await Promise.race(pending.values());
        if (first === undefined || first.result.done) return;
        pending.set(first.n, next(first.n));
        yield first.result.value;
      }
    } finally {
      signal.removeEventListener('abort', end);
      end();
      // What is still on its way has nobody to tell.
      for (const one of pending.values()) one?.catch(() => {});
    }
  };
}
