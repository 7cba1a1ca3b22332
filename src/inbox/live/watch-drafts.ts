import { stateOf } from '../../conversations/outbox/draft-state.ts';
import type { Draft, Outbox } from '../../state/outbox/outbox.ts';
import { systemClock } from '../../time/clock.ts';
import { pause, type Watch } from './changes.ts';

/** Drafts come from other processes, which tell nothing by themselves. */
const everyMs = 500;

/** What the state of a draft follows from. */
type Stated = Pick<Draft, 'number' | 'revision' | 'state' | 'decision' | 'expires'>;

/** Watches the drafts of an outbox until the signal aborts. Some states change by time alone, which no revision tells. */
export function watchDrafts(
  outbox: Pick<Outbox, 'list' | 'revisions'>,
  onError: (error: unknown) => void,
): Watch {
  return async function* (signal) {
    let revisions: string | undefined;
    let drafts: readonly Stated[] = [];
    let told: string | undefined;
    while (!signal.aborted) {
      try {
        // Drafts hold whole attachments: they are read only after a change.
        const latest = JSON.stringify(await outbox.revisions());
        if (latest !== revisions) drafts = (await outbox.list()).map(statedOnly);
        revisions = latest;
        const now = systemClock.now();
        const states = drafts
          .map((draft) => `${draft.number}.${draft.revision} ${stateOf(draft, now)}`)
          .join();
        if (states !== told) yield 'drafts';
        told = states;
      } catch (error) {
        onError(error);
      }
      await pause(everyMs, signal);
    }
  };
}

function statedOnly({ number, revision, state, decision, expires }: Draft): Stated {
  return { number, revision, state, decision, expires };
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
