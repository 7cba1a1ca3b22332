import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InboxDraft } from '../../../../src/presenters/inbox/views.ts';
import type { Api } from '../../../../src/web/inbox/model/api.ts';
import { Model } from '../../../../src/web/inbox/model/model.ts';

const at = '2026-03-01T12:00:00.000Z';

const draft: InboxDraft = {
  number: 1,
  session_id: 'session-1',
  state: 'waiting',
  text: 'It ships today.',
  facts: [],
  created_at: at,
  expires_at: at,
};

/** A browser with the page, as far as the model uses it. */
function stubBrowser() {
  let hash = '';
  const location = {
    pathname: '/inbox',
    get hash() {
      return hash;
    },
    set hash(value: string) {
      hash = `#${value}`;
    },
  };
  vi.stubGlobal('location', location);
  vi.stubGlobal('sessionStorage', { getItem: () => null, removeItem() {} });
  vi.stubGlobal('addEventListener', () => {});
}

/** The page on a server with a draft, which the server settles when it is reviewed. */
async function pageWithDraft(state: string) {
  stubBrowser();
  const server = { state, asked: [] as string[] };
  const answers: Record<string, () => unknown> = {
    '/desk': () => ({ sandbox: false, live: 'Live', drafts: true, approves: true }),
    '/drafts': () => ({ drafts: [{ ...draft, state: server.state }] }),
    '/drafts/1': () => {
      if (server.state === 'unknown') server.state = 'sent';
      return { draft: { ...draft, state: server.state }, digest: 'a', changes: [], new_messages: [] };
    },
  };
  const api: Partial<Api> = {
    signIn: async () => {},
    // It tells no changes.
    fetch: () => new Promise<Response>(() => {}),
    async get<T>(path: string) {
      server.asked.push(path);
      const answer = answers[path];
      if (answer === undefined) throw new Error(`Nothing is at ${path}.`);
      return answer() as T;
    },
    async post<T>() {
      server.state = 'unknown';
      return { outcome: 'unknown' } as T;
    },
  };
  const model = new Model(api as Api);
  void model.start();
  await settled();
  return { model, server };
}

/** Everything that the page began by itself has ended. */
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the model of the inbox page', () => {
  it('has a draft whose delivery is not known looked for when its session is opened', async () => {
    const { model, server } = await pageWithDraft('unknown');
    expect(server.asked).not.toContain('/drafts/1');
    model.select('session-1');
    await settled();
    expect(model.state.drafts).toMatchObject([{ number: 1, state: 'sent' }]);
    expect(server.asked.filter((path) => path === '/drafts/1')).toHaveLength(1);
    // What was found is in the conversation.
    expect(server.asked.lastIndexOf('/sessions/session-1')).toBeGreaterThan(
      server.asked.indexOf('/drafts/1'),
    );
  });

  it('has a draft looked for whose delivery gets lost while it is shown', async () => {
    const { model } = await pageWithDraft('waiting');
    model.select('session-1');
    await settled();
    await model.approve(1, 'a', undefined);
    await settled();
    expect(model.state.drafts).toMatchObject([{ number: 1, state: 'sent' }]);
  });
});
