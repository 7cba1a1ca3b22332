import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { UpstreamError } from '../../../src/client/errors.ts';
import type { FileOutcome, FileRequest } from '../../../src/client/files/fetch-file.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { findAttachment } from '../../../src/conversations/reading/find-attachment.ts';
import { getAttachment } from '../../../src/conversations/reading/get-attachment.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, pagesOf } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1');
const pdf = Buffer.from('%PDF-1.7');

type File = NonNullable<HistoryItem['event']['attachments']>[number];
const file = (id: string, more: Partial<File> = {}): File => ({
  id,
  name: `${id}.txt`,
  size: 1,
  type: 'text/plain',
  url: `https://files.example/${id}`,
  ...more,
});

/** A message with files, the nth second of a minute. */
const item = (second: number, ...attachments: File[]): HistoryItem => ({
  id: `m${second}`,
  created_at: new Date(Date.UTC(2026, 2, 1, 0, 0, second)).toISOString(),
  event: { type: 'message', attachments },
});

const fetched = (bytes: Buffer, declaredType?: string): FileOutcome => ({
  state: 'fetched',
  bytes,
  declaredType,
});

async function get(outcome: FileOutcome, { ms = 10_000, type = 'text/plain', wanted = 'f' } = {}) {
  const clock = settableClock();
  const requests: (FileRequest & { ms: number | undefined })[] = [];
  const client: Partial<SessionsClient> = {
    historyPages: () => pagesOf([item(1, file('f', { type }))], 50).pages,
    async fetchFile(request, options) {
      requests.push({ ...request, ms: options?.deadline?.remainingMs });
      return outcome;
    },
  };
  const call = { signal: new AbortController().signal, deadline: Deadline.after(ms, clock) };
  const context = contextOf(client, { clock, call });
  context.seenSessions.addVerifiedName('s1', 'Ada');
  return { read: await getAttachment('s1', wanted, context), requests };
}

describe('a file of a session', () => {
  it('is fetched from the address in its history, if it may be an image or text', async () => {
    const { read, requests } = await get(fetched(png, 'text/plain'));
    expect(read).toMatchObject({
      sessionId: 's1',
      wanted: 'f',
      verifiedName: 'Ada',
      found: { file: file('f') },
      content: { kind: 'image', type: 'image/png', bytes: png },
    });
    expect(requests).toMatchObject([{ url: 'https://files.example/f', maxBytes: 5_000_000 }]);
    const accepts = [png, Buffer.from('words'), pdf].map((head) => requests[0]?.accepts(head));
    expect(accepts).toEqual([true, true, false]);
  });

  it.each([
    [10_000, 7000],
    [28_000, 19_600],
    [30_000, 20_000],
    [60_000, 20_000],
  ])('of a call with %d ms gets %d', async (ms, most) => {
    expect((await get(fetched(png), { ms })).requests[0]?.ms).toBeCloseTo(most);
  });

  it('is not fetched if the history does not have it', async () => {
    const { read, requests } = await get(fetched(png), { wanted: 'other' });
    expect(requests).toEqual([]);
    expect(read).toMatchObject({ sessionId: 's1', wanted: 'other', verifiedName: 'Ada', complete: true });
    expect(read).not.toHaveProperty('content');
  });

  const latin = Buffer.from('caf\xe9', 'latin1');
  it.each<[string, FileOutcome, type: string, content: object]>([
    ['text', fetched(Buffer.from('words'), undefined), '', { kind: 'text', text: 'words', bytes: 5 }],
    ['text of its type', fetched(latin, 'text/csv'), '', { kind: 'text', text: 'café', type: 'text/csv' }],
    ['text of the type in the history', fetched(latin), 'text/csv', { kind: 'text', text: 'café' }],
    ['text, if its type is none', fetched(latin, 'unknown'), 'text/csv', { kind: 'text', type: 'unknown' }],
    ['no text without a type', fetched(latin, 'unknown'), 'unknown', { kind: 'other', type: undefined }],
    ['something else', fetched(pdf, 'text/plain'), 'text/plain', { kind: 'other', type: 'application/pdf' }],
    [
      'something that was not read',
      { state: 'not_fetched', problem: 'unwanted', head: pdf },
      'text/plain',
      { kind: 'other', type: 'application/pdf' },
    ],
    [
      'unknown',
      { state: 'not_fetched', problem: 'unwanted' },
      'text/plain',
      { kind: 'other', type: undefined },
    ],
    [
      'out of reach',
      { state: 'not_fetched', problem: 'timeout' },
      'text/plain',
      { kind: 'unread', outcome: { state: 'not_fetched', problem: 'timeout' } },
    ],
    [
      'refused',
      { state: 'refused', status: 403 },
      'text/plain',
      { kind: 'unread', outcome: { state: 'refused', status: 403 } },
    ],
  ])('is %s', async (_, outcome, type, content) => {
    expect((await get(outcome, { type })).read.content).toMatchObject(content);
  });
});

describe('the files of a history', () => {
  async function find(
    wanted: string,
    pages: HistoryItem[][],
    { error, pass = 0, ...more }: { error?: Error; pass?: number; shownAs?: (text: string) => string } = {},
  ) {
    const clock = settableClock();
    let pagesRead = 0;
    const client: Partial<SessionsClient> = {
      async *historyPages() {
        for (const [n, items] of pages.entries()) {
          pagesRead += 1;
          clock.pass(pass);
          const isLast = n === pages.length - 1 && error === undefined;
          yield { items, next: isLast ? null : String(n), cursor: undefined };
        }
        if (error) throw error;
      },
    };
    const call = { signal: new AbortController().signal, deadline: Deadline.after(10_000, clock) };
    const search = await findAttachment('s1', wanted, contextOf(client, { clock, call, ...more }));
    return {
      ...search,
      pagesRead,
      foundId: search.found?.file.id,
      ids: search.files.map(({ file }) => file.id),
    };
  }
  const pages = [
    [item(1, file('a'))],
    [item(3, file('c'), file('d')), item(2, file('b'))],
    [item(4, file('e'))],
  ];

  it.each(['c', 'https://files.example/c'])(
    'are read until %s is found, the newest first',
    async (wanted) => {
      const found = await find(wanted, pages);
      expect(found).toMatchObject({ foundId: 'c', ids: ['c', 'd', 'b', 'a'], complete: false, sameName: 0 });
      expect(found.pagesRead).toBe(2);
      expect(found).not.toHaveProperty('interrupted');
    },
  );

  it('are all read for a name, whose newest file is found', async () => {
    const named = [
      ...pages,
      [item(5, file('x', { name: 'B.TXT' })), item(0, file('y', { name: ' b.\u200btxt' }))],
    ];
    expect(await find('b.txt', named)).toMatchObject({
      foundId: 'x',
      sameName: 2,
      complete: true,
      pagesRead: 4,
    });
    expect(await find('zzz', pages)).toMatchObject({ foundId: undefined, sameName: 0, complete: true });
    expect(await find('zzz', pages)).not.toHaveProperty('found');
  });

  it('with an id have no others of its name', async () => {
    const both = [[item(1, file('a', { name: 'b' }), file('b', { name: 'b' }))]];
    expect(await find('b', both)).toMatchObject({ foundId: 'b', sameName: 0, complete: true });
  });

  it('are found by an address or a name as it was shown', async () => {
    const odd = file('o', { url: 'https://files.example/\u200bodd', name: 'Jo.txt' });
    for (const address of ['https://files.example/odd', odd.url])
      expect(await find(address, [[item(1, odd)]])).toMatchObject({ foundId: 'o' });
    const shownAs = (text: string) => text.replace('odd', '[odd]').replace('Jo', '[Name]');
    const shown = [[item(1, odd)]];
    expect(await find('https://files.example/[odd]', shown, { shownAs })).toMatchObject({
      foundId: 'o',
      sameName: 0,
    });
    expect(await find('[name].TXT', shown, { shownAs })).toMatchObject({ foundId: 'o' });
    expect(await find('[name].TXT', shown)).toMatchObject({ foundId: undefined });
  });

  it('are those of messages that have any', async () => {
    const plain = { ...item(1), event: { type: 'message' } };
    expect(await find('zzz', [[plain, item(2)]])).toMatchObject({ ids: [] });
  });

  it('are each counted once although pages overlap', async () => {
    expect(await find('zzz', [[item(1, file('a'))], [item(1, file('a')), item(2, file('b'))]])).toMatchObject(
      {
        ids: ['b', 'a'],
      },
    );
  });

  it('are read in eighty pages at most', async () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => [item(i, file(`f${i}`))]);
    expect(await find('zzz', many(80))).toMatchObject({ pagesRead: 80, complete: true });
    expect(await find('zzz', many(82))).toMatchObject({ pagesRead: 80, complete: false });
  });

  it('are read for part of the time of the call', async () => {
    expect(await find('zzz', pages, { pass: 3500 })).toMatchObject({ pagesRead: 2, complete: false });
    expect(await find('zzz', pages, { pass: 3499 })).toMatchObject({ pagesRead: 3, complete: true });
  });

  it('are those before a page that failed', async () => {
    const error = new UpstreamError('Gone.', { mayHaveArrived: false });
    expect(await find('zzz', pages.slice(0, 1), { error })).toMatchObject({
      ids: ['a'],
      complete: false,
      interrupted: 'failed',
    });
  });
});
