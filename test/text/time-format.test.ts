import { describe, expect, it } from 'vitest';
import { age, exactTime, isoTime, shortAge, timeBehind, timeWithAge } from '../../src/text/time-format.ts';

const now = new Date('2026-03-01T12:00:00.000Z');

describe('isoTime', () => {
  it.each([
    ['2026-01-31T08:00:00.999Z', '2026-01-31T08:00Z'],
    ['2026-01-31T08:59:59+02:00', '2026-01-31T06:59Z'],
    ['2026-01-31', '2026-01-31T00:00Z'],
    // Without an offset: UTC on every machine.
    ['2026-01-31T08:00:00.5', '2026-01-31T08:00Z'],
    ['2026-07-31 08:00', '2026-07-31T08:00Z'],
    ['not a date', 'not a date'],
    ['', ''],
  ])('formats %j in UTC, to the minute', (text, shown) => {
    expect(isoTime(text)).toBe(shown);
  });

  it('cleans and truncates text that is not a date', () => {
    expect(isoTime('no\ndate\u202e')).toBe('no date');
    expect(isoTime('x'.repeat(100))).toBe(`${'x'.repeat(40)}…`);
  });
});

describe('exactTime', () => {
  it('keeps the milliseconds', () => {
    expect(exactTime('2026-01-31T08:00:00.123+02:00')).toBe('2026-01-31T06:00:00.123Z');
    expect(exactTime('no\ndate')).toBe('no date');
  });
});

describe('age', () => {
  it.each([
    ['2026-03-01T12:00:00Z', 'just now'],
    ['2026-03-01T11:59:01Z', 'just now'],
    ['2026-03-01T11:59:00Z', '1 min ago'],
    ['2026-03-01T11:29:00Z', '31 min ago'],
    ['2026-03-01T10:31:00Z', '89 min ago'],
    ['2026-03-01T10:30:00Z', '1 h ago'],
    ['2026-03-01T09:00:00Z', '3 h ago'],
    ['2026-02-27T12:00:01Z', '47 h ago'],
    ['2026-02-27T12:00:00Z', '2 d ago'],
    ['2025-03-01T12:00:00Z', '365 d ago'],
    ['2026-03-01T12:05:00Z', 'in 5 min'],
    ['2026-03-04T12:00:00Z', 'in 3 d'],
    ['2026-03-02T11:59:59Z', 'in 24 h'],
    ['2026-03-01T13:29:00Z', 'in 89 min'],
    ['no date', ''],
  ])('of %s is %j', (text, expected) => {
    expect(age(text, now)).toBe(expected);
  });
});

describe('timeWithAge', () => {
  it('adds the age to a valid time', () => {
    expect(timeWithAge('2026-03-01T09:00:00.5Z', now)).toBe('2026-03-01T09:00Z (2 h ago)');
    expect(timeWithAge('no date', now)).toBe('no date');
  });
});

describe('shortAge', () => {
  it('omits "ago" and the space', () => {
    expect(shortAge('2026-03-01T09:00:00Z', now)).toBe('3h');
    expect(shortAge('2026-03-04T12:00:00Z', now)).toBe('in 3d');
    expect(shortAge('2026-03-01T12:00:00Z', now)).toBe('just now');
    expect(shortAge('no date', now)).toBe('');
  });
});

describe('timeBehind', () => {
  it.each([
    ['2026-03-01T09:00Z', '2026-03-01T08:00Z', '09:00Z'],
    ['2026-03-01T09:00Z', '2026-02-28T09:00Z', '2026-03-01T09:00Z'],
    ['2026-03-01T09:00Z', undefined, '2026-03-01T09:00Z'],
    ['noThing', 'noThing', 'noThing'],
  ])('of %s after %s is %s', (time, before, shown) => {
    expect(timeBehind(time, before)).toBe(shown);
  });
});
