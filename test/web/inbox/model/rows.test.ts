import { expect, it } from 'vitest';
import type { InboxRow } from '../../../../src/presenters/inbox/views.ts';
import { merged, timeOf, waitingFirst } from '../../../../src/web/inbox/model/rows.ts';

const at = (hour: number) => `2026-03-01T0${hour}:00:00.000Z`;

function row(id: string, more: Partial<InboxRow>): InboxRow {
  const times = { created_at: at(0), updated_at: at(9) };
  return { id, status: 'open', channel: 'email', handled_by: 'ai', ...times, ...more };
}
const waits = (id: string, last: number, since?: number) =>
  row(id, {
    waiting: true,
    last: { at: at(last), from: 'contact' },
    ...(since !== undefined && { waiting_since: at(since) }),
  });

it('those who wait longest come first, also if they asked again', () => {
  const rows = [
    row('silent', { waiting: false, last: { at: at(8), from: 'ai' } }),
    waits('new', 6),
    waits('again', 7, 2),
    waits('old', 3),
    row('unread', {}),
  ];
  expect(rows.sort(waitingFirst).map(({ id }) => id)).toEqual(['again', 'old', 'new', 'unread', 'silent']);
});

it('the age of a row is that of the wait, of the last message, or of the session', () => {
  expect([waits('a', 7, 2), waits('b', 3), row('c', {})].map(timeOf)).toEqual([at(2), at(3), at(9)]);
});

it('a row that comes without its last words keeps them, and since when its customer waits', () => {
  const known = new Map([['a', waits('a', 7, 2)]]);
  const rows = merged(known, [row('a', { status: 'closed' })], ['a'], () => true);
  expect(rows.get('a')).toMatchObject({ status: 'closed', waiting_since: at(2), last: { at: at(7) } });
});
