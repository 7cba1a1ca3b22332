import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noSuchDay, resolveTime, TimeArgument } from '../../src/conversations/time-expression.ts';
import { now } from '../support/fakes/fakes.ts';

describe('resolveTime', () => {
  // A time without an offset is UTC, not local time.
  const zone = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = 'Asia/Kolkata';
    expect(new Date('2026-01-31T00:00:00').getTimezoneOffset()).toBe(-330);
  });
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it.each([
    ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T08:00:00.5Z', '2026-01-31T08:00:00.500Z'],
    ['2026-01-31T08:00:00.123456789Z', '2026-01-31T08:00:00.123Z'],
    ['2026-01-31T08:00Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31t08:00z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-01-31T08:00:00', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31 08:00', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31 08:00 Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T08:00:00+02:00', '2026-01-31T06:00:00.000Z'],
    ['2026-01-31T23:00:00-0530', '2026-02-01T04:30:00.000Z'],
    ['2026-01-31 08:00:00+00:00', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31 08:00:00 +02:00', '2026-01-31T06:00:00.000Z'],
    ['2026-01-31T08:00:00 +02:00', '2026-01-31T06:00:00.000Z'],
    ['  2026-01-31  ', '2026-01-31T00:00:00.000Z'],
    ['2026-01-01T00:30:00+02:00', '2025-12-31T22:30:00.000Z'],
  ])('reads %j', (text, instant) => {
    expect(resolveTime(text, now)).toBe(instant);
  });

  it.each([
    ['30m', '2026-03-01T11:30:00.000Z'],
    ['30min', '2026-03-01T11:30:00.000Z'],
    ['24h', '2026-02-28T12:00:00.000Z'],
    ['24 H', '2026-02-28T12:00:00.000Z'],
    ['7d', '2026-02-22T12:00:00.000Z'],
    ['2w', '2026-02-15T12:00:00.000Z'],
    ['0d', '2026-03-01T12:00:00.000Z'],
    ['90 minutes', '2026-03-01T10:30:00.000Z'],
    ['24 hours', '2026-02-28T12:00:00.000Z'],
    ['1 day ago', '2026-02-28T12:00:00.000Z'],
    ['3 Days  ago', '2026-02-26T12:00:00.000Z'],
    ['2 weeks', '2026-02-15T12:00:00.000Z'],
  ])('counts the age %j back from now', (text, instant) => {
    expect(resolveTime(text, now)).toBe(instant);
  });

  it.each([
    '',
    '2026-01-31T08:00:00.1234567890Z',
    '2026-01-31 GMT',
    'yesterday',
    'now',
    '24',
    '-24h',
    '1.5h',
    '3 months',
    '3 months ago',
    '3 d before',
    'ago',
    '100000d',
    '2026',
    '2026-01',
    '2026-1-31',
    '31.01.2026',
    '01/31/2026',
    '2026-02-29',
    '2026-02-31',
    '2026-02-30T00:00:00+05:00',
    '2026-13-01',
    '2026-00-10',
    '2026-01-31T24:61',
    '2026-01-31T25:00:00Z',
    '2026-01-31T08:60Z',
    '2026-01-31T08:00:60Z',
    '2026-01-31T08',
    '2026-01-31T08:00:00+25:00',
    '2026-01-31T08:00:00+05:99',
    '2026-01-31T08:00:00+02',
    '2026-01-31T08:00:00 UTC',
    '2026-01-31Z',
    '2026-01-31T08:00:00Z; drop',
    '2026-01-31T08:00:00Z\n2026-02-01',
    '1769846400',
  ])('does not read %j', (text) => {
    expect(resolveTime(text, now)).toBeUndefined();
  });
});

describe('TimeArgument', () => {
  it('keeps the text unchanged, because ages are resolved later', () => {
    expect(TimeArgument.parse('24h')).toBe('24h');
  });

  it('says what is accepted, with examples', () => {
    const { error } = TimeArgument.safeParse('yesterday');
    expect(error?.issues[0]?.message).toMatch(/^must be ISO 8601 \(.*a date \(.*an age \(/);
  });

  it.each(['2026-02-31', '2026-02-30 10:00', '2026-02-29T00:00:00Z', '2026-13-01'])(
    'says that there is no day %s',
    (text) => {
      const { error } = TimeArgument.safeParse(text);
      expect(error?.issues[0]?.message).toMatch(`there is no day ${text.slice(0, 10)}; must be ISO 8601`);
    },
  );

  it.each(['2026-02-28T25:00', '2026-02-28x'])('does not blame the day in %s', (text) => {
    expect(TimeArgument.safeParse(text).error?.issues[0]?.message).toMatch(/^must be/);
  });
});

describe('noSuchDay', () => {
  it.each([
    ['2026-02-31', 'there is no day 2026-02-31; '],
    [' 2026-02-31 ', 'there is no day 2026-02-31; '],
    ['2026-02-31T08:00Z', 'there is no day 2026-02-31; '],
    ['2026-02-31 08:00', 'there is no day 2026-02-31; '],
    ['2026-02-28', ''],
    ['2026-02-311', ''],
    ['since 2026-02-31', ''],
    ['', ''],
  ])('of %j is %j', (text, problem) => {
    expect(noSuchDay(text)).toBe(problem);
  });
});
