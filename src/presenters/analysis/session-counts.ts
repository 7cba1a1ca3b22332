import type { SessionCounts, Stopped } from '../../conversations/analysis/count-sessions.ts';
import type { Group } from '../../conversations/analysis/tally.ts';
import { isoTime } from '../../text/time-format.ts';
import { readingNote } from '../reading-note.ts';
import { bareToken, dataBlock } from '../rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from '../rendering/rendering.ts';
import { fitToSize } from '../rendering/size-limit.ts';
import { changedLines, coverageLine, coverageView } from './coverage.ts';
import type { GroupView, SessionCountsView } from './session-counts-view.ts';

const maxListed = 30;

const none = '(none)';

/** What was counted, and first of all whether that is all. Groups are ordered by count; days and hours by time. */
export function presentSessionCounts(
  counts: SessionCounts,
  context: PresentContext,
): Presented<SessionCountsView> {
  const { tally, stretch, coverage, cursor, byContact } = counts;
  const { groups, timeOrder } = ordered(counts);
  const listed = timeOrder ? groups.slice(-maxListed) : groups.slice(0, maxListed);
  const isCompared = stretch !== undefined;
  return fitToSize(listed.length, (n) => {
    const shown = timeOrder ? listed.slice(listed.length - n) : listed.slice(0, n);
    const view: SessionCountsView = {
      total: tally.total,
      ...omitEmpty({
        groups: shown.map((group) => groupView(group, isCompared)),
        others: othersView(
          counts,
          groups.filter((group) => !shown.includes(group)),
        ),
        previous: stretch && {
          total: tally.previous,
          from: isoTime(stretch.previousFrom),
          to: isoTime(stretch.from),
        },
        unproven: byContact ? tally.unproven : undefined,
      }),
      coverage: coverageView(coverage),
      ...omitEmpty({ next_cursor: cursor, note: noteOf(counts) }),
    };
    return presented(view, (shown) => countsText(shown, counts, context), context);
  });
}

function ordered({ tally, groupBy }: SessionCounts): { groups: Group[]; timeOrder: boolean } {
  const timeOrder = groupBy[0] === 'day' || groupBy[0] === 'hour';
  const byKey = (a: Group, b: Group) => compare(JSON.stringify(a.key), JSON.stringify(b.key));
  const byCount = (a: Group, b: Group) => b.count - a.count || b.previous - a.previous;
  const byTime = (a: Group, b: Group) => compare(a.key[0] ?? '', b.key[0] ?? '');
  const groups = tally.groups.toSorted(
    (a, b) => (timeOrder ? byTime(a, b) : 0) || byCount(a, b) || byKey(a, b),
  );
  return { groups, timeOrder };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function groupView({ key, count, previous, examples }: Group, isCompared: boolean): GroupView {
  const [first, second] = key.map(labelOf);
  return {
    key: first ?? none,
    ...omitEmpty({ second_key: second }),
    count,
    ...(isCompared ? { previous } : {}),
    ...omitEmpty({ examples }),
  };
}

/** A value that reads like our word for no value is put in quotation marks. */
function labelOf(value: string | null): string {
  return value === null ? none : value === none ? JSON.stringify(value) : value;
}

function othersView({ tally: { beyond }, stretch }: SessionCounts, rest: readonly Group[]) {
  const sum = (period: 'count' | 'previous') =>
    rest.reduce((total, group) => total + group[period], beyond[period]);
  const beyondAny = beyond.count + beyond.previous > 0;
  if (rest.length === 0 && !beyondAny) return undefined;
  return {
    groups: rest.length + Number(beyondAny),
    count: sum('count'),
    ...(stretch ? { previous: sum('previous') } : {}),
  };
}

const reasons: Readonly<Record<Stopped, string>> = {
  pages: 'Stopped to leave requests to others.',
  time: 'Stopped because the time of a call was used up.',
  rate: 'Stopped because the rate limit left no request.',
  failed: 'Stopped because the API did not deliver a further page.',
  repeated_cursor: 'The API repeats a page cursor, so the rest cannot be counted.',
  too_much: 'The API sent more at once than it documents, so the rest cannot be counted.',
};

function noteOf({ stopped, retryAfterSeconds, tally, cursor }: SessionCounts): string {
  return [
    readingNote({ unreadable: tally.unreadable }),
    stopped && reasons[stopped],
    retryAfterSeconds !== undefined && `Continue in ${retryAfterSeconds} s.`,
    cursor !== undefined && 'The cursor is kept for 15 minutes.',
  ]
    .filter(Boolean)
    .join(' ');
}

function countsText(view: SessionCountsView, counts: SessionCounts, context: PresentContext): string {
  const { total, previous, groups = [], others, coverage, unproven } = view;
  const isOnlyPart = coverage.complete ? '' : ' so far';
  return [
    coverageLine(coverage, view.next_cursor),
    ...(view.note ? [view.note] : []),
    `Total${isOnlyPart}: ${total}${counts.stretch ? ` (created after ${isoTime(counts.stretch.from)}, before ${isoTime(counts.stretch.to)})` : ''}.`,
    ...(previous
      ? [`Previous${isOnlyPart}: ${previous.total} (created after ${previous.from}, until ${previous.to}).`]
      : []),
    ...unprovenLines(unproven, total),
    ...changedLines(coverage),
    ...(groups.length > 0
      ? [
          groupedBy(counts),
          ...dataBlock(
            groups.map((group) => groupLine(group)),
            context.nonce,
          ),
        ]
      : []),
    ...(others
      ? [`others: ${others.groups} more groups, together ${others.count}${before(others.previous)}`]
      : []),
  ].join('\n');
}

/** On what the sessions of a contact are known to be theirs. */
function unprovenLines(unproven: number | undefined, total: number): string[] {
  if (unproven === undefined || total === 0) return [];
  if (unproven === 0) return ['All of these belong to contacts with verified data.'];
  return [`Of these, ${unproven} match only by a claim, or by a phone number (verification unknown).`];
}

function groupedBy({ groupBy, offsetMinutes, stretch }: SessionCounts): string {
  const isTime = groupBy.some((dimension) => dimension === 'day' || dimension === 'hour');
  const sign = offsetMinutes < 0 ? '-' : '+';
  const size = Math.abs(offsetMinutes);
  const clock = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return [
    `By ${groupBy.map(bareToken).join(', ')}: count${stretch ? ' (previous)' : ''}, and ticket numbers of up to three.`,
    isTime && ` Day and hour are of creation, UTC${sign}${clock}.`,
  ]
    .filter(Boolean)
    .join('');
}

function groupLine({ key, second_key, count, previous, examples = [] }: GroupView): string {
  const keys = [key, ...(second_key === undefined ? [] : [second_key])].map((word) =>
    word === none ? word : bareToken(word),
  );
  return [`${keys.join(', ')}: ${count}${before(previous)}`, ...examples.map((n) => `#${n}`)].join(' ');
}

function before(previous: number | undefined): string {
  return previous === undefined ? '' : ` (${previous})`;
}
