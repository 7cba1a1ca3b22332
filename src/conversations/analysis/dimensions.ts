import type { Session } from '../../contract/entities.ts';
import { cleanLine } from '../../text/clean.ts';
import { parseTime } from '../../text/time-format.ts';

/** What sessions can be counted by, apart from `custom_data.KEY`. */
export const dimensions = [
  'status',
  'channel',
  'handed_off',
  'ai_closure_type',
  'sentiment',
  'team',
  'assignee',
  'language',
  'day',
  'hour',
] as const;

const customData = /^custom_data\.(.{1,200})$/s;

/** Also takes `channel_type`: the filter of that name is the same channel. */
export function isDimension(text: string): boolean {
  return [...dimensions, 'channel_type'].includes(text) || customData.test(text);
}

/**
 * The group of a session. Longer words are cut, so words that begin alike for 200 characters are one group.
 * @param offsetMinutes day and hour are those of `created_at` in this offset from UTC.
 * @returns null if the session has no value there.
 */
export function groupOf(session: Session, dimension: string, offsetMinutes: number): string | null {
  const value = dimensionOf(session, dimension, offsetMinutes);
  if (value === null || value === undefined) return null;
  const word = cleanLine(String(value));
  return word === '' ? null : word;
}

function dimensionOf(session: Session, dimension: string, offsetMinutes: number) {
  switch (dimension) {
    case 'status':
      return session.status;
    case 'channel':
    case 'channel_type':
      return session.channel.type;
    case 'handed_off':
      return Boolean(session.handoff);
    case 'ai_closure_type':
      return session.ai_closure_type;
    case 'sentiment':
      return session.sentiment;
    case 'team':
      return session.team?.name;
    case 'assignee':
      return session.assignee_id;
    case 'language':
      return session.language;
    case 'day':
      return localTime(session, offsetMinutes)?.slice(0, 10);
    case 'hour':
      return localTime(session, offsetMinutes)?.slice(11, 13).concat(':00');
    default: {
      const [, key = ''] = customData.exec(dimension) ?? [];
      const data = session.custom_data ?? {};
      return Object.hasOwn(data, key) ? data[key] : null;
    }
  }
}

function localTime({ created_at }: Session, offsetMinutes: number): string | undefined {
  const time = parseTime(created_at) + offsetMinutes * 60_000;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** Minutes of `+02:00`, `-0530` or `Z`; undefined for anything else. */
export function offsetMinutesOf(text: string): number | undefined {
  if (/^(?:Z|UTC)$/i.test(text)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (sign === undefined || total > 14 * 60 || Number(minutes) > 59) return undefined;
  return sign === '-' ? -total : total;
}
