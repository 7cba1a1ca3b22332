import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Change, ChangeFeed, type Numbered } from '../../src/inbox/live/changes.ts';
import { pollList } from '../../src/inbox/live/poll-list.ts';
import { together, watchDrafts } from '../../src/inbox/live/watch-drafts.ts';
import { memoryOutbox } from '../../src/state/memory/outbox.ts';
import { newDraft } from '../support/state/outbox-contract.ts';
import { settableClock } from '../support/state/settable-clock.ts';

/** A watch that tells what a test says, and how often it was begun. */
function scripted() {
  const waiting: ((change: Change) => void)[] = [];
  const state = { begun: 0, ended: 0 };
  return {
    state,
    tell: (change: Change) => waiting.shift()?.(change),
    watch: async function* (signal: AbortSignal) {
      state.begun += 1;
      try {
        yield 'everything' as const;
        while (!signal.aborted) {
          const change = await new Promise<Change | undefined>((resolve) => {
            waiting.push(resolve);
            signal.addEventListener('abort', () => resolve(undefined));
          });
          if (change !== undefined) yield change;
        }
      } finally {
        state.ended += 1;
      }
    },
  };
}

function follower(feed: ChangeFeed, after?: string) {
  const controller = new AbortController();
  const changes = feed.follow(after, controller.signal);
  const next = async () => (await changes.next()).value as Numbered;
  const leave = async () => {
    controller.abort();
    await changes.next();
  };
  return { next, leave };
}

describe('a feed of changes', () => {
  it('watches only while somebody follows it', async () => {
    const { state, watch } = scripted();
    const feed = new ChangeFeed(watch, () => {});
    expect([feed.isWatching, state.begun]).toEqual([false, 0]);
    const [one, two] = [follower(feed), follower(feed)];
    expect((await one.next()).change).toBe('everything');
    expect((await two.next()).change).toBe('everything');
    expect([feed.isWatching, state.begun]).toEqual([true, 1]);
    await one.leave();
    expect(feed.isWatching).toBe(true);
    await two.leave();
    expect(feed.isWatching).toBe(false);
    await expect.poll(() => state.ended).toBe(1);
  });

  it('goes on where a page was, as long as somebody else kept it watching', async () => {
    const { tell, watch } = scripted();
    const feed = new ChangeFeed(watch, () => {});
    const [stays, leaves] = [follower(feed), follower(feed)];
    await stays.next();
    const { id } = await leaves.next();
    await leaves.leave();
    tell(['a']);
    expect((await stays.next()).change).toEqual(['a']);
    tell(['b']);
    expect((await stays.next()).change).toEqual(['b']);
    const back = follower(feed, id);
    expect([(await back.next()).change, (await back.next()).change]).toEqual([['a'], ['b']]);
    await back.leave();
    await stays.leave();
  });

  it.each(['nothing', '', 'x-1', `${crypto.randomUUID()}-1`])(
    'says that everything may have changed after a place it does not know: %j',
    async (after) => {
      const { watch } = scripted();
      const feed = new ChangeFeed(watch, () => {});
      const one = follower(feed);
      await one.next();
      const other = follower(feed, after);
      expect((await other.next()).change).toBe('everything');
      await other.leave();
      await one.leave();
    },
  );

  it('watches again after a failure', async () => {
    let begun = 0;
    const errors: unknown[] = [];
    const feed = new ChangeFeed(
      async function* () {
        begun += 1;
        yield 'everything';
        throw new Error('broken');
      },
      (error) => errors.push(error),
    );
    const one = follower(feed);
    expect((await one.next()).change).toBe('everything');
    expect((await one.next()).change).toBe('everything');
    expect(begun).toBe(2);
    expect(errors.length).toBeGreaterThan(0);
    await one.leave();
  });

  it('ends for everybody when it is closed', async () => {
    const { watch } = scripted();
    const feed = new ChangeFeed(watch, () => {});
    const one = follower(feed);
    await one.next();
    const ended = one.next();
    feed.close();
    expect(await ended).toBeUndefined();
    expect(feed.isWatching).toBe(false);
  });

  it('tells the changes of several watches', async () => {
    const [a, b] = [scripted(), scripted()];
    const feed = new ChangeFeed(together([a.watch, b.watch]), () => {});
    const one = follower(feed);
    expect([(await one.next()).change, (await one.next()).change]).toEqual(['everything', 'everything']);
    b.tell('drafts');
    expect((await one.next()).change).toBe('drafts');
    a.tell(['x']);
    expect((await one.next()).change).toEqual(['x']);
    await one.leave();
    await expect.poll(() => [a.state.ended, b.state.ended]).toEqual([1, 1]);
  });
});

describe('a watch of drafts', () => {
  afterEach(() => void vi.useRealTimers());

  /** A watch of an outbox with one draft, which time passes for at will. */
  async function watched() {
    vi.useFakeTimers();
    const clock = settableClock();
    const outbox = memoryOutbox(clock);
    const draft = await outbox.add({ ...newDraft(clock), created: Date.now(), expires: Date.now() + 60_000 });
    const controller = new AbortController();
    const state = { lists: 0, told: 0 };
    const list = () => {
      state.lists += 1;
      return outbox.list();
    };
    const errors: unknown[] = [];
    const watch = watchDrafts({ list, revisions: outbox.revisions }, (error) => errors.push(error));
    const ended = (async () => {
      for await (const _ of watch(controller.signal)) state.told += 1;
    })();
    const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
    await pass(0);
    const end = async () => {
      controller.abort();
      await ended;
      expect(errors).toEqual([]);
    };
    return { outbox, draft, state, pass, end };
  }

  it('tells a draft that expires', async () => {
    const { state, pass, end } = await watched();
    await pass(59_000);
    expect(state.told).toBe(1);
    await pass(2000);
    expect(state.told).toBe(2);
    await end();
  });

  it('tells that it is not known what became of an approval whose process ended', async () => {
    const { outbox, draft, state, pass, end } = await watched();
    const decision = { id: 'd', by: 'sam', at: Date.now(), until: Date.now() + 5000 };
    await outbox.change(draft, { state: 'sending', decision });
    await pass(1000);
    expect(state.told).toBe(2);
    await pass(5000);
    expect(state.told).toBe(3);
    await end();
  });

  it('reads the drafts only after a change', async () => {
    const { outbox, draft, state, pass, end } = await watched();
    await pass(10_000);
    expect(state).toEqual({ lists: 1, told: 1 });
    await outbox.change(draft, { state: 'rejected' });
    await pass(10_000);
    expect(state).toEqual({ lists: 2, told: 2 });
    await end();
  });
});

describe('an API that tells nothing by itself', () => {
  it('is asked for what changed of late, and only what differs is told', async () => {
    const pages = [
      [{ id: 'a', updated_at: '1' }],
      [
        { id: 'a', updated_at: '1' },
        { id: 'b', updated_at: '2' },
      ],
      new Error('away'),
      [
        { id: 'a', updated_at: '3' },
        { id: 'b', updated_at: '2' },
      ],
    ];
    const queries: unknown[] = [];
    const errors: unknown[] = [];
    const client = {
      clockOffset: () => undefined,
      async *sessionPages(query: unknown) {
        queries.push(query);
        const page = pages.shift() ?? [];
        if (page instanceof Error) throw page;
        yield { items: page, next: null };
      },
    };
    const controller = new AbortController();
    const told: Change[] = [];
    const watch = pollList({ client: client as never, everyMs: 1, onError: (error) => errors.push(error) });
    for await (const change of watch(controller.signal)) {
      told.push(change);
      if (told.length === 3) controller.abort();
    }
    expect(told).toEqual(['everything', ['b'], ['a']]);
    expect(errors).toHaveLength(1);
    expect(queries).toHaveLength(4);
    expect(queries[0]).toEqual({ updated_after: expect.stringMatching(/^\d{4}-.*Z$/) });
  });
});
