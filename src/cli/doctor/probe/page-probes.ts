import { assumptions } from '../../../contract/assumptions.ts';
import { firstPage, historyPages, type Item, idOf, listPage, type Page } from './pages.ts';
import { type Probe, result, unclear } from './probe-result.ts';

type Order = 'newest first' | 'oldest first' | 'in no consistent order' | undefined;

function orderOf(items: readonly Item[]): Order {
  const times = items
    .map(({ created_at }) => Date.parse(String(created_at)))
    .filter((time) => !Number.isNaN(time));
  const steps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  const up = steps.some((step) => step > 0);
  const down = steps.some((step) => step < 0);
  if (up && down) return 'in no consistent order';
  return up ? 'oldest first' : down ? 'newest first' : undefined;
}

function compareOrder(actual: Order, expected: Order, noun: string): Awaited<ReturnType<Probe>> {
  if (actual === undefined) return unclear(`too few ${noun} to tell`);
  return result(actual === expected, `${noun} are returned ${actual}`);
}

function comparePageSize(page: Page | undefined, expected: number, noun: string): Awaited<ReturnType<Probe>> {
  if (page?.next === undefined) return unclear(`too few ${noun} for a second page`);
  return result(page.items.length === expected, `${page.items.length} ${noun} per page`);
}

/** Probes that read pages of sessions and histories. */
export const pageProbes = {
  listOrder: async (api) => compareOrder(orderOf((await firstPage(api)).items), 'newest first', 'sessions'),

  listPageSize: async (api) =>
    comparePageSize(await firstPage(api), assumptions.listPageSize.value, 'sessions'),

  async historyOrder(api) {
    const orders = (await historyPages(api)).map(({ items }) => orderOf(items));
    const other = orders.find((order) => order !== undefined && order !== 'oldest first');
    return compareOrder(other ?? orders.find((order) => order !== undefined), 'oldest first', 'events');
  },

  async historyPageSize(api) {
    const full = (await historyPages(api)).find(({ next }) => next !== undefined);
    return comparePageSize(full, assumptions.historyPageSize.value, 'events');
  },

  async eventWords(api) {
    const known = ['contact', 'ai', 'agent', 'system'];
    const items = (await historyPages(api)).flatMap((page) => page.items);
    const types = items.map(({ event }) => event?.sender?.type).filter((type) => typeof type === 'string');
    const found = [...new Set(types)];
    if (found.length === 0) return unclear('no event with a sender found');
    return result(
      found.every((type) => known.includes(type)),
      `sender types: ${found.map((type) => JSON.stringify(type.slice(0, 40))).join(', ')}`,
    );
  },

  async cursors(api) {
    const { status } = await listPage(api, [['cursor', 'no-cursor-of-yours']]);
    const detail = `invalid cursor: ${status}`;
    const { next } = await firstPage(api);
    if (next === undefined) return result(status === 400, detail);
    const other = await listPage(api, [
      ['status', 'open'],
      ['cursor', next],
    ]);
    return result(
      status === 400 && other.status === 200,
      `${detail}, cursor with other filters: ${other.status}`,
    );
  },

  async dateBounds(api) {
    const createdAfter = (text: string) => listPage(api, [['created_after', text]]);
    const forms = ['2020-01-31T00:00:00Z', '2020-01-31 00:00:00', '2020-01-31', 'yesterday'];
    const statuses: number[] = [];
    for (const form of forms) statuses.push((await createdAfter(form)).status);
    const [newest] = (await firstPage(api)).items;
    const detail = forms.map((form, n) => `${form}: ${statuses[n]}`).join(', ');
    if (newest === undefined) return unclear(detail);
    const bound = await createdAfter(String(newest.created_at));
    const inclusive = bound.items.some((item) => idOf(item) === idOf(newest));
    const boundary =
      bound.status !== 200 ? `fails with ${bound.status}` : `is ${inclusive ? 'included' : 'excluded'}`;
    return result(
      statuses.join() === '200,200,200,400' && bound.status === 200 && !inclusive,
      `${detail}; the bound itself ${boundary}`,
    );
  },

  async handedOff(api) {
    const withTrue = (await listPage(api, [['handed_off', 'true']])).items;
    const withFalse = (await listPage(api, [['handed_off', 'false']])).items;
    const hasHandoff = ({ handoff }: Item) => typeof handoff === 'object' && handoff !== null;
    const share = (items: readonly Item[]) => `${items.filter(hasHandoff).length} of ${items.length}`;
    const detail = `sessions with a handoff: ${share(withTrue)} for handed_off=true, ${share(withFalse)} for false`;
    if (withTrue.length + withFalse.length === 0) return unclear(detail);
    return result(withTrue.every(hasHandoff) && !withFalse.some(hasHandoff), detail);
  },
} as const satisfies Partial<Record<keyof typeof assumptions, Probe>>;
