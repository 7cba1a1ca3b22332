import { describe, expect, it } from 'vitest';
import { RepeatedCursorError, UpstreamError } from '../../../src/client/errors.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import type { HistoryPage } from '../../../src/conversations/reading/history-page.ts';
import { readNewestMessages } from '../../../src/conversations/reading/newest-messages.ts';
import { endlessPages, message, now, pagesOf } from '../../support/fakes/fakes.ts';

const start = Date.parse('2026-02-01T00:00:00.000Z');
const m = (n: number, type = 'message') => message(`m${n}`, start + n * 60_000, type);
const wanted = { limit: 3, includeEvents: false, now };
const failed = new UpstreamError('Gone.', { mayHaveArrived: false });

/** Pages of these entries, the first of which has this cursor. After them there is more, or an error. */
async function* pages(
  cursor: string | undefined,
  lists: HistoryItem[][],
  { more = false, error, ...rest }: { more?: boolean; error?: Error; unread?: string } = {},
): AsyncGenerator<HistoryPage, void, undefined> {
  for (const [n, items] of lists.entries()) {
    const isLast = n === lists.length - 1;
    const next = isLast && !more && error === undefined ? null : `p${n + 1}`;
    yield { items, next, cursor: n === 0 ? cursor : `p${n}`, ...rest };
  }
  if (error) throw error;
}
const ids = (items: readonly HistoryItem[]) => items.map(({ id }) => id);

describe('a part of a history that is oldest first', () => {
  it('has older entries before it, and its end', async () => {
    const window = await readNewestMessages(pages('c', [[m(5), m(6)]]), wanted);
    expect(window).toMatchObject({ complete: false, newestReached: true, olderExist: true, counted: 2 });
    expect(window).not.toHaveProperty('readOn');
    expect(window).not.toHaveProperty('oldestRead');
  });

  it('without messages leads to what is before the events that were read', async () => {
    const events = [m(5, 'tag'), m(6, 'tag')];
    const window = await readNewestMessages(pages('c', [events]), wanted);
    expect(window).toMatchObject({ items: [], olderExist: true, oldestRead: { id: 'm5' }, eventsLeftOut: 2 });
    expect(await readNewestMessages(pages(undefined, [events]), wanted)).not.toHaveProperty('oldestRead');
    const nothing = await readNewestMessages(pages('c', [[]]), wanted);
    expect(nothing).not.toHaveProperty('oldestRead');
    const all = await readNewestMessages(pages('c', [events]), { ...wanted, includeEvents: true });
    expect(all).not.toHaveProperty('oldestRead');
  });

  it('that goes up to what was wanted before is not read on', async () => {
    const lists = [[m(5), m(6)]];
    const window = await readNewestMessages(pages('c', lists, { more: true }), { ...wanted, before: 'm6' });
    expect(ids(window.items)).toEqual(['m5']);
    expect(window).not.toHaveProperty('readOn');
  });

  it('that begins with what was wanted before is read on from its beginning', async () => {
    const window = await readNewestMessages(pages('c', [[m(5), m(6)]], { more: true }), {
      ...wanted,
      before: 'm5',
    });
    expect(window).toMatchObject({
      items: [],
      newestReached: true,
      readOn: { start: 'p1', before: 'm5', isOlder: false },
    });
  });

  it.each([
    ['after one page, with the next', [[m(1), m(2)]], 'p1'],
    [
      'after several, with the last once more',
      [
        [m(1), m(2)],
        [m(3), m(4)],
      ],
      'p1',
    ],
  ])('that could not be read further %s', async (_, lists, from) => {
    const window = await readNewestMessages(pages('c', lists, { error: failed }), wanted);
    expect(window).toMatchObject({ newestReached: false, interrupted: 'failed', readOn: { start: from } });
    const unread = await readNewestMessages(pages('c', lists, { error: failed, unread: 'u' }), wanted);
    expect(unread.readOn?.start).toBe(lists.length === 1 ? 'u' : 'p1');
    const repeated = pages('c', lists, { error: new RepeatedCursorError('Twice.') });
    const circle = await readNewestMessages(repeated, wanted);
    expect(circle).toMatchObject({ newestReached: false, interrupted: 'repeated_cursor' });
    expect(circle).not.toHaveProperty('readOn');
  });
});

describe('a part of a history that is newest first', () => {
  it('is read on until there is one more than wanted', async () => {
    const { pages: exact, counter } = pagesOf([m(9), m(8), m(7), m(6), m(5), m(4)], 3);
    expect(await readNewestMessages(exact, wanted)).toMatchObject({ olderExist: true, complete: true });
    expect(counter.read).toBe(2);
    const more = pagesOf([m(9), m(8), m(7), m(6), m(5), m(4)], 4);
    expect(await readNewestMessages(more.pages, wanted)).toMatchObject({ olderExist: true, complete: false });
    expect(more.counter.read).toBe(1);
  });

  it('counts all that was read, also of what is before an entry', async () => {
    const items = Array.from({ length: 100 }, (_, n) => m(99 - n));
    const window = await readNewestMessages(pagesOf(items, 10).pages, { ...wanted, before: 'm98' });
    expect(window).toMatchObject({ complete: false, counted: 10 });
    expect(ids(window.items)).toEqual(['m95', 'm96', 'm97']);
  });

  it('is older as a whole if it goes on from a part that was', async () => {
    const older = { ...wanted, before: 'm9', isOlder: true };
    const window = await readNewestMessages(pages('c', [[m(5), m(4)]]), older);
    expect(ids(window.items)).toEqual(['m4', 'm5']);
    expect(window).toMatchObject({ before: 'm9', newestReached: true, olderExist: false });
    expect(window).not.toHaveProperty('beforeNotReached');
    // Of one entry no order can be told.
    const one = await readNewestMessages(pages('c', [[m(5)]]), older);
    expect(one).toMatchObject({ newestReached: true });
    expect(one).not.toHaveProperty('counted');
    // With what is remembered, it begins with the first page.
    const whole = await readNewestMessages(pages(undefined, [[m(10), m(9), m(8)]]), older);
    expect(ids(whole.items)).toEqual(['m8']);
  });

  it('in which an entry was not reached is read on, and what was before may be older', async () => {
    const endless = endlessPages((page) => [m(1000 - page)]);
    const window = await readNewestMessages(endless, { ...wanted, before: 'zzz' });
    expect(window).toMatchObject({
      newestReached: true,
      beforeNotReached: true,
      readOn: { start: '80', before: 'zzz', isOlder: false },
    });
    const none = endlessPages((page) => [m(1000 - page, page === 0 ? 'message' : 'tag')]);
    const events = await readNewestMessages(none, { ...wanted, before: 'm1000' });
    expect(events).toMatchObject({ items: [], readOn: { start: '80', isOlder: true } });
    expect(events).not.toHaveProperty('oldestRead');
  });
});

it('a history without any page is empty', async () => {
  expect(await readNewestMessages(pages(undefined, []), wanted)).toStrictEqual({
    items: [],
    counted: 0,
    complete: true,
    newestReached: true,
    olderExist: false,
    eventsLeftOut: 0,
  });
});
