import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/contract/entities.ts';
import { Coverages } from '../../../src/conversations/analysis/coverage.ts';
import {
  dimensions,
  groupOf,
  isDimension,
  offsetMinutesOf,
} from '../../../src/conversations/analysis/dimensions.ts';
import { Counter, Tally } from '../../../src/conversations/analysis/tally.ts';
import { ticketNumberOf } from '../../../src/conversations/analysis/ticket-number.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { session } from '../../support/fakes/fakes.ts';

const s = (n: number, more: Partial<Session> = {}) => session(`s${n}`, { ticket_number: n, ...more });
const at = (day: number) => `2026-02-0${day}T00:00:00Z`;
const counting = { groupBy: [], offsetMinutes: 0, previousUntil: undefined };

describe('a count', () => {
  it('has each session once, also those of an earlier part', () => {
    const counter = new Counter(counting);
    for (const one of [s(1), s(2), s(1)]) counter.add(one, 'verified');
    expect(counter.read).toBe(2);
    const first = counter.tally();
    expect(first).toMatchObject({ total: 2, read: 2, recent: ['s1', 's2'], groups: [] });
    const next = new Counter(counting, first);
    for (const one of [s(2), s(3)]) next.add(one, 'verified');
    expect(next.tally()).toMatchObject({ total: 3, read: 3 });
    // What was kept is not changed.
    expect(first.total).toBe(2);
    const unnamed = new Counter(counting);
    for (const one of [session(''), session('')]) unnamed.add(one, 'verified');
    expect(unnamed.tally().total).toBe(2);
  });

  it('keeps the last two hundred sessions, which a later part may repeat', () => {
    const counter = new Counter(counting);
    for (let n = 0; n < 201; n += 1) counter.add(s(n), 'verified');
    const { recent } = counter.tally();
    expect([recent.length, recent[0], recent.at(-1)]).toEqual([200, 's1', 's200']);
  });

  it('has those of the wanted contact, and how many of them only by a claim', () => {
    const counter = new Counter(counting);
    for (const [n, match] of (['verified', 'claimed', 'unknown', false] as const).entries())
      counter.add(s(n), match);
    counter.addUnreadable(2);
    counter.addUnreadable(1);
    expect(counter.tally()).toMatchObject({ total: 3, read: 4, unproven: 2, unreadable: 3 });
  });

  it('tells the stretch before by the time of creation', () => {
    const counter = new Counter({ ...counting, groupBy: ['status'], previousUntil: Date.parse(at(2)) });
    for (const [n, day] of [1, 2, 3].entries()) counter.add(s(n, { created_at: at(day) }), 'verified');
    counter.add(s(9, { created_at: 'yesterday' }), 'verified');
    expect(counter.tally()).toMatchObject({
      total: 2,
      previous: 2,
      groups: [{ key: ['closed_resolved'], count: 2, previous: 2, examples: [2, 9] }],
    });
  });

  it('has three examples of a group, with a number', () => {
    const counter = new Counter({ ...counting, groupBy: ['status', 'channel'] });
    const numbers = [undefined, 5, 4, 3, 2];
    for (const [n, ticket_number] of numbers.entries())
      counter.add(session(`s${n}`, { ticket_number: ticket_number as number }), 'verified');
    counter.add(s(9, { status: 'open' }), 'verified');
    expect(counter.tally().groups).toEqual([
      { key: ['closed_resolved', 'api'], count: 5, previous: 0, examples: [5, 4, 3] },
      { key: ['open', 'api'], count: 1, previous: 0, examples: [9] },
    ]);
    const next = new Counter({ ...counting, groupBy: ['status', 'channel'] }, counter.tally());
    next.add(s(10, { status: 'open' }), 'verified');
    expect(next.tally().groups[1]).toMatchObject({ count: 2, examples: [9, 10] });
  });

  it('has five thousand groups, and counts what is beyond', () => {
    const counter = new Counter({ ...counting, groupBy: ['status'], previousUntil: Date.parse(at(2)) });
    for (let n = 0; n < 5000; n += 1) counter.add(s(n, { status: `${n}` }), 'verified');
    counter.add(s(5001, { status: 'a', created_at: at(3) }), 'verified');
    counter.add(s(5002, { status: 'b', created_at: at(1) }), 'verified');
    counter.add(s(5003, { status: 'c', created_at: at(1) }), 'verified');
    counter.add(s(5004, { status: '7', created_at: at(3) }), 'verified');
    const { groups, beyond } = counter.tally();
    expect([groups.length, beyond]).toEqual([5000, { count: 1, previous: 2 }]);
    expect(Tally.parse({ ...counter.tally(), groups: [] }).beyond).toEqual(beyond);
  });

  it.each([
    [[2, 3, 1, 2], at(1), at(3)],
    [[2], at(2), at(2)],
  ])('knows when its sessions changed: %j', (days, oldest, newest) => {
    const counter = new Counter(counting);
    const coverages = new Coverages(5);
    counter.add(s(8, { updated_at: 'yesterday' }), false);
    coverages.add(s(8, { updated_at: 'yesterday' }));
    for (const [n, day] of days.entries()) {
      counter.add(s(n, { updated_at: at(day) }), false);
      coverages.add(s(n, { updated_at: at(day) }));
    }
    expect(counter.tally()).toMatchObject({ oldest, newest });
    const common = { sessionsRead: 6 + days.length, oldest, newest };
    expect(coverages.coverage(false)).toEqual({ ...common, complete: false });
    expect(coverages.coverage(false)).not.toHaveProperty('sessionsMatching');
    expect(coverages.coverage(true)).toEqual({
      ...common,
      complete: true,
      sessionsMatching: 6 + days.length,
    });
  });
});

describe('the group of a session', () => {
  const one = { ...fullSession, created_at: '2026-01-31T22:30:00Z' } as Session;
  it.each([
    ['status', 'open'],
    ['channel', 'web'],
    ['handed_off', 'true'],
    ['ai_closure_type', 'handed_off'],
    ['sentiment', 'neutral'],
    ['team', 'Billing'],
    ['assignee', '42'],
    ['language', 'en'],
    ['day', '2026-02-01'],
    ['hour', '00:00'],
    ['custom_data.gift', 'false'],
    ['custom_data.toString', null],
    ['custom_data.', null],
  ])('by %s is %j', (dimension, group) => {
    expect(groupOf(one, dimension, 120)).toBe(group);
    expect(isDimension(dimension)).toBe(dimension !== 'custom_data.');
  });

  it('is none without a value', () => {
    const bare = { ...session('s1'), created_at: 'yesterday', language: ' ', team: null } as Session;
    for (const dimension of dimensions.filter((name) => !['status', 'channel'].includes(name)))
      expect(groupOf(bare, dimension, 0)).toBe(dimension === 'handed_off' ? 'false' : null);
    expect(groupOf({ ...bare, custom_data: null }, 'custom_data.x', 0)).toBeNull();
  });

  it('is by a key of two hundred characters at most', () => {
    expect(isDimension(`custom_data.${'x'.repeat(200)}`)).toBe(true);
    expect(isDimension(`custom_data.${'x'.repeat(201)}`)).toBe(false);
    expect(isDimension('a custom_data.x')).toBe(false);
    expect(isDimension('custom_data.two\nlines')).toBe(true);
    expect(isDimension('contact')).toBe(false);
  });
});

it.each([
  ['Z', 0],
  ['utc', 0],
  ['+02:00', 120],
  ['-0530', -330],
  ['+14:00', 840],
  ['-14:00', -840],
  ['+14:01', undefined],
  ['+01:59', 119],
  ['+01:60', undefined],
  ['02:00', undefined],
  ['+2:00', undefined],
  ['UTC+1', undefined],
  ['a Z', undefined],
  ['+02:00 ', undefined],
  ['in +02:00', undefined],
])('the offset %j is %j minutes', (text, minutes) => {
  expect(offsetMinutesOf(text)).toBe(minutes);
});

it.each([
  ['#4544', 4544],
  ['4544', 4544],
  ['# 4544', 4544],
  [' Ticket  no. 4544 ', 4544],
  ['ticket number 4544', 4544],
  ['ticket nr #4544', 4544],
  ['ticket no 4544', 4544],
  ['ticket4544', 4544],
  ['123456789012', 123_456_789_012],
  ['1234567890123', undefined],
  ['order 4544', undefined],
  ['4544 kettles', undefined],
  [`${' '.repeat(40)}4544`, 4544],
  [`ticket${' '.repeat(31)}454`, 454],
  [`ticket${' '.repeat(31)}4544`, undefined],
  [`4544${' '.repeat(100)}kettles`, undefined],
])('the ticket number in %j is %j', (text, number) => {
  expect(ticketNumberOf(text)).toBe(number);
});
