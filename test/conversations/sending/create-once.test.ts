import { expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { ConnectionError, InvalidRequestError } from '../../../src/client/errors.ts';
import { CreationUnknownError } from '../../../src/conversations/errors.ts';
import { createOnce } from '../../../src/conversations/sending/create-once.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf } from '../../support/fakes/fakes.ts';
import { memoryStore } from '../../support/state/memory-store.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const seconds = 1000;

/** Processes that create the same session through one store. */
function setUp(answers: (Error | string)[] = [], offset?: number) {
  const clock = settableClock(async (ms) => clock.pass(ms));
  const store = memoryStore();
  let count = 0;
  let hold: Promise<void> = Promise.resolve();
  const createSession: SessionsClient['createSession'] = async () => {
    count += 1;
    const answer = answers.shift() ?? `s${count}`;
    await hold;
    if (answer instanceof Error) throw answer;
    return { id: answer };
  };
  const start = () => {
    const sendLog = recordedSendLog(store, { account: 'account', clock });
    return (allowDuplicate = false) => {
      const call = { signal: new AbortController().signal, deadline: Deadline.after(50 * seconds, clock) };
      return createOnce(
        { channel: { type: 'api' } },
        allowDuplicate,
        contextOf({ createSession, clockOffset: () => offset }, { clock, sendLog, call }),
      );
    };
  };
  const holdBack = () => {
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    return () => release();
  };
  return { clock, start, create: start(), requests: () => count, holdBack };
}
const lost = new ConnectionError('Gone.', { mayHaveArrived: true });

it('equal calls at once create one session', async () => {
  const { create, requests } = setUp();
  expect(await Promise.all([create(), create()])).toEqual([{ id: 's1' }, { id: 's1' }]);
  expect(requests()).toBe(1);
});

it.each([-3600, 3600])('tells how long ago it was although the clock was set by %i s', async (by) => {
  const { clock, create } = setUp();
  await create();
  clock.pass(3 * seconds);
  clock.set(by * seconds);
  expect(await create()).toEqual({ id: 's1', secondsAgo: by < 0 ? 0 : 3 });
});

it('an equal call gets the first session for ten seconds, also in another process', async () => {
  const { clock, create, start, requests } = setUp();
  await create();
  clock.pass(3 * seconds);
  for (const again of [create, start()]) expect(await again()).toEqual({ id: 's1', secondsAgo: 3 });
  expect(requests()).toBe(1);
  expect(await create(true)).toEqual({ id: 's2' });
  clock.pass(10 * seconds);
  expect(await create()).toEqual({ id: 's3' });
});

it('an equal call of another process waits for the first', async () => {
  const { clock, create, start, requests, holdBack } = setUp();
  const release = holdBack();
  const first = create();
  await new Promise((resolve) => setImmediate(resolve));
  clock.sleep = async (ms) => {
    clock.pass(ms);
    release();
    await first;
  };
  expect(await start()()).toMatchObject({ id: 's1' });
  expect(requests()).toBe(1);
});

it('after an unknown outcome nothing is created, however late, until a duplicate is allowed', async () => {
  const { clock, create, start, requests } = setUp([lost]);
  await expect(create()).rejects.toBe(lost);
  clock.pass(3600 * seconds);
  for (const again of [create, start()]) await expect(again()).rejects.toThrow(CreationUnknownError);
  expect(requests()).toBe(1);
  expect(await create(true)).toEqual({ id: 's2' });
  expect(await create()).toMatchObject({ id: 's2' });
});

it.each([
  [86_400_000, 86_400_000],
  [-999, 0],
])('an unknown outcome is dated by the clock of the API, which is %i ms ahead', async (offset, shown) => {
  const { clock, create } = setUp([lost], offset);
  const began = new Date(clock.now() + shown);
  await expect(create()).rejects.toBe(lost);
  clock.pass(60 * seconds);
  await expect(create()).rejects.toMatchObject({ name: 'CreationUnknownError', began });
});

it('after a rejection it may be created', async () => {
  const refused = new InvalidRequestError('No.', { status: 400 });
  const { create } = setUp([refused]);
  await expect(create()).rejects.toBe(refused);
  expect(await create()).toEqual({ id: 's2' });
});

it('after an unknown outcome nothing is waited for, because nothing is under way', async () => {
  const { clock, create, start } = setUp([lost]);
  await expect(create()).rejects.toBe(lost);
  clock.sleep = () => Promise.reject(new Error('it waits'));
  const before = clock.monotonic();
  for (const again of [create, start()]) await expect(again()).rejects.toThrow(CreationUnknownError);
  expect(clock.monotonic()).toBe(before);
});

it('an equal call of another process does not wait longer than its own time, or after it was cancelled', async () => {
  const { clock, create, start, requests, holdBack } = setUp();
  const release = holdBack();
  const first = create();
  await new Promise((resolve) => setImmediate(resolve));
  const pauses: number[] = [];
  clock.sleep = async (ms) => {
    pauses.push(ms);
    clock.pass(ms);
    if (pauses.length > 200) throw new Error('it waits for ever');
  };
  await expect(start()()).rejects.toThrow(CreationUnknownError);
  // The last pause would leave no time to answer.
  expect(clock.monotonic()).toBe(49 * seconds);
  clock.sleep = () => Promise.reject(new Error('cancelled'));
  await expect(start()()).rejects.toThrow(CreationUnknownError);
  expect(requests()).toBe(1);
  release();
  await first;
});
