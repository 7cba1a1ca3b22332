import { SessionChannel } from '../../contract/primitives.ts';
import { z } from '../../contract/zod.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import { sessionFilters } from '../../tools/input/session-filters.ts';
import type { Prompt } from './prompt.ts';

/**
 * The prompts for a lead's day: what happened, what waits, what to hand over. All of them need list_sessions. With
 * count_sessions and find_messages on offer, they take fewer calls.
 * @param clock tells which day the last working day was.
 */
export function deskPrompts(has: (tool: string) => boolean, clock: Clock = systemClock): Prompt[] {
  if (!has('list_sessions')) return [];
  const make = (
    about: Pick<Prompt, 'name' | 'title' | 'description'>,
    [defaultText, defaultSince]: readonly [string, () => string],
    text: 'morningBriefing' | 'handoverNotes' | 'whatChanged',
  ): Prompt => ({
    ...about,
    input: z.object({
      since: sessionFilters.created_after.describe(
        `A time, a date, or an age such as 24h; ${defaultText} if left out`,
      ),
      channel_type: SessionChannel.optional().describe('Only this channel; all if left out'),
    }),
    // Read when they are needed: a server may run for days.
    get completions() {
      const since = [...new Set([defaultSince(), lastWorkingDay(clock), '8h', '24h', '7d'])];
      return { since, channel_type: SessionChannel.options };
    },
    async lines({ since, channel_type }) {
      const texts = await import('./desk-texts.ts');
      return texts[text]({
        has,
        since: typeof since === 'string' && since.trim() !== '' ? since.trim() : defaultSince(),
        channel: channel_type as string | undefined,
      });
    },
  });
  return [
    make(
      {
        name: 'morning_briefing',
        title: 'Morning briefing',
        description:
          'What came in since the last working day, who waits longest, what was handed off and why, who is angry, what was closed',
      },
      ['the last working day', () => lastWorkingDay(clock)],
      'morningBriefing',
    ),
    make(
      {
        name: 'handover_notes',
        title: 'Handover notes',
        description:
          'Notes for the colleague who takes over: what is open, what was promised, what comes next',
      },
      ['8h', () => '8h'],
      'handoverNotes',
    ),
    make(
      {
        name: 'what_changed',
        title: 'What changed',
        description: 'What happened in support since a time, most important first',
      },
      ['24h', () => '24h'],
      'whatChanged',
    ),
  ];
}

/** The day before, or the Friday before a weekend and a Monday, as a date in UTC. */
export function lastWorkingDay(clock: Clock): string {
  const day = new Date(clock.now());
  do day.setUTCDate(day.getUTCDate() - 1);
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6);
  return day.toISOString().slice(0, 10);
}
