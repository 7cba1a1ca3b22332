import { describe, expect, it } from 'vitest';
import { CancelledError, RepeatedCursorError, UpstreamError } from '../../../src/client/errors.ts';
import { untilFailure } from '../../../src/conversations/reading/until-failure.ts';
import { getSession } from '../../../src/tools/get-session.ts';
import { getSessionHistory } from '../../../src/tools/get-session-history.ts';
import { listSessions } from '../../../src/tools/list-sessions.ts';
import { searchSessions } from '../../../src/tools/search-sessions.ts';
import { contextOf, message, pagesOf, session } from '../../support/fakes/fakes.ts';

const failed = new UpstreamError('Gone.', { status: 502, mayHaveArrived: true });
const cancelled = new CancelledError('Cancelled.', { mayHaveArrived: true });
const repeated = new RepeatedCursorError('Twice.');

interface Odd<Item> {
  items: Item[];
  unreadable?: number;
}

/** Pages, then an error. */
async function* pagesThen<Item>(error: Error | undefined, ...pages: Odd<Item>[]) {
  for (const [index, page] of pages.entries()) {
    const isLast = index === pages.length - 1 && error === undefined;
    yield { ...page, next: isLast ? null : `c${index + 1}`, cursor: index === 0 ? undefined : `c${index}` };
  }
  if (error) throw error;
}

async function list(error: Error | undefined, ...pages: Odd<ReturnType<typeof session>>[]) {
  const context = contextOf({ sessionPages: () => pagesThen(error, ...pages) });
  const result = await listSessions.run(listSessions.input.parse({}), context);
  return listSessions.present(result, context);
}

async function history(error: Error | undefined, ...pages: Odd<ReturnType<typeof message>>[]) {
  const context = contextOf({
    historyPages: () => pagesThen(error, ...pages),
    getSession: async (id) => session(id),
  });
  const given = { session_id: 's1', limit: 50 };
  const result = await getSessionHistory.run(getSessionHistory.input.parse(given), context);
  const whole = await getSession.run({ session_id: 's1', history_limit: 50 }, context);
  return [
    await getSessionHistory.present(result, context),
    await getSession.present(whole, context),
  ] as const;
}

describe('a list', () => {
  it('whose next page fails shows what was read, with a note and the way on', async () => {
    const { view, text } = await list(failed, { items: [session('a'), session('b')] });
    expect(view.sessions.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(view).toMatchObject({ more: true, next_cursor: expect.stringContaining('p=c1') });
    expect(view.note).toMatch(/^Not all was read: the API did not deliver a further page/);
    expect(text).toContain(view.note);
  });

  it('whose cursor leads back shows what was read once, and no cursor', async () => {
    const { view, text } = await list(
      repeated,
      { items: [session('a')] },
      { items: [session('a'), session('b')] },
    );
    expect(view).toMatchObject({ shown: 2, more: false });
    expect(view).not.toHaveProperty('next_cursor');
    expect(view.note).toContain('repeats a page cursor');
    expect(text).toContain('2 sessions.\n');
  });

  it('shows a session that stands on two pages once', async () => {
    const { view } = await list(
      undefined,
      { items: ['a', 'b'].map((id) => session(id)) },
      { items: ['b', 'c'].map((id) => session(id)) },
    );
    expect(view.sessions.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(view).not.toHaveProperty('note');
  });

  it('says how many sessions could not be read', async () => {
    const { view, text } = await list(
      undefined,
      { items: [session('a')], unreadable: 1 },
      { items: [], unreadable: 1 },
    );
    expect(view.note).toBe('2 entries could not be read and are left out.');
    expect(text).toContain(view.note);
    const none = await list(undefined, { items: [], unreadable: 1 });
    expect(none.text).toBe('No sessions could be read.\n1 entry could not be read and is left out.');
  });

  it.each([failed, repeated])('whose first page fails is an error', async (error) => {
    await expect(list(error)).rejects.toBe(error);
  });

  it('that is cancelled is an error', async () => {
    await expect(list(cancelled, { items: [session('a')] })).rejects.toBe(cancelled);
  });
});

describe('a history', () => {
  const [one, two, three] = [message('m1', 1000), message('m2', 2000), message('m3', 3000)];

  it.each([failed, repeated])(
    'that ends early shows what was read, and that the newest may be missing',
    async (error) => {
      const [transcript, whole] = await history(error, { items: [one] }, { items: [one, two] });
      expect(transcript.view).toMatchObject({
        shown: 2,
        newest_reached: false,
        note: expect.stringMatching(/^Not all was read/),
      });
      expect(transcript.text).toContain('The NEWEST entries may be missing here.');
      expect(transcript.text).toContain(transcript.view.note);
      expect(whole.view.messages).toHaveLength(2);
      expect(whole.view.messages_note).toMatch(/^The NEWEST messages may be missing here\. Not all was read/);
    },
  );

  it('shows and counts a message that stands on two pages once', async () => {
    const [{ view }] = await history(undefined, { items: [one, two] }, { items: [two, three] });
    expect(view).toMatchObject({ shown: 3, total: 3 });
  });

  it('says how many entries could not be read', async () => {
    const [transcript, whole] = await history(undefined, { items: [one], unreadable: 3 });
    expect(transcript.view.note).toBe('3 entries could not be read and are left out.');
    expect(transcript.text).toContain(transcript.view.note);
    expect(whole.view.messages_note).toContain('3 entries could not be read');
  });

  it('that is cancelled is an error', async () => {
    await expect(history(cancelled, { items: [one] })).rejects.toBe(cancelled);
  });
});

it('a search says how many hits could not be read', async () => {
  const results = { contacts: [], messages: [{ id: 'm', session_id: 's', message: 'tea' }], unreadable: 1 };
  const context = contextOf({
    searchSessions: async () => results,
    getSession: async () => session('s'),
    historyPages: () => pagesOf([message('m', 0)], 10).pages,
  });
  const { view, text } = await searchSessions.present(
    await searchSessions.run({ query: 'tea' }, context),
    context,
  );
  expect(view.note).toBe('1 entry could not be read and is left out.');
  expect(text).toContain(view.note);
});

it.each<[page: { endsEarly?: true; left_out?: number }, told: string[]]>([
  [{}, []],
  [{ endsEarly: true }, ['too_much']],
  [{ left_out: 1 }, ['too_much']],
  [{ left_out: 0 }, []],
])('of a page with %j is told %j', async (page, told) => {
  async function* onePage() {
    yield page;
  }
  const reasons: string[] = [];
  for await (const one of untilFailure(onePage(), (why) => reasons.push(why))) expect(one).toBe(page);
  expect(reasons).toEqual(told);
});
