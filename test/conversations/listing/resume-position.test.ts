import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/contract/entities.ts';
import { checksum } from '../../../src/conversations/listing/checksum.ts';
import {
  positionAfter,
  type ResumePosition,
  remainingParts,
} from '../../../src/conversations/listing/resume-position.ts';
import { session } from '../../support/fakes/fakes.ts';

/** The session of the nth second. */
const s = (n: number, at = n): Session => session(`s${n}`, { created_at: new Date(at * 1000).toISOString() });
const sum = (n: number) => checksum(`s${n}`);
const passed = (...numbers: number[]) => numbers.map(sum);
const newestFirst = (at: number) => ({ at: at * 1000, newestFirst: true });
const oldestFirst = (at: number) => ({ at: at * 1000, newestFirst: false });

/** What is left of pages after a position: for each page the sessions that come. */
async function rest(pages: Session[][], position: ResumePosition | undefined, maxPages = 40) {
  async function* list() {
    for (const [n, items] of pages.entries())
      yield { items, next: n === pages.length - 1 ? null : String(n + 1), cursor: undefined };
  }
  const parts: string[][] = [];
  for await (const { page, from } of remainingParts(list(), position, maxPages))
    parts.push(page.items.slice(from).map(({ id }) => id));
  return parts;
}

describe('the position after a session', () => {
  const three = [s(3), s(2), s(1)];
  it.each<[Session[], index: number, ResumePosition]>([
    [three, 0, { passed: passed(3), created: newestFirst(3) }],
    [three, 2, { passed: passed(3, 2, 1), created: newestFirst(1) }],
    [[s(6), s(5), s(4), s(3), s(2)], 4, { passed: passed(5, 4, 3, 2), created: newestFirst(2) }],
    [three.toReversed(), 1, { passed: passed(1, 2), created: oldestFirst(2) }],
    // Neighbours may be of the same time.
    [[s(3), s(2, 3), s(1)], 0, { passed: passed(3), created: newestFirst(3) }],
    [[s(1), s(2, 1), s(3)], 0, { passed: passed(1), created: oldestFirst(1) }],
    [[s(1), s(3), s(2)], 0, { passed: passed(1) }],
    [[s(3), s(1), s(2)], 0, { passed: passed(3) }],
    [[s(1), s(2, 1)], 0, { passed: passed(1) }],
    [[s(1)], 0, { passed: passed(1) }],
    [[s(2), { ...s(1), created_at: 'yesterday' }], 1, { passed: passed(2, 1) }],
  ])('%# holds the last ones, and when it was created if that is the order', (items, index, position) => {
    expect(positionAfter(items, index)).toEqual(position);
  });
});

describe('the rest of a list', () => {
  const pages = [
    [s(9), s(8), s(7)],
    [s(6), s(5), s(4)],
    [s(3), s(2)],
  ];

  it.each<[string, ResumePosition | undefined, string[][]]>([
    [
      'is all of it without a position',
      undefined,
      [
        ['s9', 's8', 's7'],
        ['s6', 's5', 's4'],
        ['s3', 's2'],
      ],
    ],
    [
      'begins after the last one handed out',
      { passed: passed(9, 8) },
      [['s7'], ['s6', 's5', 's4'], ['s3', 's2']],
    ],
    [
      'begins on a later page',
      { passed: passed(6) },
      [
        ['s5', 's4'],
        ['s3', 's2'],
      ],
    ],
    ['may be the end of a page', { passed: passed(7) }, [[], ['s6', 's5', 's4'], ['s3', 's2']]],
    [
      'begins after one that remains, if the last has left',
      { passed: passed(9, 80) },
      [
        ['s8', 's7'],
        ['s6', 's5', 's4'],
        ['s3', 's2'],
      ],
    ],
    [
      'begins after the last one if it has moved on by a page',
      { passed: passed(7, 6) },
      [
        ['s5', 's4'],
        ['s3', 's2'],
      ],
    ],
    [
      'waits for no page if what was created later is there',
      { passed: passed(9, 80), created: newestFirst(8.5) },
      [
        ['s8', 's7'],
        ['s6', 's5', 's4'],
        ['s3', 's2'],
      ],
    ],
    [
      'waits for a page if nothing later is there yet',
      { passed: passed(7, 6), created: newestFirst(7) },
      [
        ['s5', 's4'],
        ['s3', 's2'],
      ],
    ],
    [
      'begins at the time of the last one, if all have left',
      { passed: passed(50), created: newestFirst(5) },
      [
        ['s5', 's4'],
        ['s3', 's2'],
      ],
    ],
    [
      'begins behind that time',
      { passed: passed(50), created: newestFirst(5.5) },
      [
        ['s5', 's4'],
        ['s3', 's2'],
      ],
    ],
    ['ends if all were created before', { passed: passed(50), created: newestFirst(1) }, [[]]],
  ])('%s', async (_, position, parts) => {
    expect(await rest(pages, position)).toEqual(parts);
  });

  it('that is oldest first begins at the time of the last one', async () => {
    const oldest = pages.toReversed().map((page) => page.toReversed());
    const position = { passed: passed(50), created: oldestFirst(5) };
    expect(await rest(oldest, position)).toEqual([
      ['s5', 's6'],
      ['s7', 's8', 's9'],
    ]);
    expect(await rest(oldest, { passed: passed(50), created: oldestFirst(10) })).toEqual([[]]);
  });

  it('begins after one that remains on the last page', async () => {
    expect(await rest(pages, { passed: passed(3, 25) })).toEqual([['s2']]);
    expect(await rest([[s(9), s(8)], []], { passed: passed(9, 85) })).toEqual([['s8'], []]);
  });

  it('is not there if the place cannot be found', async () => {
    const changed = 'the sessions this page ended with are no longer in the list';
    await expect(rest(pages, { passed: passed(50) })).rejects.toThrow(changed);
    await expect(rest([], { passed: passed(50), created: newestFirst(1) })).rejects.toThrow(changed);
    // More may follow.
    await expect(rest(pages, { passed: passed(50), created: newestFirst(1) }, 2)).rejects.toThrow(changed);
  });

  it('ends after as many pages as one call may read', async () => {
    expect(await rest(pages, undefined, 2)).toHaveLength(2);
    expect(await rest(pages, { passed: passed(9, 80) }, 1)).toEqual([['s8', 's7']]);
    expect(await rest(pages, undefined, 3)).toHaveLength(3);
  });
});
