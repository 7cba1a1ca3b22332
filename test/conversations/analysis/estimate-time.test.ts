import { describe, expect, it } from 'vitest';
import {
  type End,
  estimateBefore,
  estimateBetween,
  estimateNearStart,
} from '../../../src/conversations/analysis/estimate-time.ts';

const hour = 3_600_000;
const base = Date.UTC(2026, 0, 1);
const known = (number: number, hours: number) => ({ number, time: base + hours * hour });
const end = (number: number, hours: number, more: Partial<End> = {}): End => ({
  ...known(number, hours),
  weight: 1,
  ...more,
});

describe('the time of a number that is older than all seen', () => {
  const newest = known(110, 0);
  const oldest = known(100, -10);
  const hoursBefore = (...given: Parameters<typeof estimateBefore>) =>
    (oldest.time - estimateBefore(...given)) / hour;

  it.each([
    [90, 0, 10],
    [90, 1, 10.1],
    [90, 2, 15.1],
    [90, 3, 20.1],
    // At first, a week at most.
    [100 - 168, 0, 168],
    [100 - 169, 0, 168],
    [100 - 169, 1, 169 * 1.01],
  ])('%d is, after %d attempts, at their pace %d hours before', (number, attempts, hours) => {
    expect(hoursBefore(number, newest, oldest, attempts)).toBeCloseTo(hours, 5);
  });

  it.each([
    ['time', known(110, -10)],
    ['number', known(100, 0)],
  ])('is looked for weeks before, if they do not differ in %s', (_, same) => {
    expect(hoursBefore(90, same, oldest, 0)).toBe(168);
    expect(hoursBefore(90, same, oldest, 1)).toBeCloseTo(2 * 168 * 1.01, 5);
    expect(hoursBefore(90, same, oldest, 2)).toBeCloseTo(4 * 168 * 1.51, 5);
  });

  it('is never before there were any', () => {
    expect(estimateBefore(-1e9, newest, oldest, 1)).toBe(Date.UTC(2000, 0, 1));
  });
});

describe('the time of a number near the first one', () => {
  const below = end(0, 0);
  const near = (...given: Parameters<typeof estimateNearStart>) =>
    (estimateNearStart(...given) - base) / hour;

  it('is at the pace of all newer ones', () => {
    expect(near(90, known(200, 1100), end(100, 1000, { pace: 5 * hour }), below)).toBeCloseTo(990);
  });

  it('is at the pace near its upper end, if that of all leads too far', () => {
    const above = end(100, 1000, { pace: 2 * hour });
    expect(near(90, known(101, 1200), above, below)).toBeCloseTo(980);
    // All are of one number.
    expect(near(90, known(100, 1200), above, below)).toBeCloseTo(980);
  });

  it.each([
    [9.99, 20.98],
    // Not within 2 % of the stretch from its lower end, and not at its upper end.
    [10, 500],
    [0, 500],
  ])('at a pace of %d hours is %d hours after the start', (pace, hours) => {
    const above = end(100, 1000, { pace: pace * hour });
    expect(near(2, known(100, 1100), above, below)).toBeCloseTo(hours, 5);
  });

  it('halves what is left, in time or in its order of magnitude', () => {
    const above = (hours: number) => end(100, hours);
    expect(near(90, known(100, 1100), above(1000), below)).toBeCloseTo(500, 5);
    expect(near(90, known(100, 1010), above(1000), below)).toBeCloseTo(1010 - Math.sqrt(10 * 1010), 5);
    // Sixteen times as old is not wide yet.
    expect(near(90, known(100, 1600), above(1500), below)).toBeCloseTo(1600 - 850, 5);
    expect(near(90, known(100, 1601), above(1501), below)).toBeCloseTo(1601 - Math.sqrt(100 * 1601), 5);
    // An hour at the least.
    expect(near(90, known(100, 1000), above(1000), below)).toBeCloseTo(1000 - Math.sqrt(1000), 5);
  });
});

describe('the time of a number between two ends', () => {
  const between = (number: number, above: Partial<End>, below: Partial<End>, pageSize = 10) =>
    (estimateBetween(number, end(100, 100, above), end(0, 0, below), pageSize) - base) / hour;
  const pace = (hours: number) => ({ pace: hours * hour });

  it.each<[string, number, Partial<End>, Partial<End>, number]>([
    ['at the average pace', 50, {}, {}, 50],
    ['nearer to the nearer end', 25, {}, {}, 25],
    ['by the weight of the upper end', 25, { weight: 0.5 }, {}, 40],
    ['by the weight of the lower end', 25, {}, { weight: 0.5 }, 100 - 100 * (75 / 87.5)],
    ['never at the lower end', 0, {}, {}, 100 - 100 * (100 / 101)],
    ['the middle one: near the lower end', 25, pace(0.5), pace(2), 50],
    ['the middle one: near the upper end', 25, pace(0.8), pace(3), 40],
    ['the middle one: the average', 25, pace(0.5), pace(0.5), 25],
    ['the average, if the pace above leads out', 25, pace(2), pace(3), 25],
    ['the average, if the pace above leads before the lower end', 25, pace(2), pace(0.5), 25],
    ['the average, if the pace below leads out', 25, pace(0.5), pace(4), 25],
    ['half a page above the lower end', 1, {}, pace(1), 5],
  ])('is %s', (_, number, above, below, hours) => {
    expect(between(number, above, below)).toBeCloseTo(hours, 5);
  });

  const paused = (hours: number, more: Partial<End> = {}) => ({
    ...pace(1),
    session: known(0, -hours),
    ...more,
  });
  it.each<[string, number, Partial<End>, Partial<End>, number]>([
    ['as long after the pause as that lasted', 10, {}, paused(8), 10],
    ['after the pause', 10, pace(0.5), paused(30), 30],
    ['at the pace above, if that is sooner', 10, pace(0.9), paused(30), 19],
    ['as without a pause, if that is short', 10, pace(0.9), paused(4), 10],
    ['as without a pause, if the number is not soon after it', 34, pace(0.9), paused(30), 34],
    ['after the pause, if the number is soon after it', 33, pace(0.5), paused(60), 60],
    ['as without a pause, if that leads beyond the upper end', 10, pace(0), paused(300), 10],
  ])('is %s', (_, number, above, below, hours) => {
    expect(between(number, above, below)).toBeCloseTo(hours, 5);
  });

  it('is after what is more than four times as long as usual', () => {
    expect(between(3, pace(0.9), paused(4), 2)).toBeCloseTo(3, 5);
    expect(between(3, pace(0.9), paused(4.5), 2)).toBeCloseTo(4.5, 5);
  });

  it('is after a pause in the first third only', () => {
    expect(between(34, pace(0.5), paused(60))).toBeCloseTo(34, 5);
    expect(between(39, pace(0.5), paused(60, { number: 10 }))).toBeCloseTo(60, 5);
    expect(between(40, pace(0.5), paused(60, { number: 10 }))).toBeCloseTo(100 - 100 * (60 / 90), 5);
    expect(between(41, pace(0.5), paused(60, { number: 10 }))).toBeCloseTo(100 - 100 * (59 / 90), 5);
  });

  it('after a pause is half a page above the lower end at the least', () => {
    expect(between(10, pace(1), paused(5), 40)).toBeCloseTo(20, 5);
  });
});
