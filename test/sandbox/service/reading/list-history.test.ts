import { expect, test } from 'vitest';
import { call, clock, create, events, open, pages, send } from '../../../support/sandbox/harness.ts';

test('returns 50 events a page, oldest first, each once, even within one millisecond', async () => {
  const sandbox = await open({ now: () => new Date('2026-03-01T09:00:00Z') });
  const id = await create(sandbox);
  const other = await create(sandbox);
  const ids: string[] = [];
  for (let n = 0; n < 101; n++) {
    ids.push(await send(sandbox, id));
    if (n % 10 === 0) await send(sandbox, other);
  }
  const found = await pages(sandbox, `/chat/sessions/${id}/history`);
  expect(found.map((page) => page.length)).toEqual([50, 50, 1]);
  expect(found.flat().map((item) => item.id)).toEqual(ids);
});

test('includes events that arrive during paging', async () => {
  const sandbox = await open({ now: clock().now });
  const id = await create(sandbox);
  const ids: string[] = [];
  for (let n = 0; n < 51; n++) ids.push(await send(sandbox, id));
  let arrivals = 0;
  const found = await pages(sandbox, `/chat/sessions/${id}/history`, async () => {
    if (arrivals++ < 1) ids.push(await send(sandbox, id));
  });
  expect(found.flat().map((item) => item.id)).toEqual(ids);
});

test('stays in order when the clock is set back', async () => {
  const time = clock('2026-03-01T09:00:00Z');
  const sandbox = await open({ now: time.now });
  const id = await create(sandbox);
  const first = await send(sandbox, id);
  time.set('2026-02-28T00:00:00Z');
  const second = await send(sandbox, id);
  const items = await events(sandbox, id);
  expect(items.map((item) => item.id)).toEqual([first, second]);
  expect(items[1].created_at >= items[0].created_at).toBe(true);
});

test('rejects a cursor of another session, of the list, or a made-up one', async () => {
  const sandbox = await open({ now: clock().now });
  const [one, two] = [await create(sandbox), await create(sandbox)];
  for (let n = 0; n < 51; n++) await send(sandbox, one);
  await send(sandbox, two);
  for (let n = 0; n < 24; n++) await create(sandbox);
  const { next } = (await call(sandbox, 'GET', `/chat/sessions/${one}/history`)).body;
  const list = (await call(sandbox, 'GET', '/chat/sessions')).body.next;
  const refused = [
    `/chat/sessions/${two}/history?cursor=${next}`,
    `/chat/sessions/${one}/history?cursor=${list}`,
    `/chat/sessions/${one}/history?cursor=nonsense`,
    `/chat/sessions/${one}/history?cursor=`,
    `/chat/sessions/${one}/history?cursor=${next}&cursor=${next}`,
    `/chat/sessions?cursor=${next}`,
  ];
  for (const path of refused) {
    const answer = await call(sandbox, 'GET', path);
    expect([path, answer.status]).toEqual([path, 400]);
    expect(answer.body.message).toMatch(/^cursor: /);
  }
  expect(
    (await call(sandbox, 'GET', `/chat/sessions/${one}/history?cursor=${next}`)).body.items,
  ).toHaveLength(1);
});
