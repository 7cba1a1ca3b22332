import { expect, it } from 'vitest';
import { CallsUnderWay } from '../../../src/pipeline/calls-under-way.ts';
import { nextTurn } from '../../../src/time/clock.ts';

function aCall() {
  let answer = (_text: string) => {};
  const call = new Promise<string>((resolve) => {
    answer = resolve;
  });
  return { call, answer };
}

it('a shutdown waits for the calls under way, and for those that come meanwhile', async () => {
  const calls = new CallsUnderWay();
  const [first, second] = [aCall(), aCall()];
  const tracked = calls.track(first.call);
  let isIdle = false;
  const idle = calls.idle().then(() => {
    isIdle = true;
  });
  await nextTurn();
  expect(isIdle).toBe(false);
  const later = calls.track(second.call);
  first.answer('one');
  expect(await tracked).toBe('one');
  await nextTurn();
  await nextTurn();
  expect(isIdle).toBe(false);
  second.answer('two');
  expect(await later).toBe('two');
  await idle;
});

it('a shutdown without calls waits for one turn, in which a message may still become a call', async () => {
  const calls = new CallsUnderWay();
  const { call, answer } = aCall();
  let isIdle = false;
  setImmediate(() => void calls.track(call));
  const idle = calls.idle().then(() => {
    isIdle = true;
  });
  await nextTurn();
  await nextTurn();
  expect(isIdle).toBe(false);
  answer('one');
  await idle;
});

it('a shutdown waits for a call that fails', async () => {
  const calls = new CallsUnderWay();
  const failed = expect(calls.track(Promise.reject(new Error('no')))).rejects.toThrow('no');
  await calls.idle();
  await failed;
});
