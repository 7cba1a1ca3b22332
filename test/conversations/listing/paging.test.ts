import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { FetchedPage } from '../../../src/client/pages.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import { maxRenderingBytes } from '../../../src/presenters/rendering/size-limit.ts';
import { getSessionHistory } from '../../../src/tools/get-session-history.ts';
import { listSessions } from '../../../src/tools/list-sessions.ts';
import { contextOf, message, now, pagesOf, session } from '../../support/fakes/fakes.ts';

const runs = { numRuns: 120, seed: 20_260_301 };

function expectFits({ view, text }: { view: object; text: string }) {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxRenderingBytes);
  expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(maxRenderingBytes);
}

/** Pages of a list that may grow. A cursor is the id of the last session on the previous page, as in a database. */
function pagesOfList(sessions: readonly Session[], size: number): SessionsClient['sessionPages'] {
  return async function* ({ cursor: start } = {}): AsyncGenerator<FetchedPage<Session>, void, undefined> {
    let cursor = start;
    do {
      const from = cursor === undefined ? 0 : sessions.findIndex(({ id }) => id === cursor) + 1;
      const items = sessions.slice(from, from + size);
      const next = from + size < sessions.length ? (items.at(-1)?.id ?? null) : null;
      yield { items, next, cursor };
      cursor = next ?? undefined;
    } while (cursor !== undefined);
  };
}

/** Minutes between neighbours, often 0, so that many things happen at the same moment. */
const gaps = (maxLength: number) =>
  fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5000 })), { maxLength });

describe('paging to the end with list_sessions', () => {
  it('shows each session once, in the order of the API, while new ones arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          gaps: gaps(120),
          newestFirst: fc.boolean(),
          pageSize: fc.integer({ min: 1, max: 30 }),
          limits: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
          arriving: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 }),
          // Long names fill a result before `limit` is reached.
          nameLength: fc.constantFrom(5, 200),
        }),
        async ({ gaps, newestFirst, pageSize, limits, arriving, nameLength }) => {
          let at = now.getTime() - 400 * 86_400_000;
          const make = (id: string, minutes: number) => {
            at += minutes * 60_000;
            const contact = { ...someContact, name: 'n'.repeat(nameLength) };
            return session(id, { created_at: new Date(at).toISOString(), contact });
          };
          const sessions = gaps.map((minutes, i) => make(`s${i}`, minutes));
          if (newestFirst) sessions.reverse();
          const before = sessions.map(({ id }) => id);
          const context = contextOf({ sessionPages: pagesOfList(sessions, pageSize) });

          const seen: string[] = [];
          let cursor: string | undefined;
          for (let call = 0; call <= sessions.length; call += 1) {
            const limit = limits[call % limits.length];
            const input = listSessions.input.parse({ limit, ...(cursor === undefined ? {} : { cursor }) });
            const answer = await listSessions.present(await listSessions.run(input, context), context);
            expectFits(answer);
            seen.push(...answer.view.sessions.map(({ id }) => id));
            cursor = answer.view.next_cursor;
            expect(answer.view.more).toBe(cursor !== undefined);
            expect(answer.text.includes('the list ends here') || answer.text === 'No sessions match.').toBe(
              cursor === undefined,
            );
            if (cursor === undefined) break;
            // New sessions arrive at the end where the newest are.
            for (let i = 0; i < (arriving[call] ?? 0); i += 1) {
              if (newestFirst) sessions.unshift(make(`new${call}.${i}`, 1));
              else sessions.push(make(`new${call}.${i}`, 1));
            }
          }
          expect(cursor).toBeUndefined();
          // If the list is oldest first, the new ones come later.
          expect(seen).toEqual(newestFirst ? before : sessions.map(({ id }) => id));
        },
      ),
      runs,
    );
  });
});

const someContact = {
  id: '7f1c1b1e-0d44-4b50-8888-8dd25736052a',
  email: null,
  phone_number: null,
  name: null,
  custom_data: null,
  created_at: now.toISOString(),
  updated_at: now.toISOString(),
  non_verified_name: null,
  non_verified_email: null,
  non_verified_custom_data: null,
};

/**
 ** Reads a transcript from its newest end back to its beginning with the `before` of each answer.
 ** @param arrive adds messages between two calls and returns how many.
 */
async function walk(
  history: readonly HistoryItem[],
  pageSize: number,
  given: { limit: number; include_events: boolean },
  expected: number,
  arrive: () => number,
): Promise<string[]> {
  const texts: string[] = [];
  let arrived = 0;
  let before: string | undefined;
  for (let calls = 1; ; calls += 1) {
    expect(calls).toBeLessThanOrEqual(expected + 1);
    const context = contextOf({ historyPages: () => pagesOf(history, pageSize).pages });
    const input = getSessionHistory.input.parse({
      session_id: 's1',
      ...given,
      max_message_chars: 20_000,
      ...(before === undefined ? {} : { before }),
    });
    const answer = await getSessionHistory.present(await getSessionHistory.run(input, context), context);
    expectFits(answer);
    const { view } = answer;
    texts.unshift(...view.messages.map(({ text = '' }) => text.split(' ')[0] ?? ''));
    expect(view.shown).toBe(view.messages.length);
    if (view.total !== undefined) expect(view.total).toBe(expected + arrived);
    expect(view.at_least ?? 0).toBeLessThanOrEqual(expected + arrived);
    const first = before === undefined;
    before = view.before;
    const saysBeginning = answer.text.includes('beginning of the conversation');
    if (before !== undefined) expect(saysBeginning).toBe(false);
    else if (!first && view.shown > 0) expect(saysBeginning).toBe(true);
    if (before === undefined) return texts;
    arrived += arrive();
  }
}

const story = fc.record({
  entries: fc.array(
    fc.record({
      minutes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5000 })),
      isMessage: fc.oneof(
        { weight: 4, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      // Sometimes a text that nearly fills a result, so that not all fits.
      length: fc.oneof(
        { weight: 6, arbitrary: fc.constant(10) },
        { weight: 1, arbitrary: fc.constant(9000) },
      ),
    }),
    { maxLength: 60 },
  ),
  newestFirst: fc.boolean(),
  pageSize: fc.integer({ min: 2, max: 60 }),
  limit: fc.integer({ min: 1, max: 40 }),
  include_events: fc.boolean(),
});

type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;

/** The entries as the API returns them, and the labels of the wanted ones, oldest first. */
function tell({ entries, newestFirst, include_events }: Story, ids: boolean) {
  let at = now.getTime() - 300 * 86_400_000;
  const items = entries.map(({ minutes, isMessage, length }, i): HistoryItem => {
    at += Math.max(minutes, ids ? 0 : 1) * 60_000;
    return {
      ...(ids ? { id: `e${i}` } : {}),
      created_at: new Date(at).toISOString(),
      event: {
        type: isMessage ? 'message' : 'handoff',
        sender: { type: 'contact' },
        content: { type: 'text', text: `t${i} ${'x'.repeat(length)}` },
      },
    };
  });
  const wanted = entries.flatMap(({ isMessage }, i) => (include_events || isMessage ? [`t${i}`] : []));
  // If all times are equal, the order cannot be detected, and the order of the API is kept.
  const counted = items.filter(({ event }) => include_events || event.type === 'message');
  const tied = new Set(counted.map(({ created_at }) => created_at)).size <= 1;
  const history = newestFirst ? items.toReversed() : items;
  const arrive = (): number => {
    if (tied) return 0;
    at += 60_000;
    const late = message(ids ? `late${at}` : undefined, at);
    if (newestFirst) history.unshift(late);
    else history.push(late);
    return 1;
  };
  return { history, expected: tied && newestFirst ? wanted.toReversed() : wanted, arrive };
}

describe('reading back with get_session_history', () => {
  it.each([
    ['by ids, with many entries at the same moment', true],
    ['by times, if entries have no ids', false],
  ])('shows each entry once and ends at the first while new ones arrive, %s', async (_, ids) => {
    await fc.assert(
      fc.asyncProperty(story, async (given) => {
        const { history, expected, arrive } = tell(given, ids);
        const { limit, include_events, pageSize } = given;
        const texts = await walk(history, pageSize, { limit, include_events }, expected.length, arrive);
        expect(texts).toEqual(expected);
      }),
      runs,
    );
  });
});
