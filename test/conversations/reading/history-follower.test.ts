import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { followHistory } from '../../../src/conversations/reading/history-follower.ts';
import { message } from '../../support/fakes/fakes.ts';

const call = { signal: new AbortController().signal };
/** The message of the nth second. */
const at = (n: number) => message(`m${n}`, n * 1000);

interface Page {
  items: HistoryItem[];
  next?: string;
  characters?: number;
}

/** Follows `watched` through pages by cursor; the first has none. */
function follow(watched: string, pageAt: (cursor: string | undefined) => Page) {
  const requested: (string | undefined)[] = [];
  const client = {
    async listHistory(_id: string, query: { cursor?: string }) {
      const { cursor } = query;
      expect('cursor' in query).toBe(cursor !== undefined);
      requested.push(cursor);
      const { next = null, ...page } = pageAt(cursor);
      return { ...page, next };
    },
  } as unknown as SessionsClient;
  const look = followHistory(client, 's1', (items) => items.findLastIndex(({ id }) => id === watched));
  return {
    async look() {
      const before = requested.length;
      const items = await look(call);
      return { ids: items?.map(({ id }) => id), requested: requested.slice(before) };
    },
  };
}

const byCursor = (pages: Record<string, Page>) => (cursor: string | undefined) =>
  pages[cursor ?? ''] ?? { items: [] };

describe('the end of a history', () => {
  it('that is oldest first is read from the page of the watched message on', async () => {
    const pages: Record<string, Page> = {
      '': { items: [at(1), at(2)], next: 'a' },
      a: { items: [at(3), at(4)], next: 'b' },
      b: { items: [at(5)] },
    };
    const { look } = follow('m4', byCursor(pages));
    expect(await look()).toEqual({ ids: ['m5'], requested: [undefined, 'a', 'b'] });
    pages['b'] = { items: [at(5), at(6)] };
    expect(await look()).toEqual({ ids: ['m5', 'm6'], requested: ['a', 'b'] });
  });

  it('that is newest first is its first page', async () => {
    const { look } = follow(
      'm4',
      byCursor({ '': { items: [at(5), at(4)], next: 'a' }, a: { items: [at(3), at(2)], next: 'b' } }),
    );
    expect(await look()).toEqual({ ids: ['m5'], requested: [undefined] });
    expect(await look()).toEqual({ ids: ['m5'], requested: [undefined] });
  });

  it('that is newest first is three pages if the watched message is not on the first', async () => {
    const pages = {
      '': { items: [at(9), at(8)], next: 'a' },
      a: { items: [at(7), at(6)], next: 'b' },
      b: { items: [at(5), at(4)], next: 'c' },
      c: { items: [at(3), at(2)] },
    };
    expect(await follow('m6', byCursor(pages)).look()).toEqual({
      ids: ['m7', 'm8', 'm9'],
      requested: [undefined, 'a'],
    });
    expect(await follow('m2', byCursor(pages)).look()).toEqual({
      ids: undefined,
      requested: [undefined, 'a', 'b'],
    });
  });

  it('may have the watched message first on its page', async () => {
    const oldest = {
      '': { items: [at(1)], next: 'a' },
      a: { items: [at(2)], next: 'b' },
      b: { items: [at(3)] },
    };
    const { look } = follow('m2', byCursor(oldest));
    await look();
    expect(await look()).toEqual({ ids: ['m3'], requested: ['a', 'b'] });
    const newest = { '': { items: [at(5), at(4)], next: 'a' }, a: { items: [at(3)] } };
    expect(await follow('m5', byCursor(newest)).look()).toEqual({ ids: [], requested: [undefined] });
  });

  it('has nothing after the watched message if that is the last', async () => {
    expect(await follow('m1', byCursor({ '': { items: [at(0), at(1)] } })).look()).toMatchObject({ ids: [] });
  });

  it('has each message once although pages overlap', async () => {
    const pages = { '': { items: [at(1), at(2)], next: 'a' }, a: { items: [at(2), at(3)] } };
    expect(await follow('m1', byCursor(pages)).look()).toMatchObject({ ids: ['m2', 'm3'] });
  });

  it('is not looked for in a circle', async () => {
    const pages = { '': { items: [at(1)], next: 'a' }, a: { items: [at(2)], next: 'a' } };
    expect(await follow('m1', byCursor(pages)).look()).toEqual({ ids: ['m2'], requested: [undefined, 'a'] });
  });

  it('is looked for in eighty pages', async () => {
    const { look } = follow('m1', (cursor) => {
      const n = Number(cursor ?? 1);
      return { items: [at(n)], next: String(n + 1) };
    });
    expect((await look()).requested).toHaveLength(80);
  });

  it.each([
    [20_000_000, 3],
    [20_000_001, 2],
  ])('is looked for in pages of %d characters up to the %dth', async (characters, count) => {
    const pages = {
      '': { items: [at(1)], next: 'a' },
      a: { items: [at(2)], next: 'b', characters },
      b: { items: [at(3)] },
    };
    expect((await follow('m1', byCursor(pages)).look()).requested).toHaveLength(count);
  });
});
