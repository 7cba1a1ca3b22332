import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { NotFoundError, RateLimitedError, TimeoutError } from '../../../src/client/errors.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import type { Context } from '../../../src/conversations/context.ts';
import { ArgumentError } from '../../../src/conversations/errors.ts';
import { memoryHistories } from '../../../src/state/memory/histories.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { listSessions } from '../../../src/tools/list-sessions.ts';
import {
  contextOf,
  endlessPages,
  fakeClock,
  message,
  now,
  pagesOf,
  session,
} from '../../support/fakes/fakes.ts';

const hour = 3_600_000;

function said(sender: string, hoursAgo: number, text = 'Hello'): HistoryItem {
  const at = now.getTime() - hoursAgo * hour;
  return {
    id: `m${at}`,
    created_at: new Date(at).toISOString(),
    event: { type: 'message', sender: { type: sender, name: 'Kim' }, content: { type: 'text', text } },
  };
}

type History = HistoryItem[] | Error;

/** Lists sessions with the given histories, the first of which is that of s0. */
async function list(
  histories: readonly History[],
  given: object = {},
  more: Partial<Context> & { statuses?: string[]; pages?: SessionsClient['historyPages'] } = {},
) {
  const { statuses = [], pages, ...context } = more;
  const asked: string[] = [];
  let busy = 0;
  let busiest = 0;
  const sessions = histories.map((_, i) => session(`s${i}`, { status: statuses[i] ?? 'open' }) as Session);
  const client: Partial<SessionsClient> = {
    sessionPages: () => pagesOf(sessions, 25).pages,
    historyPages:
      pages ??
      async function* (id) {
        asked.push(id);
        busy += 1;
        busiest = Math.max(busiest, busy);
        await new Promise(setImmediate);
        busy -= 1;
        const history = histories[Number(id.slice(1))] ?? [];
        if (history instanceof Error) throw history;
        yield* pagesOf(history, 50).pages;
      },
  };
  const all = contextOf(client, context);
  const input = listSessions.input.parse({ include_last_message: true, ...given });
  const { view, text } = await listSessions.present(await listSessions.run(input, all), all);
  expect(listSessions.output.parse(view)).toEqual(view);
  return { view, text, asked, busiest };
}

describe('list_sessions with include_last_message', () => {
  it('reads no history unless asked to', async () => {
    const { view, asked } = await list([[said('contact', 1)]], { include_last_message: false });
    expect(asked).toEqual([]);
    expect(view.sessions[0]).not.toHaveProperty('customer_waiting');
  });

  it('adds the last message, who wrote it and when', async () => {
    const { view, text } = await list([[said('ai', 5), said('contact', 3, 'Where is it?')]]);
    const [row] = view.sessions;
    expect(row).toMatchObject({
      customer_waiting: true,
      last_message: { from: 'contact', claimed_name: 'Kim', text: 'Where is it?' },
    });
    expect(text).toContain('CUSTOMER WAITING');
    expect(text).toContain('(3 h ago) contact claimed: "Kim": "Where is it?"');
  });

  it('counts the wait of a customer who asks again from the first question', async () => {
    const at = (hoursAgo: number) => new Date(now.getTime() - hoursAgo * hour).toISOString().slice(0, 16);
    const { view, text } = await list([
      [said('agent', 30), said('contact', 8), said('system', 7), said('contact', 1)],
      [said('contact', 9), said('ai', 6), said('contact', 5)],
      [said('contact', 9), said('stranger', 2)],
      [said('contact', 9), said('contact', 2), said('agent', 1)],
    ]);
    expect(view.sessions.map(({ waiting_since: since }) => since?.slice(0, 16))).toEqual([
      at(8),
      undefined,
      at(9),
      undefined,
    ]);
    expect(text).toMatch(/CUSTOMER WAITING since \S+ \(8 h ago\), last: \S+ \(60 min ago\) contact/);
    // The third has waited longer than the second, although it wrote later.
    expect(view.next).toMatchObject([{ arguments: { session_id: 's2' } }]);
  });

  it('names no wait in a session that is closed', async () => {
    const { view } = await list(
      [[said('contact', 8), said('contact', 1)]],
      {},
      { statuses: ['closed_resolved'] },
    );
    expect(view.sessions[0]).toMatchObject({ customer_waiting: false });
    expect(view.sessions[0]).not.toHaveProperty('waiting_since');
  });

  it('is remembered by the cursor of the next page', async () => {
    const sessionPages = () => endlessPages((page) => [session(`s${page}`)]);
    const historyPages = () => pagesOf([said('contact', 1)], 50).pages;
    const context = contextOf({ sessionPages, historyPages } as never);
    const page = async (given: object) => {
      const listing = await listSessions.run(listSessions.input.parse(given), context);
      return (await listSessions.present(listing, context)).view;
    };
    const { next_cursor: cursor } = await page({ include_last_message: true, limit: 2 });
    for (const given of [{ cursor }, { cursor, include_last_message: true }]) {
      const { sessions } = await page(given);
      expect(sessions).toHaveLength(10);
      expect(sessions.every((row) => row.customer_waiting === false)).toBe(true);
    }
    const { sessions, next_cursor } = await page({ cursor, include_last_message: false });
    expect(sessions).toHaveLength(20);
    expect(sessions[0]).not.toHaveProperty('customer_waiting');
    expect((await page({ cursor: next_cursor })).sessions[0]).not.toHaveProperty('customer_waiting');
    await expect(page({ cursor, limit: 51 })).rejects.toThrow('include_last_message false');
  });

  it.each([
    ['of the customer', [said('ai', 2), said('contact', 1)], 'open', true],
    ['of the customer, under another name', [said('user', 1)], 'open', true],
    ['of the AI', [said('contact', 2), said('ai', 1)], 'open', false],
    ['of an agent', [said('contact', 2), said('human_agent', 1)], 'open', false],
    ['of somebody unknown', [said('ai', 2), said('visitor', 1)], 'open', true],
    ['of somebody unknown in a closed session', [said('Contact', 1)], 'closed_resolved', false],
    ['of the customer, followed by a system message', [said('contact', 2), said('system', 1)], 'open', true],
    [
      'of the customer, followed by an event',
      [said('contact', 2), message('e', now.getTime(), 'handoff')],
      'open',
      true,
    ],
    ['of the customer, newest first', [said('contact', 1), said('ai', 2)], 'open', true],
    [
      'of the customer in a closed session',
      [said('ai', 2), said('contact', 1, 'Thanks')],
      'closed_resolved',
      false,
    ],
    ['missing because there are no messages', [], 'open', false],
  ])('tells from a last message %s whether the customer waits', async (_, history, status, waits) => {
    const { view } = await list([history], {}, { statuses: [status] });
    expect(view.sessions[0]?.customer_waiting).toBe(waits);
  });

  it('suggests reading the session whose customer has waited longest', async () => {
    const { view, text } = await list([
      [said('contact', 3)],
      [said('contact', 7)],
      [said('contact', 9), said('ai', 8)],
      new NotFoundError('Gone.'),
    ]);
    const given = { session_id: 's1', history_limit: 10 };
    expect(view.next).toEqual([{ tool: 'get_session', arguments: given }]);
    expect(text).toContain(`Next: get_session ${JSON.stringify(given)}`);
    expect((await list([[said('ai', 1)]])).view).not.toHaveProperty('next');
  });

  it('keeps the excerpt short and says how much it left out', async () => {
    const { view, text } = await list([[said('contact', 1, 'x'.repeat(1000))]]);
    expect(view.sessions[0]?.last_message).toMatchObject({ text: 'x'.repeat(160), cut_chars: 840 });
    expect(text).toContain('(840 characters left out)');
  });

  it('shows what the writer of a mail wrote, not what the mail quotes', async () => {
    const question = 'Is there room for it? '.repeat(20).trim();
    const mail = `Yes.\n\nOn Monday Maud wrote:\n> ${question}`;
    const { view, text } = await list([[said('agent', 2, question), said('contact', 1, mail)]]);
    const quoted = mail.length - 'Yes.\n\n'.length;
    expect(view.sessions[0]?.last_message).toMatchObject({ text: 'Yes.', quoted_chars_left_out: quoted });
    expect(text).toContain(`"Yes." (quoted earlier mail, ${quoted} characters, left out)`);
  });

  it('lists ten sessions, up to fifty on request, and refuses more without calling the API', async () => {
    const many = Array.from({ length: 60 }, () => [said('ai', 1)]);
    const { view, asked } = await list(many);
    expect(view).toMatchObject({ shown: 10, more: true });
    expect(asked).toHaveLength(10);
    expect((await list(many, { limit: 3 })).asked).toHaveLength(3);
    const fifty = await list(many, { limit: 50 });
    expect(fifty.view.sessions.filter((row) => row.customer_waiting === false)).toHaveLength(50);
    const refused = list(many, { limit: 51 });
    await expect(refused).rejects.toThrow(ArgumentError);
    await expect(refused).rejects.toThrow('at most 50');
    expect((await list(many, { include_last_message: false })).view.shown).toBe(20);
  });

  it('reads no history again within a minute unless its session changed', async () => {
    const histories = memoryHistories(fakeClock());
    const many = Array.from({ length: 12 }, () => [said('ai', 1)]);
    await list(many, { limit: 12 }, { histories });
    expect((await list(many, { limit: 12 }, { histories })).asked).toEqual([]);
  });

  it('reads a few histories at a time', async () => {
    const { busiest } = await list(Array.from({ length: 10 }, () => [said('ai', 1)]));
    expect(busiest).toBeGreaterThan(1);
    expect(busiest).toBeLessThanOrEqual(8);
  });

  it.each([
    ['the rate budget is used up', new RateLimitedError('No.'), 'the rate budget left no request'],
    ['there is no time left', new TimeoutError('Late.', { mayHaveArrived: true }), 'no time left'],
    ['the session is gone', new NotFoundError('Gone.'), 'could not be read'],
    ['of a bug', new TypeError('x is not a function'), 'could not be read'],
  ])('marks one row as not known because %s', async (_, error, reason) => {
    const { view, text } = await list([[said('contact', 1)], error, [said('ai', 1)]]);
    expect(view.sessions.map((row) => row.customer_waiting)).toEqual([true, undefined, false]);
    expect(view.sessions[1]?.last_message_unknown).toContain(reason);
    expect(view.sessions[1]).not.toHaveProperty('last_message');
    expect(text).toContain(`last message not known: ${view.sessions[1]?.last_message_unknown}`);
  });

  it('reads no history when the time of the call is nearly over', async () => {
    const call = { signal: new AbortController().signal, deadline: Deadline.after(-1) };
    const { view, asked } = await list([[said('contact', 1)]], {}, { call });
    expect(asked).toEqual([]);
    expect(view.sessions[0]).not.toHaveProperty('customer_waiting');
    expect(view.sessions[0]?.last_message_unknown).toContain('no time left');
  });

  it('does not treat an older message as the last one if the end was not reached', async () => {
    const pages = () => endlessPages((page) => [message(`m${page}`, now.getTime() + page * 1000)]);
    const { view } = await list([[]], {}, { pages });
    expect(view.sessions[0]?.last_message_unknown).toContain('too long');
  });

  it('does not claim that there are no messages if it read only those of the system', async () => {
    const notes = Array.from({ length: 11 }, (_, i) => said('system', 20 - i));
    const { view } = await list([[said('contact', 30), ...notes]]);
    expect(view.sessions[0]?.last_message_unknown).toContain('from the system');
  });

  it('ends if the call is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const call = { signal: controller.signal, deadline: Deadline.after(60_000) };
    await expect(list([new Error('aborted')], {}, { call })).rejects.toThrow('aborted');
  });
});
