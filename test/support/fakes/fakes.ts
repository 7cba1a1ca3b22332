import type { SessionsClient } from '../../../src/client/client.ts';
import type { FetchedPage } from '../../../src/client/pages.ts';
import type { HistoryItem, Page, Session } from '../../../src/contract/entities.ts';
import type { Context } from '../../../src/conversations/context.ts';
import { ruleTexts } from '../../../src/pipeline/audience.ts';
import type { PresentContext } from '../../../src/presenters/rendering/rendering.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import type { SendLog } from '../../../src/state/send-log.ts';
import type { Clock } from '../../../src/time/clock.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { smallestSession } from './examples.ts';

export const now = new Date('2026-03-01T12:00:00.000Z');

/** A send log that knows nothing and records nothing. */
function emptySendLog(): SendLog {
  const attempt = {
    identity: '1',
    began: now,
    serverBegan: undefined,
    seenUpTo: undefined,
    sent: async () => {},
    found: async ([id]: readonly string[]) => id,
    unclaimed: async (messages: readonly string[]) => [...messages],
    unknown: async () => {},
    rejected: async () => {},
    absent: async () => true,
    quietMs: () => 0,
  };
  return {
    find: async () => undefined,
    fateOf: async () => undefined,
    claim: async () => ({ state: 'free', attempt }),
    singleFlight: (_key, _signal, work) => work(),
  };
}

/** A clock that advances only when `sleep` is called. `onSleep` is called after each sleep. */
export function fakeClock(onSleep: (ms: number) => void = () => {}): Clock {
  let time = Date.now();
  return {
    now: () => time,
    monotonic: () => time,
    sleep: async (ms: number) => {
      time += ms;
      onSleep(ms);
    },
  };
}

/** A context whose client has only the given methods, and does not know the API's clock; any other one fails the test. */
export function contextOf(
  client: Partial<SessionsClient>,
  more: Partial<Context & PresentContext> = {},
): Context & PresentContext {
  const { clock = fakeClock() } = more;
  return {
    client: { clockOffset: () => undefined, ...client } as SessionsClient,
    now,
    nonce: 'n0nce',
    clock,
    progress: () => {},
    call: { signal: new AbortController().signal, deadline: Deadline.after(60_000, clock) },
    sendLog: emptySendLog(),
    ...newMemory(clock),
    onSharedWrite: () => {},
    allowVerified: false,
    confirmSends: false,
    ruleTexts: ruleTexts.operator,
    ...more,
  };
}

export function session(id: string, more: Partial<Session> = {}): Session {
  return { ...smallestSession, id, ...more };
}

export function message(id: string | undefined, at: number | string, type = 'message'): HistoryItem {
  return {
    ...(id === undefined ? {} : { id }),
    created_at: typeof at === 'number' ? new Date(at).toISOString() : at,
    event: { type, sender: { type: 'contact' }, content: { type: 'text', text: `text of ${id}` } },
  };
}

/** Pages of the given size. `read` counts the pages requested. */
export function pagesOf<Item>(items: readonly Item[], size: number) {
  const counter = { read: 0 };
  async function* pages(): AsyncGenerator<FetchedPage<Item>, void, undefined> {
    for (let from = 0; from === 0 || from < items.length; from += size) {
      counter.read += 1;
      const next = from + size < items.length ? String(from + size) : null;
      yield { items: items.slice(from, from + size), next, cursor: from === 0 ? undefined : String(from) };
    }
  }
  return { pages: pages(), counter };
}

/** Endless pages, each made from its number. */
export async function* endlessPages<Item>(
  make: (page: number) => Item[],
): AsyncGenerator<FetchedPage<Item> & Page<Item>, void, undefined> {
  for (let page = 0; ; page += 1) {
    yield { items: make(page), next: String(page + 1), cursor: page === 0 ? undefined : String(page) };
  }
}

/** Random numbers that are the same in every run (mulberry32). */
export function seeded(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { below: (n: number) => Math.floor(next() * n), chance: (p: number) => next() < p };
}
