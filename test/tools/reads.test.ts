import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../src/client/errors.ts';
import type { HistoryItem } from '../../src/contract/entities.ts';
import { ArgumentError } from '../../src/conversations/errors.ts';
import { getSession } from '../../src/tools/get-session.ts';
import { getSessionHistory } from '../../src/tools/get-session-history.ts';
import { searchSessions } from '../../src/tools/search-sessions.ts';
import { contextOf, endlessPages, message, pagesOf, session } from '../support/fakes/fakes.ts';

const start = Date.parse('2026-02-01T00:00:00.000Z');
const history = Array.from({ length: 30 }, (_, i) => message(`m${i}`, start + i * 60_000));

const wordsOf = (items: typeof history) => items.map(({ event }) => event.content?.text);

function client() {
  const asked: string[] = [];
  return {
    asked,
    getSession: async (id: string) => {
      asked.push(`session ${id}`);
      return session(id);
    },
    historyPages: (id: string) => {
      asked.push(`history ${id}`);
      return pagesOf(history, 10).pages;
    },
  };
}

describe('get_session', () => {
  it('does not read the history unless messages are requested', async () => {
    const api = client();
    const context = contextOf(api);
    const result = await getSession.run(getSession.input.parse({ session_id: 's1' }), context);
    expect(api.asked).toEqual(['session s1']);
    const { view } = await getSession.present(result, context);
    expect(view).not.toHaveProperty('messages');
    expect(getSession.output.parse(view)).toEqual(view);
  });

  it('includes the newest messages if requested', async () => {
    const context = contextOf(client());
    const given = getSession.input.parse({ session_id: 's1', history_limit: 2 });
    const { view } = await getSession.present(await getSession.run(given, context), context);
    expect(view.messages?.map(({ text }) => text)).toEqual(wordsOf(history.slice(-2)));
    expect(view.messages_note).toBe('The 2 newest; there are older ones.');
    expect(getSession.output.parse(view)).toEqual(view);
  });

  it.each([
    { session_id: '' },
    {},
    { session_id: 's1', history_limit: 51 },
    { session_id: 's1', history_limit: -1 },
  ])('refuses %j', (given) => {
    expect(getSession.input.safeParse(given).success).toBe(false);
  });
});

describe('get_session_history', () => {
  async function read(given: object) {
    const context = contextOf(client());
    const input = getSessionHistory.input.parse({ session_id: 's1', ...given });
    return getSessionHistory.present(await getSessionHistory.run(input, context), context);
  }

  it('shows the 20 newest messages and the `before` for older ones', async () => {
    const { view } = await read({});
    expect(view).toMatchObject({ session_id: 's1', shown: 20, total: 30, before: 'm10' });
    expect(view.messages.map(({ text }) => text)).toEqual(wordsOf(history.slice(-20)));
  });

  it('continues from its own `before`', async () => {
    const { view } = await read({ before: 'm10', limit: 10 });
    expect(view.messages.map(({ text }) => text)).toEqual(wordsOf(history.slice(0, 10)));
    expect(view).not.toHaveProperty('before');
  });

  it('cuts each message to max_message_chars', async () => {
    const { view } = await read({ limit: 1, max_message_chars: 50 });
    expect(view.messages[0]).not.toHaveProperty('cut_chars');
    const long = contextOf({
      historyPages: () =>
        pagesOf(
          [
            {
              ...message('m', start),
              event: { type: 'message', content: { type: 'text', text: 'x'.repeat(80) } },
            },
          ],
          5,
        ).pages,
    });
    const input = getSessionHistory.input.parse({ session_id: 's1', max_message_chars: 50 });
    const cut = await getSessionHistory.present(await getSessionHistory.run(input, long), long);
    expect(cut.view.messages[0]).toMatchObject({ text: 'x'.repeat(50), cut_chars: 30 });
  });

  it('counts an age back from the time that the first answer tells', async () => {
    let hasAnswered = false;
    async function* historyPages() {
      hasAnswered = true;
      yield* pagesOf(history, 10).pages;
    }
    const context = contextOf({ historyPages });
    const [localNow, apiNow] = [new Date(start - 86_400_000), new Date(start + 12 * 60_000)];
    Object.defineProperty(context, 'now', { get: () => (hasAnswered ? apiNow : localNow) });
    const input = getSessionHistory.input.parse({ session_id: 's1', before: '2m' });
    const window = await getSessionHistory.run(input, context);
    const { view } = await getSessionHistory.present(window, context);
    expect(view.messages.map(({ text }) => text)).toEqual(wordsOf(history.slice(0, 10)));
  });

  it('refuses a `before` that is neither an event nor a time', async () => {
    await expect(read({ before: 'nonsense' })).rejects.toThrow(ArgumentError);
  });

  it.each([
    { limit: 0 },
    { limit: 201 },
    { before: '' },
    { max_message_chars: 49 },
    { max_message_chars: 20_001 },
  ])('refuses %j', (given) => {
    expect(getSessionHistory.input.safeParse({ session_id: 's1', ...given }).success).toBe(false);
  });
});

describe('search_sessions', () => {
  /** Sessions and histories that cannot be read. */
  const unreadable = {
    getSession: async () => {
      throw new NotFoundError('gone');
    },
    historyPages: () => pagesOf<HistoryItem>([], 10).pages,
  };

  it('sends the query unchanged except for the space around it', async () => {
    let sent: unknown;
    const context = contextOf({
      searchSessions: async (query) => {
        sent = query;
        return { contacts: [], messages: [] };
      },
    });
    await searchSessions.run(searchSessions.input.parse({ query: '  jane & co ' }), context);
    expect(sent).toEqual({ q: 'jane & co' });
  });

  it('shows each message around the match', async () => {
    const message = `${'. '.repeat(300)}the kettle${' .'.repeat(300)}`;
    const context = contextOf({
      ...unreadable,
      searchSessions: async () => ({ contacts: [], messages: [{ id: 'm', session_id: 's1', message }] }),
    });
    const result = await searchSessions.run(searchSessions.input.parse({ query: 'kettle' }), context);
    const { view } = await searchSessions.present(result, context);
    expect(view.sessions[0]?.matches[0]?.text).toContain('the kettle');
  });

  it('suggests reading a session if it is the only one found', async () => {
    const search = async (...ids: string[]) => {
      const messages = ids.map((session_id, i) => ({ id: `m${i}`, session_id, message: 'kettle' }));
      const context = contextOf({ ...unreadable, searchSessions: async () => ({ contacts: [], messages }) });
      const result = await searchSessions.run(searchSessions.input.parse({ query: 'kettle' }), context);
      return searchSessions.present(result, context);
    };
    const given = { session_id: 's1', history_limit: 10 };
    const { view, text } = await search('s1', 's1');
    expect(view.next).toEqual([{ tool: 'get_session', arguments: given }]);
    expect(text).toContain(`Next: get_session ${JSON.stringify(given)}`);
    expect((await search('s1', 's2')).view).not.toHaveProperty('next');
  });

  it.each([{}, { query: '' }, { query: '   ' }, { query: 'x'.repeat(501) }, { q: 'x' }])(
    'refuses %j',
    (given) => {
      expect(searchSessions.input.safeParse(given).success).toBe(false);
    },
  );
});

describe('quoted earlier mail', () => {
  const question = 'Is there room for it? '.repeat(20).trim();
  const mail = `Yes.\n\nOn Monday Maud wrote:\n> ${question}`;
  const other = `No.\n\nOn Monday Jo wrote:\n> ${'This was never said in the session. '.repeat(9).trim()}`;
  const items = [question, mail, other].map((text, n) => {
    const item = history[n] as (typeof history)[number];
    return { ...item, event: { ...item.event, content: { type: 'text', text } } };
  });
  const context = contextOf({
    getSession: async (id) => session(id),
    historyPages: () => pagesOf(items, 10).pages,
  });

  it('is left out if the session has it, whether or not that message is shown', async () => {
    const brief = getSession.input.parse({ session_id: 's1', history_limit: 3 });
    const { view } = await getSession.present(await getSession.run(brief, context), context);
    expect(view.messages?.map(({ text }) => text)).toEqual([question, 'Yes.', other]);
    const newest = getSession.input.parse({ session_id: 's1', history_limit: 2 });
    const { view: part } = await getSession.present(await getSession.run(newest, context), context);
    expect(part.messages?.map(({ text }) => text)).toEqual(['Yes.', other]);
  });

  it.each([
    [{}, [question, 'Yes.', other]],
    [{ limit: 2 }, ['Yes.', other]],
    [{ max_message_chars: 2001 }, [question, mail, other]],
  ])('is shown in a transcript as requested: %j', async (given, texts) => {
    const input = getSessionHistory.input.parse({ session_id: 's1', ...given });
    const { view } = await getSessionHistory.present(await getSessionHistory.run(input, context), context);
    expect(view.messages.map(({ text }) => text)).toEqual(texts);
  });
});

describe('how far a conversation was read', () => {
  const newest = history.at(-1)?.created_at;
  const readWith = async (
    tool: typeof getSession | typeof getSessionHistory,
    given: object,
    pages = client().historyPages,
  ) => {
    const context = contextOf({ ...client(), historyPages: pages });
    await tool.run(tool.input.parse({ session_id: 's1', ...given }) as never, context);
    return context.lastRead.get('s1');
  };

  it('is remembered by what shows its newest messages', async () => {
    expect(await readWith(getSession, { history_limit: 1 })).toBe(newest);
    expect(await readWith(getSessionHistory, { limit: 1 })).toBe(newest);
  });

  it('is not changed by what does not show them', async () => {
    expect(await readWith(getSession, {})).toBeUndefined();
    expect(await readWith(getSessionHistory, { before: 'm9' })).toBeUndefined();
    const endless = () => endlessPages((page) => [message(`m${page}`, start + page * 60_000)]);
    expect(await readWith(getSessionHistory, {}, endless)).toBeUndefined();
  });
});
