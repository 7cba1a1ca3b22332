import { routes } from '../../../contract/routes.ts';
import type { ApiReader } from '../api-reader.ts';

/** The members that probes read. Any of them may be missing. */
export interface Item {
  readonly id?: unknown;
  readonly created_at?: unknown;
  readonly updated_at?: unknown;
  readonly handoff?: unknown;
  readonly contact?: { readonly [key: string]: unknown } | null;
  readonly event?: { readonly sender?: { readonly type?: unknown } | null };
}

export interface Page {
  readonly status: number;
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

type Query = readonly (readonly [string, string])[];

/** Reads a page of any response. An unreadable one has no items. */
async function readPage(api: ApiReader, path: string, query: Query = []): Promise<Page> {
  const { status, text } = await api.get(path, query);
  const body = parseObject(text);
  return {
    status,
    items: Array.isArray(body['items']) ? body['items'].map(Object) : [],
    next: typeof body['next'] === 'string' ? body['next'] : undefined,
  };
}

export const listPage = (api: ApiReader, query: Query = []) => readPage(api, routes.listSessions.path, query);

/** The body of a response; empty if it is not JSON. */
export function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

export const idOf = ({ id }: Item): string => (typeof id === 'string' ? id : '');

/** Reads something once per API, because several probes need it. */
function once<T>(read: (api: ApiReader) => Promise<T>): (api: ApiReader) => Promise<T> {
  const results = new WeakMap<ApiReader, Promise<T>>();
  return (api) => {
    const result = results.get(api) ?? read(api);
    results.set(api, result);
    return result;
  };
}

export const firstPage = once((api) => listPage(api));

/** One history with several pages is enough to show order and page size. */
const maxHistories = 5;

/** First pages of the histories of the longest sessions, up to the first that has a second page. */
export const historyPages = once(async (api) => {
  const { items } = await firstPage(api);
  const duration = ({ created_at, updated_at }: Item) =>
    Date.parse(String(updated_at)) - Date.parse(String(created_at)) || 0;
  const pages: Page[] = [];
  for (const item of [...items].sort((a, b) => duration(b) - duration(a)).slice(0, maxHistories)) {
    const page = await readPage(api, routes.listHistory.path.replace('{session_id}', idOf(item)));
    pages.push(page);
    if (page.next !== undefined) break;
  }
  return pages;
});
