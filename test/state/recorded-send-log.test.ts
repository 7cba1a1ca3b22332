import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Attempt, AttemptStore } from '../../src/state/attempts/attempt-store.ts';
import { recordedSendLog } from '../../src/state/attempts/recorded-send-log.ts';
import { SendLogError } from '../../src/state/errors.ts';
import { memoryStore } from '../support/state/memory-store.ts';
import { describeSendLog, free, send, unknown } from '../support/state/send-log-contract.ts';
import { settableClock } from '../support/state/settable-clock.ts';

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

const once = { allowDuplicate: false, longestMs: 0 };
const again = { ...once, allowDuplicate: true };
const windowMs = 600_000;

function setUp() {
  const clock = settableClock();
  const store = memoryStore();
  /** What was created and replaced, in order. */
  const written: string[] = [];
  const replaced: Attempt[] = [];
  const noted: AttemptStore = {
    ...store,
    async create(attempt) {
      const isCreated = await store.create(attempt);
      if (isCreated) written.push(`${attempt.number} ${attempt.state}`);
      return isCreated;
    },
    async replace(attempt) {
      await store.replace(attempt);
      replaced.push(attempt);
      written.push(`${attempt.number} ${attempt.state}`);
    },
  };
  /** Opens the log as another process does; `changed` is what its store does otherwise. */
  const open = (changed: Partial<AttemptStore> = {}, onLost = (_: Error) => {}) =>
    recordedSendLog({ ...noted, ...changed }, { account: 'account', clock, onLost });
  return { clock, store, noted, written, replaced, open };
}

const other = (hash: string, number: number, state: Attempt['state'] = 'intent'): Attempt => ({
  hash,
  number,
  nonce: `other ${number}`,
  state,
  began: 0,
  left: 0,
  effects: {},
});

describe('what a send log writes', () => {
  it('is nothing when a message is refused', async () => {
    const { open, written } = setUp();
    const log = open();
    await free(await log.claim(send, once)).sent('message-1');
    const before = [...written];
    expect((await log.claim(send, once)).state).toBe('sent');
    expect((await log.find(send))?.state).toBe('sent');
    expect(written).toEqual(before);
  });

  it('has the next number that this process or the store knows', async () => {
    const { open, store, written } = setUp();
    const log = open();
    await free(await log.claim(send, once)).rejected();
    store.clear();
    await free(await log.claim(send, once)).rejected();
    await free(await open().claim(send, once)).rejected();
    expect(written.filter((one) => one.endsWith('intent'))).toEqual(['1 intent', '2 intent', '3 intent']);
  });

  it('begins at 1 again when everything before is out of every window', async () => {
    const { clock, open, store, written } = setUp();
    const log = open();
    clock.pass(windowMs / 2);
    await free(await log.claim(send, once)).rejected();
    store.clear();
    clock.pass(windowMs - 1);
    await free(await log.claim(send, once)).rejected();
    store.clear();
    clock.pass(windowMs);
    await log.claim(send, once);
    expect(written.filter((one) => one.endsWith('intent'))).toEqual(['1 intent', '2 intent', '1 intent']);
  });
});

describe('an attempt that loses a race', () => {
  it('is recorded as rejected, and not missed afterwards', async () => {
    const { noted, open, store, written } = setUp();
    let hash = '';
    const log = open({
      async create(attempt) {
        hash = attempt.hash;
        const isCreated = await noted.create(attempt);
        // Another process knew of an attempt that was removed, and used the next number.
        await store.create(other(hash, 2));
        return isCreated;
      },
    });
    expect((await log.claim(send, once)).state).toBe('unknown');
    expect(written).toEqual(['1 intent', '1 rejected']);
    store.clear();
    expect(await log.find(send)).toBeUndefined();
  });

  it('is no attempt that was rejected itself, and no deliberate duplicate', async () => {
    const { noted, open, store } = setUp();
    const racing = (state: Attempt['state']) =>
      open({
        async create(attempt) {
          await store.create(other(attempt.hash, attempt.number + 1, state));
          return noted.create(attempt);
        },
      });
    expect((await racing('rejected').claim(send, once)).state).toBe('free');
    expect((await racing('intent').claim(send, again)).state).toBe('free');
  });

  it.each([
    ['with nothing in its place', async () => {}],
    [
      'with the record of another process in its place',
      (store: AttemptStore, one: Attempt) => store.create(other(one.hash, 1, 'rejected')),
    ],
  ])('is refused if its record is removed at once, %s', async (_, replace) => {
    const { noted, open, store } = setUp();
    const log = open({
      async create(attempt) {
        await noted.create(attempt);
        store.clear();
        await replace(store, attempt);
        return true;
      },
    });
    for (const options of [once, again]) {
      await expect(log.claim(send, options)).rejects.toMatchObject({
        cause: { name: 'VanishedRecordError' },
      });
    }
  });

  it('is not left as an intent if the store fails meanwhile', async () => {
    const { noted, open, written } = setUp();
    let reads = 0;
    const log = open({
      async read(hash) {
        reads += 1;
        if (reads === 2) throw new Error('connection lost');
        return noted.read(hash);
      },
    });
    await expect(log.claim(send, once)).rejects.toThrow(SendLogError);
    expect(written).toEqual(['1 intent', '1 rejected']);
    expect((await log.claim(send, once)).state).toBe('free');
  });
});

describe('an attempt whose number is taken', () => {
  it('takes the next free one, and gives up after a hundred', async () => {
    const { noted, open } = setUp();
    let tries = 0;
    const taken = (times: number) =>
      open({
        async create(attempt) {
          tries += 1;
          return tries > times && noted.create(attempt);
        },
      });
    expect((await taken(99).claim(send, once)).state).toBe('free');
    tries = 0;
    await expect(taken(100).claim({ ...send, sessionId: 'other' }, once)).rejects.toThrow(
      'its entries cannot be read',
    );
    expect(tries).toBe(100);
  });
});

describe('the message of an attempt that was answered', () => {
  it('is not found for another attempt while the store takes its owner', async () => {
    const { clock, noted, open } = setUp();
    let go = () => {};
    const log = open({
      async claimMessage(message, owner) {
        if (owner.endsWith('.2')) await new Promise<void>((resolve) => (go = resolve));
        return noted.claimMessage(message, owner);
      },
    });
    const lost = free(await log.claim(send, once));
    await lost.unknown();
    const answered = free(await log.claim(send, again));
    const sent = answered.sent('message-1');
    clock.pass(windowMs / 2);
    expect(await lost.found(['message-1'])).toBeUndefined();
    go();
    await sent;
    expect(await lost.found(['message-1'])).toBeUndefined();
    // The window counts from the answer.
    await lost.absent();
    clock.pass(windowMs / 2);
    expect(await log.find(send)).toBeUndefined();
  });
});

describe('the message of an attempt that was answered while the store was away', () => {
  it('is not taken for the message of another attempt once the store is back', async () => {
    const { noted, open } = setUp();
    let isAway = true;
    const lost = vi.fn<(error: Error) => void>();
    const log = open(
      {
        async claimMessage(message, owner) {
          if (isAway) throw new Error('connection lost');
          return noted.claimMessage(message, owner);
        },
      },
      lost,
    );
    const other = free(await log.claim({ ...send, content: ['other words'] }, once));
    await other.unknown();
    await free(await log.claim(send, once)).sent('message-1');
    expect(lost).toHaveBeenCalledOnce();
    expect(await other.unclaimed(['message-1'])).toEqual(['message-1']);
    await expect(log.find(send)).rejects.toThrow('connection lost');
    isAway = false;
    expect(await log.find(send)).toMatchObject({ state: 'sent', id: 'message-1' });
    expect(await other.unclaimed(['message-1'])).toEqual([]);
  });
});

describe('a message that any of two attempts may have made', () => {
  it('counts from the later one, whichever it is given to', async () => {
    const { clock, open } = setUp();
    const log = open();
    const first = free(await log.claim(send, once));
    await first.unknown();
    clock.pass(windowMs - 1);
    const second = free(await log.claim(send, again));
    await second.unknown();
    expect(await first.found(['message-1'])).toBe('message-1');
    await second.absent();
    clock.pass(windowMs / 2);
    expect(await open().find(send)).toMatchObject({ state: 'sent', id: 'message-1' });
  });
});

describe('an attempt of a slow process', () => {
  it('is unknown if it is rejected while another process records its message', async () => {
    const { open, written } = setUp();
    const theirs = free(await open().claim(send, once));
    const lost = vi.fn<(error: Error) => void>();
    const full = () => Promise.reject(new Error('no space left on device'));
    const seen = unknown(await open({ replace: full }, lost).claim(send, once));
    expect(await seen.found(['message-1'])).toBe('message-1');
    expect(lost).toHaveBeenCalledOnce();
    await theirs.rejected();
    expect(written).toEqual(['1 intent', '1 unknown']);
    expect(await unknown(await open().claim(send, once)).found(['message-1'])).toBe('message-1');
  });

  it('is not recorded again if its record was removed after another process looked', async () => {
    const { noted, open, written } = setUp();
    const lost = vi.fn<(error: Error) => void>();
    let isGone = false;
    const read = (hash: string) => (isGone ? Promise.resolve([]) : noted.read(hash));
    const theirs = free(await open({ read }, lost).claim(send, once));
    await unknown(await open({ replace: async () => {} }).claim(send, once)).found(['message-1']);
    isGone = true;
    await theirs.rejected();
    expect(written).toEqual(['1 intent']);
    expect(lost).not.toHaveBeenCalled();
  });
});

describe('a record that comes back', () => {
  it('counts again, although a deliberate duplicate replaced it', async () => {
    const { clock, open, replaced, store } = setUp();
    const log = open();
    const attempt = free(await log.claim(send, once));
    await attempt.unknown();
    const [saved] = replaced;
    store.clear();
    await free(await log.claim(send, again)).sent('message-2');
    clock.pass(windowMs);
    // Replaced, so it is not missed.
    store.clear();
    expect(await log.find(send)).toBeUndefined();
    await store.replace(saved as Attempt);
    expect((await log.find(send))?.state).toBe('unknown');
    store.clear();
    await expect(log.find(send)).rejects.toThrow(SendLogError);
  });
});
