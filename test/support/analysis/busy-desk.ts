import type { RateLimiter } from '../../../src/client/rate-limiter.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { askSandbox } from '../sandbox/ask-sandbox.ts';
import { clientOf, url } from '../sandbox/in-process.ts';

/** A support desk with many sessions, whose time passes only when told to, and a client with requests to spend. */
export async function openBusyDesk(sessions: number) {
  let now = Date.parse('2026-06-01T12:00:00.000Z');
  let requests = 0;
  const sandbox = await openSandbox({
    database: ':memory:',
    rateLimit: 0,
    seed: sessions,
    now: () => new Date(now),
    onResponse: () => {
      requests += 1;
    },
  });
  let left = Number.POSITIVE_INFINITY;
  const rateLimiter: RateLimiter = {
    take: async () => (left-- > 0 ? 0 : 60_000),
    waitMs: async () => (left > 0 ? 0 : 60_000),
    block: async () => {},
  };
  const client = clientOf(sandbox, { rateLimiter });

  async function api(method: 'GET' | 'POST', path: string, body?: object) {
    const text = await askSandbox({ ...sandbox, url }, method, path, body);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** All items of a list of the API, by its own pages. */
  async function all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor = '';
    for (;;) {
      const page = await api('GET', `${path}${path.includes('?') ? '&' : '?'}${cursor}`.replace(/[?&]$/, ''));
      items.push(...page.items);
      if (page.next === null) return items;
      cursor = `cursor=${encodeURIComponent(page.next)}`;
    }
  }

  return {
    client,
    now: () => new Date(now),
    pass: (ms: number) => {
      now += ms;
    },
    /** From now on, so many requests may be made. */
    allow: (n: number) => {
      left = n;
    },
    requests: () => requests,
    write: (sessionId: string, text: string, sender = 'contact') =>
      api('POST', `/chat/sessions/${sessionId}/send`, { sender, message: { type: 'text', text } }),
    create: async (): Promise<string> => (await api('POST', '/chat/sessions', {})).id,
    /** Every session and its whole history, read by hand. */
    async walk(): Promise<{ session: Session; history: HistoryItem[] }[]> {
      const list = await all<Session>('/chat/sessions');
      const read = [];
      for (const session of list) {
        read.push({ session, history: await all<HistoryItem>(`/chat/sessions/${session.id}/history`) });
      }
      return read;
    },
    async end() {
      await client.close();
      await sandbox.close();
    },
  };
}

export type BusyDesk = Awaited<ReturnType<typeof openBusyDesk>>;
