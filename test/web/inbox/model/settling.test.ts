import { describe, expect, it } from 'vitest';
import type { InboxDraft, InboxReview } from '../../../../src/presenters/inbox/views.ts';
import { settling } from '../../../../src/web/inbox/model/settling.ts';

const at = '2026-03-01T12:00:00.000Z';

const draftOf = (more: Partial<InboxDraft>): InboxDraft => ({
  number: 1,
  session_id: 'session-1',
  state: 'unknown',
  text: 'It ships today.',
  facts: [],
  created_at: at,
  expires_at: at,
  decision: { by: 'sam', at },
  ...more,
});

/** A server that knows these states by now. Fails for others. */
function server(states: Record<number, string>) {
  const reviewed: number[] = [];
  const settle = settling(async (number) => {
    reviewed.push(number);
    const state = states[number];
    if (state === undefined) throw new Error('away');
    return { draft: draftOf({ number, state }), changes: [], new_messages: [] } as unknown as InboxReview;
  });
  return { reviewed, settle };
}

describe('drafts whose delivery is not known', () => {
  it('are looked for in the session that is open, and only they', async () => {
    const { reviewed, settle } = server({ 1: 'sent' });
    const drafts = [
      draftOf({ number: 1 }),
      draftOf({ number: 2, state: 'waiting' }),
      draftOf({ number: 3, session_id: 'session-2' }),
    ];
    expect(await settle(drafts, undefined)).toBe(false);
    expect(await settle(drafts, 'session-1')).toBe(true);
    expect(reviewed).toEqual([1]);
  });

  it('are looked for once, and again when the session is opened again or another decision is lost', async () => {
    const { reviewed, settle } = server({ 1: 'unknown' });
    const again = draftOf({ decision: { by: 'sam', at: '2026-03-01T13:00:00.000Z' } });
    for (const session of ['session-1', 'session-1', 'session-2', 'session-1'])
      expect(await settle([draftOf({})], session)).toBe(false);
    expect(reviewed).toEqual([1, 1]);
    await settle([again], 'session-1');
    expect(reviewed).toEqual([1, 1, 1]);
  });

  it('stay unknown if the server fails', async () => {
    expect(await server({}).settle([draftOf({})], 'session-1')).toBe(false);
  });
});
