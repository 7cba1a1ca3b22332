import { describe, expect, it } from 'vitest';
import {
  formatSince,
  parseSince,
  SinceArgument,
} from '../../../../src/conversations/analysis/messages/since.ts';
import { now } from '../../../support/fakes/fakes.ts';

describe('the moment from which messages count', () => {
  it.each([
    ['2026-01-31T08:00:00.000Z', { at: Date.UTC(2026, 0, 31, 8), handedOut: [] }],
    ['24h', { at: now.getTime() - 86_400_000, handedOut: [] }],
    [' 2026-01-31T08:00:00.000Z~1a.2b ', { at: Date.UTC(2026, 0, 31, 8), handedOut: ['1a', '2b'] }],
    ['yesterday', undefined],
    ['24h~', undefined],
    ['24h~A', undefined],
    ['x24h~1a', undefined],
    ['24h~1a~2b', undefined],
    ['1a~24h~2b', undefined],
    [
      `24h~${Array.from({ length: 50 }, () => 'a').join('.')}`,
      expect.objectContaining({ at: expect.any(Number) }),
    ],
    [`24h~${Array.from({ length: 51 }, () => 'a').join('.')}`, undefined],
    ['24h~12345678', undefined],
  ])('%j is %j', (text, since) => {
    expect(parseSince(text, now)).toEqual(since);
  });

  it('is written as it is read, with fifty messages at most', () => {
    const at = Date.UTC(2026, 0, 31, 8);
    expect(formatSince({ at, handedOut: [] })).toBe('2026-01-31T08:00:00.000Z');
    expect(formatSince({ at, handedOut: ['1a', '2b'] })).toBe('2026-01-31T08:00:00.000Z~1a.2b');
    const many = Array.from({ length: 51 }, (_, n) => `${n}`);
    expect(parseSince(formatSince({ at, handedOut: many }), now)?.handedOut).toEqual(many.slice(0, 50));
  });

  it('that is none says why', () => {
    expect(SinceArgument.safeParse('24h').success).toBe(true);
    expect(SinceArgument.safeParse('2026-02-31').error?.issues[0]?.message).toMatch(
      /^there is no day 2026-02-31; must be ISO 8601/,
    );
  });
});
