import { describe, expect, it } from 'vitest';
import { approvedUntil, stateOf, textOf } from '../../../src/conversations/outbox/draft-state.ts';
import type { Draft } from '../../../src/state/outbox/outbox.ts';

type Recorded = Pick<Draft, 'state' | 'decision'>;

const recorded = (state: Draft['state'], until?: number): Recorded => ({
  state,
  ...(until !== undefined && { decision: { id: 'd1', by: 'sam', at: 1, text: 'Edited.', until } }),
});

describe('the state of a draft that expires at 100', () => {
  it.each<[Recorded, now: number, state: string]>([
    [recorded('waiting'), 99, 'waiting'],
    [recorded('waiting'), 100, 'expired'],
    // An approval that led to nothing.
    [recorded('waiting', 50), 10, 'waiting'],
    [recorded('approved', 50), 49, 'approved'],
    [recorded('approved', 50), 50, 'waiting'],
    [recorded('approved', 150), 149, 'approved'],
    [recorded('approved', 150), 150, 'expired'],
    [recorded('approved'), 0, 'waiting'],
    [recorded('sending', 50), 49, 'approved'],
    [recorded('sending', 50), 50, 'unknown'],
    [recorded('sending', 50), 150, 'unknown'],
    [recorded('sending'), 0, 'unknown'],
    [recorded('sent', 50), 10, 'sent'],
    [recorded('sent', 50), 150, 'sent'],
    [recorded('unknown', 50), 10, 'unknown'],
    [recorded('unknown', 50), 150, 'unknown'],
    [recorded('rejected'), 150, 'rejected'],
  ])('recorded as %j is at %d: %s', (draft, now, state) => {
    expect(stateOf({ ...draft, expires: 100 }, now)).toBe(state);
  });

  it('counts an approval for the time of its call and ten seconds', () => {
    expect(approvedUntil(1_000, 50)).toBe(11_050);
  });
});

describe('the text of a draft', () => {
  const body = { sender: 'agent', message: { type: 'text', text: 'Written.' } } as const;
  it.each<[Recorded, now: number, text: string]>([
    [recorded('waiting'), 1, 'Written.'],
    [recorded('waiting', 50), 1, 'Written.'],
    [recorded('approved', 50), 1, 'Edited.'],
    [recorded('approved', 50), 50, 'Written.'],
    [recorded('sending', 50), 50, 'Edited.'],
    [recorded('sent', 50), 1, 'Edited.'],
    [recorded('unknown', 50), 1, 'Edited.'],
    [recorded('rejected', 50), 1, 'Written.'],
    [recorded('sent'), 1, 'Written.'],
  ])('recorded as %j is at %d: %s', (draft, now, text) => {
    expect(textOf({ ...draft, body, expires: 100 } as Draft, now)).toBe(text);
  });
});
