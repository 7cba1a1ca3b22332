import { assumptions } from '../../../contract/assumptions.ts';
import { routes } from '../../../contract/routes.ts';
import type { Asker } from '../api-reader.ts';
import type { Probe } from './assumption-probe.ts';

/** What the probes read of pages; any of it may be missing. */
interface Item {
  readonly id?: unknown;
  readonly created_at?: unknown;
  readonly updated_at?: unknown;
  readonly handoff?: unknown;
  readonly contact?: { readonly [key: string]: unknown } | null;
  readonly event?: { readonly sender?: { readonly type?: unknown } | null };
}

interface Page {
  readonly status: number;
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

const list = routes.listSessions.path;

/** So many histories are looked into, of the sessions that went on longest: one of several pages is enough. */
const histories = 5;

type Query = readonly (readonly [string, string])[];

async function page(asker: Asker, path: string, query: Query = []): Promise<Page> {
  const { status, text } = await asker.get(path, query);
  let body: { items?: unknown; next?: unknown } = {};
  try {
    body = Object(JSON.parse(text));
  } catch {
    // Its status says enough.
  }
  const items = Array.isArray(body.items) ? body.items.map(Object) : [];
  return { status, items, next: typeof body.next === 'string' ? body.next : undefined };
}

export const idOf = ({ id }: Item): string => (typeof id === 'string' ? id : '');

/** Read once and used by several: what a look at one assumption cost is not spent again. */
const firstPages = new WeakMap<Asker, Promise<Page>>();
const readHistories = new WeakMap<Asker, Promise<Page[]>>();

export function firstPage(asker: Asker): Promise<Page> {
  const known = firstPages.get(asker) ?? page(asker, list);
  firstPages.set(asker, known);
  return known;
}

function historiesOf(asker: Asker): Promise<Page[]> {
  const known = readHistories.get(asker) ?? readSome(asker);
  readHistories.set(asker, known);
  return known;
}

async function readSome(asker: Asker): Promise<Page[]> {
  const { items } = await firstPage(asker);
  const pages: Page[] = [];
  const lasted = ({ created_at, updated_at }: Item) =>
    Date.parse(String(updated_at)) - Date.parse(String(created_at)) || 0;
  for (const item of [...items].sort((a, b) => lasted(b) - lasted(a)).slice(0, histories)) {
    const one = await page(asker, routes.listHistory.path.replace('{session_id}', idOf(item)));
    pages.push(one);
    // One that goes on tells the order and the size of a page.
    if (one.next !== undefined) break;
  }
  return pages;
}

type Order = 'newest first' | 'oldest first' | 'in no order of created_at' | undefined;

function orderOf(items: readonly Item[]): Order {
  const times = items
    .map(({ created_at }) => Date.parse(String(created_at)))
    .filter((time) => !Number.isNaN(time));
  const steps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  const up = steps.some((step) => step > 0);
  const down = steps.some((step) => step < 0);
  if (up && down) return 'in no order of created_at';
  return up ? 'oldest first' : down ? 'newest first' : undefined;
}

function inOrder(order: Order, wanted: Order, of: string): Awaited<ReturnType<Probe>> {
  if (order === undefined) return { verdict: 'unclear', seen: `too few ${of} to tell` };
  return { verdict: order === wanted ? 'holds' : 'differs', seen: `${of} come ${order}` };
}

function ofSize({ items, next }: Page, wanted: number, of: string): Awaited<ReturnType<Probe>> {
  if (next === undefined) return { verdict: 'unclear', seen: `no page of ${of} is followed by another one` };
  return { verdict: items.length === wanted ? 'holds' : 'differs', seen: `${items.length} ${of} a page` };
}

const none: Page = { status: 0, items: [], next: undefined };

export const inPages = {
  listOrder: async (asker) => inOrder(orderOf((await firstPage(asker)).items), 'newest first', 'sessions'),

  listPageSize: async (asker) => ofSize(await firstPage(asker), assumptions.listPageSize.value, 'sessions'),

  async historyOrder(asker) {
    const orders = (await historiesOf(asker)).map(({ items }) => orderOf(items));
    const other = orders.find((order) => order !== undefined && order !== 'oldest first');
    return inOrder(other ?? orders.find((order) => order !== undefined), 'oldest first', 'events');
  },

  async historyPageSize(asker) {
    const long = (await historiesOf(asker)).find(({ next }) => next !== undefined);
    return ofSize(long ?? none, assumptions.historyPageSize.value, 'events');
  },

  async eventWords(asker) {
    const known = ['contact', 'ai', 'agent', 'system'];
    const items = (await historiesOf(asker)).flatMap((one) => one.items);
    const words = new Set(
      items.map(({ event }) => event?.sender?.type).filter((type) => typeof type === 'string'),
    );
    if (words.size === 0) return { verdict: 'unclear', seen: 'no event with a sender was met' };
    const verdict = [...words].every((word) => known.includes(word)) ? 'holds' : 'differs';
    return {
      verdict,
      seen: `senders met: ${[...words].map((word) => JSON.stringify(word.slice(0, 40))).join(', ')}`,
    };
  },

  async cursors(asker) {
    const foreign = await page(asker, list, [['cursor', 'no-cursor-of-yours']]);
    const refused = `a foreign cursor is answered ${foreign.status}`;
    const { next } = await firstPage(asker);
    if (next === undefined) return { verdict: foreign.status === 400 ? 'holds' : 'differs', seen: refused };
    const other = await page(asker, list, [
      ['status', 'open'],
      ['cursor', next],
    ]);
    const verdict = foreign.status === 400 && other.status === 200 ? 'holds' : 'differs';
    return { verdict, seen: `${refused}, one used with other filters ${other.status}` };
  },

  async dateBounds(asker) {
    const after = (text: string) => page(asker, list, [['created_after', text]]);
    const forms = ['2020-01-31T00:00:00Z', '2020-01-31 00:00:00', '2020-01-31', 'yesterday'];
    const answers: number[] = [];
    for (const form of forms) answers.push((await after(form)).status);
    const [newest] = (await firstPage(asker)).items;
    const seen = forms.map((form, n) => `${form} ${answers[n]}`).join(', ');
    if (newest === undefined) return { verdict: 'unclear', seen };
    const bound = await after(String(newest.created_at));
    const inclusive = bound.items.some((item) => idOf(item) === idOf(newest));
    const asAssumed = answers.join() === '200,200,200,400' && bound.status === 200 && !inclusive;
    return {
      verdict: asAssumed ? 'holds' : 'differs',
      seen: `${seen}; a bound itself is ${bound.status !== 200 ? `answered ${bound.status}` : inclusive ? 'included' : 'left out'}`,
    };
  },

  async handedOff(asker) {
    const off = (await page(asker, list, [['handed_off', 'true']])).items;
    const kept = (await page(asker, list, [['handed_off', 'false']])).items;
    const has = ({ handoff }: Item) => typeof handoff === 'object' && handoff !== null;
    const seen = `with true ${off.filter(has).length} of ${off.length} sessions carry a handoff, with false ${kept.filter(has).length} of ${kept.length}`;
    if (off.length + kept.length === 0) return { verdict: 'unclear', seen };
    return { verdict: off.every(has) && !kept.some(has) ? 'holds' : 'differs', seen };
  },
} as const satisfies Partial<Record<keyof typeof assumptions, Probe>>;
