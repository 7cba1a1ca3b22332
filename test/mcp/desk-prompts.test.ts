import { describe, expect, it } from 'vitest';
import { deskPrompts, lastWorkingDay } from '../../src/mcp/prompts/desk-prompts.ts';
import type { Clock } from '../../src/time/clock.ts';
import { fakeClock } from '../support/fakes/fakes.ts';

const clockAt = (time: string): Clock => ({ ...fakeClock(), now: () => Date.parse(time) });
/** A Tuesday. */
const tuesday = clockAt('2026-03-03T07:30:00Z');

const textsWith = (tools: readonly string[], given: object = {}) =>
  Promise.all(
    deskPrompts((tool) => tools.includes(tool), tuesday).map(async ({ lines }) =>
      (await lines({ ...given })).join('\n'),
    ),
  );

const all = ['list_sessions', 'get_session', 'get_session_history', 'count_sessions', 'find_messages'];
const subsets = Array.from({ length: 2 ** all.length }, (_, bits) =>
  all.filter((_one, n) => bits & (1 << n)),
);

describe('the prompts of a lead’s day', () => {
  it.each(subsets)('name only tools on offer: %s %s %s %s %s', async (...tools) => {
    const offered = tools.filter(Boolean);
    const texts = await textsWith(offered);
    expect(texts).toHaveLength(offered.includes('list_sessions') ? 3 : 0);
    const missing = all.filter((tool) => !offered.includes(tool));
    for (const text of texts)
      for (const tool of missing) expect(text).not.toMatch(new RegExp(`\\b${tool}\\b`));
  });

  it('count and find where the server can, and list otherwise', async () => {
    const [briefing = '', handover = '', changed = ''] = await textsWith(all, { since: '24h' });
    expect(briefing).toContain(
      'count_sessions {"created_after":"24h","group_by":["channel"],"compare_previous":true}',
    );
    expect(briefing).toContain('find_messages {"since":"24h","handed_off":true,"include_events":true}');
    expect(handover).toContain('find_messages {"since":"24h","from":"agent"}');
    expect(changed).toContain('next_since');
    const [, , listed = ''] = await textsWith(['list_sessions'], { since: '24h', channel_type: 'email' });
    expect(listed).toContain(
      'list_sessions {"updated_after":"24h","include_last_message":true,"channel_type":"email"}',
    );
  });

  it('have lines without gaps, each call on its own arguments', async () => {
    for (const text of [...(await textsWith(all)), ...(await textsWith(['list_sessions']))]) {
      expect(text).not.toMatch(/undefined| {2}|\n\n| \n/);
    }
  });

  it('begin with the last working day, the shift or a day, unless told otherwise', async () => {
    const [briefing, handover, changed] = await textsWith(all);
    expect(briefing).toMatch(/^Brief me on support since 2026-03-02\./);
    expect(handover).toContain('what happened in the last 8h.');
    expect(changed).toContain('in the last 24h.');
    expect((await textsWith(all, { since: ' ' }))[0]).toContain('since 2026-03-02.');
  });
});

describe('the last working day', () => {
  it.each([
    ['Monday', '2026-03-02T06:00:00Z', '2026-02-27'],
    ['Tuesday', '2026-03-03T06:00:00Z', '2026-03-02'],
    ['Saturday', '2026-03-07T06:00:00Z', '2026-03-06'],
    ['Sunday', '2026-03-08T23:59:00Z', '2026-03-06'],
    ['the first day of a year', '2027-01-01T00:00:00Z', '2026-12-31'],
  ])('before %s', (_, now, day) => {
    expect(lastWorkingDay(clockAt(now))).toBe(day);
  });
});
