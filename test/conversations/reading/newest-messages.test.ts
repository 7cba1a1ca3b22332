import { describe, expect, it } from 'vitest';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { ArgumentError } from '../../../src/conversations/errors.ts';
import { readNewestMessages } from '../../../src/conversations/reading/newest-messages.ts';
import { endlessPages, message, now, pagesOf, seeded } from '../../support/fakes/fakes.ts';

const start = Date.parse('2026-02-01T00:00:00.000Z');

/** `n` messages, a minute apart, oldest first: m0, m1, ... */
const messages = (n: number) => Array.from({ length: n }, (_, i) => message(`m${i}`, start + i * 60_000));

const wanted = { limit: 3, includeEvents: false, now };
const idsOf = (items: readonly HistoryItem[]) => items.map(({ id }) => id);

describe.each(['oldest first', 'newest first'] as const)('a history that is %s', (order) => {
  const inOrder = (items: HistoryItem[]) => (order === 'newest first' ? items.toReversed() : items);
  const read = (items: HistoryItem[], size: number, more: object = {}) =>
    readNewestMessages(pagesOf(inOrder(items), size).pages, { ...wanted, ...more });

  it('is read from its newest end, in reading order', async () => {
    const window = await read(messages(10), 4);
    expect(idsOf(window.items)).toEqual(['m7', 'm8', 'm9']);
    expect(window).toMatchObject({ newestReached: true, olderExist: true });
  });

  it('is read completely if it is no longer than the limit', async () => {
    const window = await read(messages(3), 2);
    expect(idsOf(window.items)).toEqual(['m0', 'm1', 'm2']);
    expect(window).toMatchObject({ counted: 3, complete: true, newestReached: true, olderExist: false });
  });

  it('is not complete if reading began behind its first page', async () => {
    async function* rest() {
      for await (const page of pagesOf(inOrder(messages(3)), 2).pages)
        yield { ...page, cursor: page.cursor ?? 'later' };
    }
    expect(await readNewestMessages(rest(), wanted)).toMatchObject({ complete: false });
  });

  it('may be empty', async () => {
    expect(await read([], 4)).toStrictEqual({
      items: [],
      counted: 0,
      complete: true,
      newestReached: true,
      olderExist: false,
      eventsLeftOut: 0,
    });
  });

  it('counts the events that it leaves out, in the stretch that is shown', async () => {
    const mixed = Array.from({ length: 12 }, (_, i) =>
      message(`m${i}`, start + i * 60_000, i % 3 === 0 ? 'handoff' : 'message'),
    );
    const part = await read(mixed, 4);
    expect(idsOf(part.items)).toEqual(['m8', 'm10', 'm11']);
    expect(part.eventsLeftOut).toBe(1);
    expect((await read(mixed, 4, { limit: 20 })).eventsLeftOut).toBe(4);
    expect((await read(mixed, 4, { limit: 20, before: 'm6' })).eventsLeftOut).toBe(2);
    expect((await read(mixed, 4, { limit: 20, includeEvents: true })).eventsLeftOut).toBe(0);
  });

  it('is read up to the id of a message', async () => {
    const window = await read(messages(10), 4, { before: 'm7' });
    expect(idsOf(window.items)).toEqual(['m4', 'm5', 'm6']);
    expect(window).toMatchObject({ newestReached: true, olderExist: true });
    const first = await read(messages(10), 4, { before: 'm1' });
    expect(idsOf(first.items)).toEqual(['m0']);
    expect(first.olderExist).toBe(false);
    const none = await read(messages(10), 4, { before: 'm0' });
    expect(none).toMatchObject({ items: [], olderExist: false });
  });

  it('turns an age in `before` into a time', async () => {
    expect((await read(messages(10), 4, { before: '1d' })).before).toBe('2026-02-28T12:00:00.000Z');
    expect(await read(messages(10), 4)).not.toHaveProperty('before');
  });

  it.each([
    ['between two messages', '2026-02-01T00:04:30Z', ['m2', 'm3', 'm4']],
    ['of a message, which is left out', '2026-02-01T00:05:00Z', ['m2', 'm3', 'm4']],
    ['with an offset', '2026-02-01T02:05:00+02:00', ['m2', 'm3', 'm4']],
    ['after the end', '2026-02-02', ['m7', 'm8', 'm9']],
    ['as an age', '1d', ['m7', 'm8', 'm9']],
    ['before the beginning', '2026-01-31', []],
  ])('is read up to a time %s', async (_, before, expected) => {
    expect(idsOf((await read(messages(10), 4, { before })).items)).toEqual(expected);
  });

  it('is read up to an event that is not shown', async () => {
    const items = messages(10);
    items.splice(5, 0, message('e1', start + 4 * 60_000 + 1, 'handoff'));
    const window = await read(items, 3, { before: 'e1' });
    expect(idsOf(window.items)).toEqual(['m2', 'm3', 'm4']);
    expect(window.counted ?? 0).toBeLessThanOrEqual(10);
  });

  it('refuses a `before` with an unknown id', async () => {
    await expect(read(messages(10), 4, { before: 'm99' })).rejects.toThrow(ArgumentError);
    await expect(read(messages(10), 4, { before: 'm99' })).rejects.toThrow('has no such event');
    await expect(read([], 4, { before: 'm99' })).rejects.toThrow(ArgumentError);
  });

  it('refuses a `before` with a day that does not exist and says so', async () => {
    await expect(read(messages(10), 4, { before: '2026-02-31' })).rejects.toThrow(
      'there is no day 2026-02-31',
    );
  });

  it('leaves out other events unless they are requested', async () => {
    const items = messages(4);
    items.splice(3, 0, message('e1', start + 2 * 60_000 + 1, 'handoff'));
    expect(await read(items, 2)).toMatchObject({ items: [{ id: 'm1' }, { id: 'm2' }, { id: 'm3' }] });
    const all = await read(items, 10, { includeEvents: true });
    expect(idsOf(all.items)).toEqual(['m2', 'e1', 'm3']);
    expect(all.counted).toBe(5);
  });

  it('may have neighbours out of order', async () => {
    const items = messages(30);
    const swapped = inOrder(items);
    [swapped[0], swapped[1]] = [swapped[1] as HistoryItem, swapped[0] as HistoryItem];
    const window = await readNewestMessages(pagesOf(swapped, 10).pages, wanted);
    expect(window.items).toHaveLength(3);
    expect(new Set(idsOf(window.items))).toEqual(new Set(['m27', 'm28', 'm29']));
  });

  it('is read back to its beginning with `before`, every message once', async () => {
    const random = seeded(order.length);
    for (let round = 0; round < 150; round += 1) {
      let at = start;
      const items = Array.from({ length: random.below(40) }, (_, i) => {
        at += random.chance(0.4) ? 0 : random.below(5000);
        return message(`m${i}`, at, random.chance(0.25) ? 'handoff' : 'message');
      });
      const includeEvents = random.chance(0.5);
      const expected = items.filter(({ event }) => includeEvents || event.type === 'message');
      const size = 1 + random.below(12);
      const limit = 1 + random.below(8);
      // If all times are equal, the order cannot be detected, and the order of the API is kept.
      const tied = new Set(expected.map(({ created_at }) => created_at)).size === 1;

      const seen: HistoryItem[] = [];
      let before: string | undefined;
      let counted = 0;
      for (let calls = 0; ; calls += 1) {
        expect(calls).toBeLessThanOrEqual(expected.length);
        const { pages } = pagesOf(inOrder(items), size);
        const window = await readNewestMessages(pages, { limit, before, includeEvents, now });
        expect(window.items.length).toBeLessThanOrEqual(limit);
        expect(window.counted ?? 0).toBeLessThanOrEqual(expected.length);
        if (window.complete) expect(window.counted).toBe(expected.length);
        // The count of the whole history never shrinks on the way back.
        expect(window.counted ?? counted).toBeGreaterThanOrEqual(counted);
        counted = window.counted ?? counted;
        expect(window.before).toBe(before);
        expect(window.newestReached).toBe(true);
        seen.unshift(...window.items);
        if (!window.olderExist) break;
        before = window.items[0]?.id ?? expect.unreachable('older ones exist, but none to go on from');
      }
      expect(idsOf(seen)).toEqual(idsOf(tied ? inOrder(expected) : expected));
    }
  });
});

describe('reading stops', () => {
  it('as soon as there is enough if the history is newest first', async () => {
    const { pages, counter } = pagesOf(messages(100).toReversed(), 10);
    const window = await readNewestMessages(pages, wanted);
    expect(counter.read).toBe(1);
    expect(window).toMatchObject({ complete: false, newestReached: true, olderExist: true, counted: 10 });
    expect(window).not.toHaveProperty('readOn');
  });

  it('at the end if the history is oldest first', async () => {
    const { pages, counter } = pagesOf(messages(100), 10);
    expect(await readNewestMessages(pages, wanted)).toMatchObject({ complete: true, counted: 100 });
    expect(counter.read).toBe(10);
  });

  it('at `before` if the history is oldest first', async () => {
    const { pages, counter } = pagesOf(messages(100), 10);
    const window = await readNewestMessages(pages, { ...wanted, before: 'm15' });
    expect(counter.read).toBe(2);
    expect(window).toMatchObject({ complete: false, newestReached: true });
    expect(window).not.toHaveProperty('counted');
    expect(window).not.toHaveProperty('readOn');
    expect(idsOf(window.items)).toEqual(['m12', 'm13', 'm14']);
  });

  it('after 80 pages, and reports that the newest are missing', async () => {
    let pagesRead = 0;
    const endless = endlessPages((page) => {
      pagesRead = page + 1;
      return [message(`m${page}`, start + page * 1000)];
    });
    const window = await readNewestMessages(endless, wanted);
    expect(pagesRead).toBe(80);
    expect(window).toMatchObject({ complete: false, newestReached: false, olderExist: true, counted: 80 });
    expect(idsOf(window.items)).toEqual(['m77', 'm78', 'm79']);
  });

  it('after 80 pages even if none has a message', async () => {
    const endless = endlessPages((page) => [message(`e${page}`, start - page * 1000, 'tag_added')]);
    expect(await readNewestMessages(endless, wanted)).toMatchObject({
      items: [],
      complete: false,
      counted: 0,
    });
  });

  it('after 80 pages, and reports that older ones may exist', async () => {
    const endless = endlessPages((page) => [
      message(`m${page}`, start - page * 1000, page < 2 ? 'message' : 'tag'),
    ]);
    const window = await readNewestMessages(endless, wanted);
    expect(idsOf(window.items)).toEqual(['m1', 'm0']);
    expect(window).toMatchObject({ complete: false, newestReached: true, olderExist: true, counted: 2 });
  });

  it('at the end of a history of exactly 80 pages, which is complete', async () => {
    expect(await readNewestMessages(pagesOf(messages(80), 1).pages, wanted)).toMatchObject({
      complete: true,
      newestReached: true,
      counted: 80,
    });
  });

  it('after 80 pages without calling an id unknown that may come later', async () => {
    const endless = endlessPages((page) => [message(`m${page}`, start + page * 1000)]);
    const window = await readNewestMessages(endless, { ...wanted, before: 'm99' });
    expect(window).toMatchObject({ items: [], beforeNotReached: true, newestReached: false });
    expect(window.readOn).toMatchObject({ start: '79', before: 'm99' });
  });
});
