import { describe, expect, it } from 'vitest';
import { memoryHistories } from '../../../src/state/memory/histories.ts';
import type { RememberedHistory } from '../../../src/state/principal/history-memory.ts';
import { message } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const clock = settableClock();

function history(characters = 10): RememberedHistory {
  const items = [message('m', 0)];
  return {
    pages: [{ items, next: null, cursor: undefined, characters }],
    updatedAt: undefined,
    readAt: clock.monotonic(),
  };
}

describe('histories in memory', () => {
  it('are remembered for a minute, by the monotonic clock', () => {
    const histories = memoryHistories(clock);
    const read = history();
    histories.read('s1').remember(read);
    clock.pass(59_999);
    clock.set(3_600_000);
    expect(histories.read('s1').known).toMatchObject(read);
    expect(histories.read('s2').known).toBeUndefined();
    clock.pass(1);
    expect(histories.read('s1').known).toBeUndefined();
  });

  it('keep the age of their oldest page when they are continued', () => {
    const histories = memoryHistories(clock);
    histories.read('s1').remember(history());
    clock.pass(40_000);
    const { known, remember } = histories.read('s1');
    if (known) remember({ ...history(), readAt: known.readAt });
    clock.pass(20_000);
    expect(histories.read('s1').known).toBeUndefined();
  });

  it('are forgotten when told to, including those that are being read', () => {
    const histories = memoryHistories(clock);
    histories.read('s1').remember(history());
    const underWay = histories.read('s1');
    histories.forget('s1');
    expect(histories.read('s1').known).toBeUndefined();
    underWay.remember(history());
    expect(histories.read('s1').known).toBeUndefined();
    histories.read('s1').remember(history());
    expect(histories.read('s1').known).toBeDefined();
  });

  it('are not replaced by a reading that got nothing', () => {
    const histories = memoryHistories(clock);
    histories.read('s1').remember(history());
    histories.read('s1').remember({ ...history(), pages: [] });
    expect(histories.read('s1').known?.pages).toHaveLength(1);
  });

  it('are bounded in number and size; the first one is forgotten first', () => {
    const histories = memoryHistories(clock, { histories: 3, characters: 100 });
    const knows = () => ['s1', 's2', 's3', 's4'].filter((id) => histories.read(id).known);
    for (const id of ['s1', 's2', 's3', 's4']) histories.read(id).remember(history());
    expect(knows()).toEqual(['s2', 's3', 's4']);
    histories.read('s1').remember(history(85));
    expect(knows()).toEqual(['s1', 's4']);
    histories.read('s2').remember(history(101));
    expect(knows()).toEqual(['s1', 's4']);
    histories.read('s2').remember(history(100));
    expect(knows()).toEqual(['s2']);
    histories.read('s4').remember(history());
    histories.read('s1').remember(history(85));
    expect(knows()).toEqual(['s1', 's4']);
    // Room that is free again is counted as free.
    histories.forget('s1');
    histories.read('s2').remember(history(90));
    expect(knows()).toEqual(['s2', 's4']);
  });

  it('measures pages whose size is not known', () => {
    const histories = memoryHistories(clock, { histories: 9, characters: 1000 });
    const items = [message('x'.repeat(1000), 0)];
    histories.read('s1').remember({ ...history(), pages: [{ items, cursor: undefined }] });
    expect(histories.read('s1').known).toBeUndefined();
  });

  it('of two principals have nothing in common', () => {
    const [one, other] = [memoryHistories(clock), memoryHistories(clock)];
    one.read('s1').remember(history());
    expect(other.read('s1').known).toBeUndefined();
  });
});
