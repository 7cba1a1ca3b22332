import { describe, expect, it } from 'vitest';
import { InvalidResponseError } from '../../src/client/errors.ts';
import { type FetchedPage, pages } from '../../src/client/pages.ts';
import type { Page } from '../../src/contract/entities.ts';
import { historyItem, smallestSession } from '../support/fakes/examples.ts';
import { failureOf } from '../support/fakes/http-server.ts';
import { scriptedClient } from '../support/fakes/scripted-client.ts';

const api = scriptedClient();

const session = (id: string) => ({ ...smallestSession, id });

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('sessionPages', () => {
  it('follows next, repeats the filters, and returns the cursor of each page', async () => {
    api.upstream.script(
      { json: { items: [session('a'), session('b')], next: 'c1' } },
      { json: { items: [], next: 'c2' } },
      { json: { items: [session('c')], next: null } },
    );
    const found = await collect(api.client.sessionPages({ status: 'open', handed_off: false }));
    expect(found.map(({ items, cursor }) => [cursor, items.map(({ id }) => id)])).toEqual([
      [undefined, ['a', 'b']],
      ['c1', []],
      ['c2', ['c']],
    ]);
    const filters = { status: 'open', handed_off: 'false' };
    expect(api.upstream.requests.map(({ query }) => query)).toEqual([
      filters,
      { ...filters, cursor: 'c1' },
      { ...filters, cursor: 'c2' },
    ]);
  });

  it('begins at a given cursor', async () => {
    api.upstream.script({ json: { items: [], next: null } });
    const [page] = await collect(api.client.sessionPages({ cursor: 'c7', channel_type: 'email' }));
    expect(page?.cursor).toBe('c7');
    expect(api.upstream.requests.map(({ query }) => query)).toEqual([
      { channel_type: 'email', cursor: 'c7' },
    ]);
  });

  it('fetches a page only when it is requested', async () => {
    api.upstream.script({ json: { items: [session('a')], next: 'c1' } });
    for await (const page of api.client.sessionPages()) {
      expect(page.items).toHaveLength(1);
      break;
    }
    expect(api.upstream.requests).toHaveLength(1);
  });

  it.each([
    ['null', { items: [], next: null }],
    ['missing', { items: [] }],
    ['empty', { items: [], next: '' }],
  ])('ends when next is %s', async (_, json) => {
    api.upstream.script({ json });
    expect(await collect(api.client.sessionPages())).toHaveLength(1);
    expect(api.upstream.requests).toHaveLength(1);
  });

  it.each([
    ['its start cursor', 'c0', ['c1', 'c0']],
    ['the current cursor', undefined, ['c1', 'c1']],
    ['an earlier cursor', undefined, ['c1', 'c2', 'c1']],
  ])('throws when the API returns %s again', async (_, cursor, nexts) => {
    api.upstream.script(...nexts.map((next) => ({ json: { items: [], next } })));
    const error = await failureOf(collect(api.client.sessionPages({ cursor })));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect((error as Error).message).toContain('cursor twice');
    expect(api.upstream.requests).toHaveLength(nexts.length);
  });

  it('throws the error of a failed page', async () => {
    api.upstream.script({ json: { items: [], next: 'c1' } }, { status: 403 });
    expect(await failureOf(collect(api.client.sessionPages()))).toMatchObject({ kind: 'forbidden' });
  });

  it('throws when the caller cancels', async () => {
    const controller = new AbortController();
    api.upstream.script({ json: { items: [], next: 'c1' } });
    const pages = api.client.sessionPages({}, { signal: controller.signal });
    await pages.next();
    controller.abort();
    expect(await failureOf(pages.next())).toMatchObject({ kind: 'cancelled' });
    expect(api.upstream.requests).toHaveLength(1);
  });
});

describe('historyPages', () => {
  it('follows next from the first page to the last', async () => {
    api.upstream.script(
      { json: { items: [historyItem], next: 'h1' } },
      { json: { items: [historyItem], next: null } },
    );
    const found = await collect(api.client.historyPages('s1'));
    expect(found.map(({ cursor, items }) => [cursor, items.length])).toEqual([
      [undefined, 1],
      ['h1', 1],
    ]);
    expect(api.upstream.requests.map(({ target }) => target)).toEqual([
      '/chat/sessions/s1/history',
      '/chat/sessions/s1/history?cursor=h1',
    ]);
  });

  it('throws when the API returns a cursor again', async () => {
    api.upstream.script({ json: { items: [], next: 'h1' } }, { json: { items: [], next: 'h1' } });
    expect(await failureOf(collect(api.client.historyPages('s1')))).toBeInstanceOf(InvalidResponseError);
  });
});

describe('a list ends early', () => {
  /** Reads a list of these pages. */
  async function reading(list: readonly Partial<Page<number>>[], start?: string) {
    const asked: (string | undefined)[] = [];
    const found: FetchedPage<number>[] = await collect(
      pages<number>(async (cursor) => {
        asked.push(cursor);
        return { items: [asked.length], next: null, ...list[asked.length - 1] };
      }, start),
    );
    return { asked, found };
  }

  it('at a cursor that is too long for a request', async () => {
    const { asked, found } = await reading([{ next: 'c'.repeat(4096) }, { next: 'd'.repeat(4097) }], 'c0');
    expect(asked).toEqual(['c0', 'c'.repeat(4096)]);
    expect(found).toEqual([
      { items: [1], next: 'c'.repeat(4096), cursor: 'c0' },
      { items: [2], next: null, cursor: 'c'.repeat(4096), endsEarly: true },
    ]);
  });

  it('after twenty million characters, and says where it goes on', async () => {
    const half = { characters: 10_000_000 };
    const { asked, found } = await reading([
      { ...half, next: 'c1' },
      { ...half, next: 'c2' },
      { characters: 1, next: 'c'.repeat(4096) },
    ]);
    expect(asked).toEqual([undefined, 'c1', 'c2']);
    expect(found.at(-1)).toEqual({
      items: [3],
      characters: 1,
      next: null,
      cursor: 'c2',
      endsEarly: true,
      unread: 'c'.repeat(4096),
    });
  });

  it('not if it has no further page anyway', async () => {
    const { found } = await reading([{ characters: 20_000_001 }]);
    expect(found).toEqual([{ items: [1], characters: 20_000_001, next: null, cursor: undefined }]);
  });

  it('not while its pages do not say their length', async () => {
    const { asked } = await reading([{ characters: 20_000_000, next: 'c1' }, { next: 'c2' }, {}]);
    expect(asked).toHaveLength(3);
  });
});
