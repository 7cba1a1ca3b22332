/** A known number and its time. */
export interface Known {
  readonly number: number;
  readonly time: number;
}

/** One end of the stretch of time that a number is in. */
export interface End extends Known {
  /** The session with this number; absent if there are no sessions before `time`, so that the number is assumed. */
  readonly session?: Known | undefined;
  /** Milliseconds from one number to the next among the sessions that were read there. */
  readonly pace?: number | undefined;
  /** Below 1 if several estimates in a row were on the other side (the Illinois variant of the regula falsi). */
  readonly weight: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** One page may be of a busy hour. A week has nights and days off. */
const firstLookBackDays = 7;

/** A little further than expected, so that the number is more likely between two ends. */
const overshoot = 1.01;

/** There are no sessions before. */
const earliest = Date.UTC(2000, 0, 1);

/**
 * The time of a number that is older than all numbers seen, at the pace of these.
 * @param attempts how many estimates came out too late: each goes further than the one before.
 */
export function estimateBefore(number: number, newest: Known, oldest: Known, attempts: number): number {
  const elapsed = newest.time - oldest.time;
  const counted = newest.number - oldest.number;
  const distance =
    elapsed > 0 && counted > 0
      ? ((oldest.number - number) * elapsed) / counted
      : dayMs * firstLookBackDays * 2 ** attempts;
  const further =
    attempts === 0
      ? Math.min(distance, firstLookBackDays * dayMs)
      : distance * (overshoot + (attempts - 1) / 2);
  return Math.max(earliest, Math.round(oldest.time - further));
}

/** A stretch is halved in order of magnitude if its ends are this many times as old as each other. */
const wideRatio = 16;

/** Part of a stretch: an estimate so close to its end before all sessions was tried, or was nearly. */
const closeToEmpty = 0.02;

/** The time of a number between the first session, which is not known, and `above`. `below` is before all sessions. */
export function estimateNearStart(number: number, newest: Known, above: End, below: End): number {
  const distance = above.number - number;
  const counted = newest.number - above.number;
  const paces = [(newest.time - above.time) / counted, above.pace];
  const times = paces.map((pace) => above.time - distance * (pace ?? 0));
  const least = below.time + (above.time - below.time) * closeToEmpty;
  const inside = times.find((time) => time > least && time < above.time);
  if (inside !== undefined) return inside;
  // The first session may have come a month ago or ten years ago: while all that is possible, halve the order of magnitude.
  const age = Math.max(newest.time - above.time, hourMs);
  const greatestAge = newest.time - below.time;
  const isWide = greatestAge > wideRatio * age;
  return newest.time - (isWide ? Math.sqrt(age * greatestAge) : (age + greatestAge) / 2);
}

/** Without sessions for longer than this many times the usual, a stretch is a pause, such as a night. */
const pausePaces = 4;

/**
 * The time of a number between two ends. Sessions come in rhythms, so three estimates are made: at the average pace
 * between the ends, and at the pace near each of them. The middle one is taken.
 */
export function estimateBetween(number: number, above: End, below: End, pageSize: number): number {
  const span = above.time - below.time;
  const fromAbove = above.number - number;
  const fromBelow = Math.max(1, number - below.number);
  const share = (fromAbove * above.weight) / (fromAbove * above.weight + fromBelow * below.weight);
  const average = above.time - span * share;
  const inside = (time: number) => (time > below.time && time < above.time ? time : average);
  // What is not a number is not inside.
  const atPaceAbove = inside(above.time - fromAbove * (above.pace ?? Number.NaN));
  const atPaceBelow = inside(below.time + fromBelow * (below.pace ?? Number.NaN));
  const estimate = median(average, atPaceAbove, atPaceBelow);
  // An earlier time would read the same page again.
  const least = below.time + (pageSize / 2) * (below.pace ?? 0);
  const pause = below.session === undefined ? 0 : below.time - below.session.time;
  if (pause > pausePaces * (below.pace ?? 0) && fromBelow < (above.number - below.number) / 3) {
    // The lower end is in a pause and the number soon after it. How long the pause is can only be tried out.
    const afterPause = Math.min(Math.max(below.time + pause, estimate), atPaceAbove);
    return Math.max(afterPause, least);
  }
  return Math.max(estimate, least);
}

function median(...values: [number, number, number]): number {
  return values.sort((a, b) => a - b)[1] as number;
}
