import { beforeAll, describe, expect, test } from 'vitest';
import { readSessions } from '../../../../src/sandbox/store/queries/sessions.ts';
import { openStore } from '../../../../src/sandbox/store/store.ts';
import {
  atEnd,
  call,
  clock,
  create,
  get,
  open,
  pages,
  sandboxForAll,
  send,
  sharedDatabase,
} from '../../../support/sandbox/harness.ts';

describe('paging', () => {
  test('returns 25 sessions a page, newest first, each once, and ends if the last page is full', async () => {
    const sandbox = await open({ now: clock().now });
    const ids: string[] = [];
    for (let n = 0; n < 50; n++) ids.push(await create(sandbox));
    expect((await pages(sandbox, '/chat/sessions')).map((page) => page.length)).toEqual([25, 25]);
    ids.push(await create(sandbox));
    const found = await pages(sandbox, '/chat/sessions');
    expect(found.map((page) => page.length)).toEqual([25, 25, 1]);
    expect(found.flat().map((session) => session.id)).toEqual(ids.reverse());
  });

  test('returns each session once if all have the same time', async () => {
    const sandbox = await open({ now: () => new Date('2026-03-01T09:00:00Z') });
    const ids: string[] = [];
    for (let n = 0; n < 51; n++) ids.push(await create(sandbox));
    const found = (await pages(sandbox, '/chat/sessions')).flat().map((session) => session.id);
    expect(found).toHaveLength(51);
    expect(new Set(found)).toEqual(new Set(ids));
  });

  test('neither repeats nor skips sessions while others arrive and change', async () => {
    const sandbox = await open({ now: clock().now });
    const ids: string[] = [];
    for (let n = 0; n < 51; n++) ids.push(await create(sandbox));
    const found = await pages(sandbox, '/chat/sessions', async () => {
      await create(sandbox);
      await send(sandbox, ids[3] ?? '');
    });
    expect(found.flat().map((session) => session.id)).toEqual(ids.reverse());
  });

  test('rejects a cursor that it did not make', async () => {
    const sandbox = await open();
    for (let n = 0; n < 26; n++) await create(sandbox);
    const { next } = (await call(sandbox, 'GET', '/chat/sessions')).body;
    const forged = Buffer.from(JSON.stringify(['2026-01-01T00:00:00.000Z', 'x'])).toString('base64url');
    const bad = [
      'x',
      'undefined',
      'null',
      '0',
      forged,
      `${next}A`,
      next.slice(0, -2),
      `${next.startsWith('A') ? 'B' : 'A'}${next.slice(1)}`,
      `${next}%00`,
      `${next}%3D`,
      '%F0%9F%98%80',
      'x'.repeat(5000),
    ];
    for (const cursor of bad) {
      const answer = await call(sandbox, 'GET', `/chat/sessions?cursor=${cursor}`);
      expect([cursor, answer.status]).toEqual([cursor, 400]);
      expect(answer.body.message).toMatch(/^cursor: /);
    }
    expect((await call(sandbox, 'GET', `/chat/sessions?cursor=${next}`)).body.items).toHaveLength(1);
  });
});

describe('filters', () => {
  const sandbox = sandboxForAll({ seed: true });
  // biome-ignore lint/suspicious/noExplicitAny: parsed responses
  let all: any[];

  beforeAll(async () => {
    all = (await pages(sandbox(), '/chat/sessions')).flat();
  });

  const found = async (query: string) => (await pages(sandbox(), `/chat/sessions?${query}`)).flat();

  test('status, channel and handoff select exactly the matching sessions, in every combination', async () => {
    const values = {
      status: [undefined, 'open', 'closed_resolved', 'closed_unresolved'],
      channel_type: [undefined, 'web', 'email', 'sms', 'phone_voice'],
      handed_off: [undefined, 'true', 'false'],
    };
    let matches = 0;
    for (const status of values.status)
      for (const channel_type of values.channel_type)
        for (const handed_off of values.handed_off) {
          const given = Object.entries({ status, channel_type, handed_off }).filter(([, value]) => value);
          const query = new URLSearchParams(given as [string, string][]);
          const expected = all.filter(
            (session) =>
              (!status || session.status === status) &&
              (!channel_type || session.channel.type === channel_type) &&
              (!handed_off || String('handoff' in session) === handed_off),
          );
          expect(await found(query.toString()), query.toString()).toEqual(expected);
          matches += expected.length;
        }
    expect(matches).toBeGreaterThan(300);
  });

  test('time bounds are exclusive and combine with other filters', async () => {
    const middle = all[Math.floor(all.length / 2)];
    for (const field of ['created', 'updated'] as const) {
      const at = middle[`${field}_at`];
      const after = all.filter((session) => session[`${field}_at`] > at);
      const before = all.filter((session) => session[`${field}_at`] < at);
      expect(after.length).toBeGreaterThan(5);
      expect(before.length).toBeGreaterThan(5);
      expect(await found(`${field}_after=${at}`)).toEqual(after);
      expect(await found(`${field}_before=${at}`)).toEqual(before);
      expect(await found(`${field}_before=${at}&status=open`)).toEqual(
        before.filter((session) => session.status === 'open'),
      );
      expect(await found(`${field}_after=${at}&${field}_before=${at}`)).toEqual([]);
    }
  });

  test('bounds on updated_at find the same sessions by both query plans', async () => {
    const database = await sharedDatabase();
    await open({ database, seed: true });
    const store = await openStore(database);
    atEnd(() => store.close());
    const times = (await readSessions(store.read, {}, undefined, 100)).map((row) => row.updated_at).sort();
    const [early, late] = [times[10], times[50]];
    for (const filters of [
      { updatedAfter: early },
      { updatedBefore: late },
      { updatedAfter: early, updatedBefore: late, status: 'open' as const },
    ]) {
      const [first, , third] = await readSessions(store.read, filters, undefined, 100, 0);
      expect(third).toBeDefined();
      const after = { createdAt: first?.created_at ?? '', id: first?.id ?? '' };
      const sorted = await readSessions(store.read, filters, after, 20, 100);
      expect(sorted).toEqual(await readSessions(store.read, filters, after, 20, 0));
      expect(sorted).toContainEqual(third);
    }
  });

  test.each([
    'status=opened',
    'status=OPEN',
    'channel_type=fax',
    'handed_off=1',
    'handed_off=yes',
    'handed_off=TRUE',
    'handed_off=true%20',
    'status=',
    'cursor=',
    'created_after=',
    'status=open&status=open',
    'created_after=yesterday',
    'created_after=2026-02-30',
    'created_after=2026-13-01',
    'created_before=2026-01-01T24:00:00Z',
    'created_before=2026-01-01T10:00:60Z',
    'updated_after=2026-01-01T10',
    'updated_after=1767225600000',
    'updated_before=2026-01-01T10:00:00%2B25:00',
    'updated_before=2026-01-01T10:00:00%20UTC',
    'created_after=2026-1-1',
    'created_after=%002026-01-01',
    'created_after=2026-01-01%0A',
    // An unencoded plus arrives as a space.
    'created_after=2026-01-01T10:00:00+00:00',
  ])('rejects %s and names the parameter', async (query) => {
    const answer = await call(sandbox(), 'GET', `/chat/sessions?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.message.split(':')[0]).toBe(query.split('=')[0]);
  });

  test('ignores unknown parameters', async () => {
    expect((await call(sandbox(), 'GET', '/chat/sessions?limit=3&order=asc')).body.items).toHaveLength(25);
  });
});

describe('a session created at 09:00:00.500', () => {
  const sandbox = sandboxForAll({ now: () => new Date('2026-03-01T09:00:00.500Z') });
  let session: unknown;
  beforeAll(async () => {
    session = await get(sandbox(), await create(sandbox()));
  });

  test.each([
    ['2026-03-01T09:00:00.500Z', false],
    ['2026-03-01T09:00:00.499Z', true],
    ['2026-03-01T09:00:00.499999Z', true],
    ['2026-03-01T09:00:00.5001Z', false],
    ['2026-03-01 09:00:00', true],
    ['2026-03-01 09:00:00+00:00', true],
    ['2026-03-01T09:00:01', false],
    ['2026-03-01T10:00:00+01:00', true],
    ['2026-03-01T10:00:00+0100', true],
    ['2026-03-01T10:00:01+01', false],
    ['2026-03-01T08:30:00-01:00', false],
    ['2026-03-01T08:00:00-01:00', true],
    ['2026-03-01T09:00', true],
    ['2026-03-01', true],
    ['2026-03-02', false],
    ['0000-01-01T00:00:00+10:00', true],
    ['9999-12-31T23:59:59-10:00', false],
  ])('is after %s: %s', async (bound, isAfter) => {
    const query = new URLSearchParams({ created_after: bound, updated_after: bound });
    const { items } = (await call(sandbox(), 'GET', `/chat/sessions?${query}`)).body;
    expect(items).toEqual(isAfter ? [session] : []);
  });

  test.each([
    ['2026-03-01T09:00:00.500Z', false],
    ['2026-03-01T09:00:00.5001Z', true],
    ['2026-03-01T09:00:00.501Z', true],
    ['2026-03-01', false],
    ['9999-12-31T23:59:59-10:00', true],
  ])('is before %s: %s', async (bound, isBefore) => {
    const query = new URLSearchParams({ created_before: bound });
    const { items } = (await call(sandbox(), 'GET', `/chat/sessions?${query}`)).body;
    expect(items).toEqual(isBefore ? [session] : []);
  });
});
