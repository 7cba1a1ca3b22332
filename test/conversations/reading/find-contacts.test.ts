import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { CancelledError, UpstreamError } from '../../../src/client/errors.ts';
import type { SearchResults, Session } from '../../../src/contract/entities.ts';
import { findContacts } from '../../../src/conversations/reading/find-contacts.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { contextOf, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

type Hit = SearchResults['contacts'][number];
const hit = (id: string, more: Partial<Hit> = {}) => ({ id, ...more }) as Hit;
const contact = (id: string) => ({ ...fullSession.contact, id });
const of = (id: string): Session => session(`s-${id}`, { contact: contact(id) } as Partial<Session>);

/** Looks for contacts in these pages of the session list, the last of which may fail. */
async function find(hits: Hit[], pages: Session[][], error?: Error, isCancelled = false) {
  const clock = settableClock();
  const abortController = new AbortController();
  const asked: unknown[] = [];
  let pagesRead = 0;
  const client: Partial<SessionsClient> = {
    async *sessionPages(query, options) {
      asked.push(query, options?.deadline?.remainingMs);
      for (const [n, items] of pages.entries()) {
        pagesRead += 1;
        yield { items, next: String(n), cursor: undefined };
      }
      if (isCancelled) abortController.abort();
      if (error) throw error;
    },
  };
  const call = { signal: abortController.signal, deadline: Deadline.after(10_000, clock) };
  const found = await findContacts(hits, contextOf(client, { clock, call }));
  return { found: [...found], pagesRead, asked };
}

describe('the contacts that a search shows without name and email', () => {
  it('are found among recent sessions, in part of the time of the call', async () => {
    const { found, asked } = await find(
      [hit('c1'), hit('c3')],
      [[session('s0'), of('c1'), of('c2')], [of('c3')]],
    );
    expect(found).toEqual([
      ['c1', contact('c1')],
      ['c3', contact('c3')],
    ]);
    expect(asked).toEqual([{}, 7000]);
  });

  it.each([{ name: 'Ada' }, { email: 'ada@example.com' }])('are not those with %j', async (more) => {
    expect(await find([hit('c1', more)], [[of('c1')]])).toEqual({ found: [], pagesRead: 0, asked: [] });
  });

  it('are looked for until all are found, in four pages at most', async () => {
    const pages = [[of('c1')], [of('c2')], [], [of('c4')], [of('c5')]];
    expect((await find([hit('c2')], pages)).pagesRead).toBe(2);
    const { found, pagesRead } = await find([hit('c4'), hit('c5')], pages);
    expect([found.map(([id]) => id), pagesRead]).toEqual([['c4'], 4]);
  });

  it('are those that were found before a page failed, unless the call was cancelled', async () => {
    const failed = new UpstreamError('Gone.', { mayHaveArrived: false });
    const { found } = await find([hit('c1'), hit('c2')], [[of('c1')]], failed);
    expect(found.map(([id]) => id)).toEqual(['c1']);
    const cancelled = new CancelledError('Cancelled.', { mayHaveArrived: false });
    await expect(find([hit('c1'), hit('c2')], [[of('c1')]], cancelled, true)).rejects.toBe(cancelled);
  });
});
