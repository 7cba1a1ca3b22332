import { describe, expect, it } from 'vitest';
import type { ListSessionsQuery } from '../../../src/client/client.ts';
import { searchByNumber } from '../../../src/conversations/analysis/search-by-number.ts';
import { session } from '../../support/fakes/fakes.ts';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);
const time = (minutes: number) => new Date(start + Math.round(minutes * minute)).toISOString();

/** A ticket number, created as many minutes after the start or at the given minute. */
type Row = number | readonly [number: number, minutes: number | 'unreadable'];
/** Newest first. `next` is the cursor of the page after it. */
interface Listed {
  rows: readonly Row[];
  next?: string;
}

const page = (rows: readonly Row[], next?: string): Listed => ({ rows, ...(next !== undefined && { next }) });
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => from - n);

/** A request for sessions before a minute, and with `cursor` for a later page of these. */
const until = (minutes: number, cursor?: string) => `before ${time(minutes)}${cursor ? ` ${cursor}` : ''}`;

function queryText({ created_before, cursor }: ListSessionsQuery): string {
  if (created_before === undefined) return cursor ?? 'newest';
  return `before ${created_before}${cursor ? ` ${cursor}` : ''}`;
}

/** Searches a list that answers with these pages. After the last one, the search is not continued. */
async function search(number: number, pages: readonly Listed[]) {
  const asked: string[] = [];
  const end = new Error('That was the last page.');
  const found = await searchByNumber(number, async (query) => {
    const listed = pages[asked.push(queryText(query)) - 1];
    if (listed === undefined) throw end;
    const items = listed.rows.map((row, n) => {
      const [ticket_number, minutes] = typeof row === 'number' ? [row, row] : row;
      const created_at = minutes === 'unreadable' ? 'yesterday' : time(minutes);
      return session(`s${ticket_number} ${n}`, { ticket_number, created_at });
    });
    return { items, next: listed.next ?? null };
  }).catch((error: unknown) => {
    if (error !== end) throw error;
    return undefined;
  });
  return { asked, found };
}

const none = (reason: string, below?: number, above?: number) => ({ outcome: 'none', reason, below, above });
const newest = page(down(1000, 976), 'p1');
/** The pace is known from these two. */
const twoNewest = page([1001, 1000], 'p1');

describe('a search for a ticket number', () => {
  it('asks for the page that should have the number in its middle', async () => {
    const { asked, found } = await search(900, [newest, page(down(911, 887), 'p2')]);
    expect(asked).toEqual(['newest', until(912)]);
    expect(found).toMatchObject({ outcome: 'found', session: { ticket_number: 900 } });
  });

  it.each([
    [975, 'p1'],
    [952, 'p1'],
    [951, until(963)],
  ])('asks for the next page if the number should be there: #%i', async (number, request) => {
    expect((await search(number, [newest])).asked).toEqual(['newest', request]);
  });

  it.each<[string, number, Listed[], requests: number, outcome: object]>([
    ['newer than all', 1001, [newest], 1, none('absent', 1000)],
    ['older than all', 900, [page(down(1000, 976))], 1, none('absent', undefined, 976)],
    ['not on the next page', 970, [newest, page(down(960, 940), 'p2')], 2, none('absent', 960, 976)],
    [
      'in the middle of a page',
      900,
      [page([904, 903, 902, 898, 897, 896], 'p1')],
      1,
      none('absent', 898, 902),
    ],
    [
      'among sessions of one moment',
      5,
      [
        page([
          [6, 1],
          [4, 1],
          [7, 1],
        ]),
      ],
      1,
      none('absent', 4, 6),
    ],
    [
      'between two out of order',
      5,
      [
        page([
          [6, 6],
          [7, 5],
          [4, 4],
        ]),
      ],
      1,
      none('out_of_order', 4, 6),
    ],
  ])('ends if the number is %s', async (_, number, pages, requests, outcome) => {
    const { asked, found } = await search(number, pages);
    expect(found).toEqual(outcome);
    expect(asked).toHaveLength(requests);
  });

  it('skips pages without a readable session, and gives up after 24 requests', async () => {
    const empty = page([[1, 'unreadable']], 'p');
    expect((await search(900, [empty, newest])).asked).toEqual(['newest', 'p', until(912)]);
    expect(await search(900, [newest, empty])).toMatchObject({
      asked: ['newest', until(912), until(912, 'p')],
    });
    const mild = page(
      [
        [1000, 1000],
        [1001, 999],
      ],
      'p',
    );
    const { asked, found } = await search(900, [mild, ...Array.from({ length: 30 }, () => empty)]);
    expect(asked).toHaveLength(24);
    expect(found).toEqual(none('not_reached', undefined, 1000));
  });

  it('leaves out sessions whose number or time cannot be read', async () => {
    const odd: Row[] = [
      [1100, 'unreadable'],
      [Number.NaN, 1001],
    ];
    const { asked } = await search(900, [page([...odd, ...down(1000, 976), ...odd], 'p1')]);
    expect(asked).toEqual(['newest', until(912)]);
  });

  it.each<[string, Row[], request: string]>([
    ['in order', [1001, 1000], until(901)],
    [
      'out of order',
      [
        [1000, 1002],
        [1002, 1001],
        [999, 998],
        [1000, 997],
      ],
      until(901),
    ],
    ['of one number, the newer one counts', [1001, [1001, 999], 1000], until(901)],
    ['of one number, the newer one counts at the end too', [1001, 1000, [1000, 990]], until(901)],
  ])('takes the pace from the highest and the lowest number: %s', async (_, rows, request) => {
    expect((await search(900, [page(rows, 'p1')])).asked[1]).toEqual(request);
  });
});

describe('numbers that do not rise with time', () => {
  const old = [page([900], 'p2'), page([700], 'p3'), page([600])];
  const outOfOrder = (number: number) => page([[number, 1001], [1000, 1000], 940], 'p1');

  it.each<[string, Listed[], asked: string[]]>([
    ['by 50 on a page do not matter', [outOfOrder(950)], ['newest', 'before']],
    [
      'by 51 on a page are looked through from the newest on',
      [outOfOrder(949), ...old],
      ['newest', 'p1', 'p2', 'p3'],
    ],
    [
      'by 50 above the upper end do not matter',
      [twoNewest, page([[1050, 600]], 'p2')],
      ['newest', 'before', 'before'],
    ],
    [
      'by 51 above the upper end are looked through from the newest on',
      [twoNewest, page([[1051, 600]], 'p2'), ...old],
      ['newest', 'before', 'p1', 'p2', 'p3'],
    ],
    [
      'by 50 below the lower end do not matter',
      [twoNewest, page([500]), page([450])],
      ['newest', 'before', 'before', 'before'],
    ],
    [
      'by 51 below the lower end are looked through from the newest on',
      [twoNewest, page([500]), page([449]), page([600])],
      ['newest', 'before', 'before', 'p1'],
    ],
    [
      'below an end that is only assumed do not matter',
      [twoNewest, page([]), page([140])],
      ['newest', 'before', 'before', 'before'],
    ],
  ])('%s', async (_, pages, requests) => {
    const { asked } = await search(600, pages);
    expect(asked.map((request) => request.split(' ')[0])).toEqual(requests);
  });

  it.each<[string, Listed[], asked: string[]]>([
    ['several pages', [outOfOrder(949), page([700])], ['newest', 'p1']],
    ['one page', [page([[949, 1001], [1000, 1000], 700])], ['newest']],
  ])('do not have one that is on none of all pages: %s', async (_, pages, requests) => {
    const { asked, found } = await search(600, pages);
    expect(asked).toEqual(requests);
    expect(found).toEqual(none('absent', undefined, 700));
  });

  it('may have one on a page that was not read', async () => {
    const pages = Array.from({ length: 10 }, (_, n) => page([700 + n], `p${n + 2}`));
    const { asked, found } = await search(600, [outOfOrder(949), ...pages]);
    expect(asked).toEqual(['newest', ...Array.from({ length: 9 }, (_, n) => `p${n + 1}`)]);
    expect(found).toEqual(none('out_of_order', undefined, 700));
  });
});

describe('a number between two ends', () => {
  /** Number 500 is the newest one before minute 601. */
  const ends = [twoNewest, page([500])];
  const ms = 1 / minute;

  it.each<[string, Listed[], requests: number[]]>([
    [
      'nearer to the upper end after a second page below, and then in the middle',
      [page([[550, 680]]), page([[560, 744]])],
      [744.64, (1000 + 744.64) / 2],
    ],
    [
      'nearer to the lower end after a second page above',
      [page([[650, 680]], 'p2'), page([[640, 653]], 'p2')],
      [680 - 79 * (50 / 150), 653 - 52 * (40 / 90)],
    ],
    [
      'in the middle after two slow steps, and then by estimate',
      [page([[900, 680]], 'p2'), page([[890, 620]], 'p2'), page([[880, 610]], 'p2')],
      [680 - 79 * (300 / 400), 610.5, 610 - 9 * (280 / 305)],
    ],
    [
      'by estimate if one step was quick, and left half of the numbers',
      [page([[750, 680]], 'p2'), page([[740, 630]], 'p2')],
      [680 - 79 * (150 / 250), 630 - 29 * (140 / 190)],
    ],
    [
      'in the middle if both left more than half of the numbers',
      [page([[751, 680]], 'p2'), page([[740, 630]], 'p2')],
      [680 - 79 * (151 / 251), 615.5],
    ],
  ])('is looked for %s', async (_, pages, requests) => {
    const { asked } = await search(600, [...ends, ...pages]);
    expect(asked).toEqual(['newest', until(601), until(680.8), ...requests.map((at) => until(at))]);
  });

  it('is looked for before all sessions as long as these may be of any age', async () => {
    const nothing = [twoNewest, page([])];
    const { asked } = await search(600, [...nothing, page([[550, 700]]), page([[560, 800]])]);
    // The first page was a minute ago: between an hour and 400 minutes.
    expect(asked).toEqual(['newest', until(601), until(1001 - (60 + 400) / 2), until(816.8), until(908.4)]);
  });

  it.each<[string, number, afterMs: number, request: string]>([
    ['on the next page if no millisecond is left between the ends', 900, 2, 'p2'],
    ['in a millisecond before the upper end', 948, 3, until(949 + 2 * ms)],
    ['in a millisecond after the lower end', 501, 3, until(502 + ms)],
  ])('is looked for %s', async (_, number, afterMs, request) => {
    const above = page([[950, number + 1 + afterMs * ms]], 'p2');
    const { asked } = await search(number, [twoNewest, page([[500, 600]]), above]);
    expect(asked.at(-1)).toContain(request);
  });
});

describe('a gap at the edge of a page', () => {
  const rows = (larger: number, smaller: number): Row[] => [
    ...down(600 + larger, 601).map((number) => [number, 590 + 2 * (number - 600)] as const),
    ...down(599, 600 - smaller).map((number) => [number, 590 + 2 * (number - 600)] as const),
  ];

  it.each<[string, Listed[], requests: string[], outcome?: object]>([
    ['is read on at its end', [page(rows(3, 2), 'p1')], ['p1']],
    ['is not read on in its middle', [page(rows(3, 3), 'p1')], [], none('absent', 599, 601)],
    ['is not read on at the end of the list', [page(rows(3, 2))], [], none('absent', 599, 601)],
    ['is not read on at the beginning of the list', [page(rows(2, 3))], [], none('absent', 599, 601)],
    ['is read on once', [page(rows(3, 2), 'p1'), page(rows(3, 2), 'p2')], ['p1'], none('absent', 599, 601)],
    // The page covers ten minutes.
    [
      'is read again from half a page later on',
      [twoNewest, page(rows(2, 3), 'p2')],
      [until(601), until(594 + 5)],
    ],
    [
      'is not read again from later on in its middle',
      [twoNewest, page(rows(3, 3), 'p2')],
      [until(601)],
      none('absent', 599, 601),
    ],
    [
      'is read again from a millisecond later on if it is of one moment',
      [
        twoNewest,
        page([
          [601, 600],
          [599, 600],
          [598, 600],
          [597, 600],
        ]),
      ],
      [until(601), until(600 + 1 / minute)],
    ],
  ])('%s', async (_, pages, requests, outcome) => {
    const { asked, found } = await search(600, pages);
    expect(asked.slice(1)).toEqual(requests);
    expect(found).toEqual(outcome);
  });
});
