import type { Draft } from '../../../src/state/outbox/outbox.ts';
import { session } from '../fakes/fakes.ts';

/** A draft that waits, written at 0 for the session `s1` of ticket 1. */
export function aDraft(more: Partial<Draft> = {}): Draft {
  return {
    number: 1,
    revision: 1,
    sessionId: 's1',
    body: { sender: 'agent', message: { type: 'text', text: 'Hello' } },
    allowDuplicate: false,
    scene: { session: session('s1'), newestReached: true },
    author: {},
    created: 0,
    expires: 86_400_000,
    state: 'waiting',
    ...more,
  };
}
