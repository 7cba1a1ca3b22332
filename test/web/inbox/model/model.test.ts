import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InboxDraft } from '../../../../src/presenters/inbox/views.ts';
import type { Api } from '../../../../src/web/inbox/model/api.ts';
import { Model } from '../../../../src/web/inbox/model/model.ts';

const at = '2026-03-01T12:00:00.000Z';

const draft: InboxDraft = {
  number: 1,
  session_id: 'session-1',
  state: 'unknown',
  text: 'It ships today.',
  facts: [],
  created_at: at,
  expires_at: at,
};

/** A page at an address, as a browser would have it. */
function browserAt(hash: string) {
  vi.stubGlobal('location', { hash, pathname: '/inbox' });
  vi.stubGlobal('sessionStorage', { getItem: () => null, removeItem() {} });
  vi.stubGlobal('addEventListener', () => {});
}

/** A server whose answers are these, by path. It tells no changes. */
function serverWith(answers: Record<string, () => unknown>) {
  const asked: string[] = [];
  const api: Partial<Api> = {
    signIn: async () => {},
    fetch: () => new Promise<Response>(() => {}),
    async get<T>(path: string) {
      asked.push(path);
      const answer = answers[path];
      if (answer === undefined) throw new Error(`Nothing is at ${path}.`);
      return answer() as T;
    },
  };
  return { api: api as Api, asked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the model of the inbox page', () => {
  it('has a draft looked for whose delivery is not known, and shows what became of it', async () => {
    browserAt('#s=session-1');
    let state = 'unknown';
    const { api, asked } = serverWith({
      '/desk': () => ({ sandbox: false, live: 'Live', drafts: true, approves: true }),
      '/drafts': () => ({ drafts: [{ ...draft, state }] }),
      '/drafts/1': () => {
        state = 'sent';
        return { draft: { ...draft, state }, digest: 'a', changes: [], new_messages: [] };
      },
    });
    const model = new Model(api);
    void model.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(model.state.drafts).toMatchObject([{ number: 1, state: 'sent' }]);
    expect(asked.filter((path) => path === '/drafts/1')).toHaveLength(1);
    // What was found is in the conversation.
    expect(asked.lastIndexOf('/sessions/session-1')).toBeGreaterThan(asked.indexOf('/drafts/1'));
  });
});
