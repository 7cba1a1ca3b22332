import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttemptStore } from '../../src/state/attempt-store.ts';
import { SendLogError } from '../../src/state/errors.ts';
import { recordedSendLog } from '../../src/state/recorded-send-log.ts';
import { memoryStore } from '../support/state/memory-store.ts';
import { describeSendLog, send } from '../support/state/send-log-contract.ts';

describeSendLog('a send log in memory', () => {
  const store = memoryStore();
  return {
    open: (options) => recordedSendLog(store, options),
    breakDown: () => store.breakDown(new Error('connection lost')),
    repair: () => store.breakDown(undefined),
    forget: store.clear,
    close: () => {},
  };
});

describe('a store that does not answer', () => {
  const once = { allowDuplicate: false, longestMs: 1000 };
  const settings = { account: 'account' };

  /** A store whose next `create` or `read` waits until `go` is called. */
  function slowStore(method: 'create' | 'read') {
    const store = memoryStore();
    let go = () => {};
    const turn = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = {
      ...store,
      [method]: async (argument: never) => {
        await turn;
        return store[method](argument);
      },
    } as AttemptStore;
    return { store, slow, go };
  }

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(['find', 'claim'] as const)('refuses after ten seconds to %s a write', async (method) => {
    const log = recordedSendLog(slowStore('read').slow, settings);
    const refused = expect(method === 'find' ? log.find(send) : log.claim(send, once)).rejects.toThrow(
      'cannot be kept (it does not answer)',
    );
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('records a claim that comes too late as not sent, so that it is free again', async () => {
    const { store, slow, go } = slowStore('create');
    const refused = expect(recordedSendLog(slow, settings).claim(send, once)).rejects.toThrow(SendLogError);
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    go();
    await vi.advanceTimersByTimeAsync(1);
    expect(await recordedSendLog(store, settings).claim(send, once)).toMatchObject({ state: 'free' });
  });
});
