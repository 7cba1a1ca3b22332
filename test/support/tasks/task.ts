import type { Agent, Plain } from './desk.ts';

/** A question to a support desk, and two ways to answer it. */
export interface Task {
  readonly question: string;
  readonly answer: string;
  /** With the calls that a reader of the tool descriptions makes. */
  readonly solve: (agent: Agent) => Promise<string>;
  /** With the operations of the API, as a plain bridge exposes them. */
  readonly plain: (api: Plain) => Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every tool and operation
export type Row = any;

export const sessions = '/chat/sessions';
export const names = (rows: Row[]) => rows.map((row) => row.contact?.name ?? 'nobody').join(', ');
/** A contact's name in the API's own JSON. */
export const nameOf = ({ contact }: Row) => contact?.name ?? contact?.non_verified_name ?? 'nobody';
export const isMessage = ({ event }: Row) => event.type === 'message';
export const lastMessage = (items: Row[]) => items.findLast(isMessage);

/** All sessions that match, from all pages. */
export async function listed(api: Plain, query: string): Promise<Row[]> {
  const rows = [];
  let cursor = '';
  do {
    const { items, next } = await api.request('GET', `${sessions}?${query}${cursor}`);
    rows.push(...items);
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
  } while (cursor !== '');
  return rows;
}
