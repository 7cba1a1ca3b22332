import { expect, it } from 'vitest';
import { storm } from '../../support/faults/storm.ts';

/** `npm run soak -- storm` sets these for a longer run. */
const calls = Number(process.env['SOAK_SIZE'] ?? 150);
const seed = Number(process.env['SOAK_SEED'] ?? 1);

/**
 * Allowed growth, for compiled code and caches. A run of 10,000 calls detects a leak of half a kilobyte per call. The short
 * run detects code that keeps whole answers.
 */
const settlingBytes = 2_000_000;

it(
  'after random faults, cancellations and kills, no message is stored twice, every call is answered once and nothing leaks',
  async () => {
    const { size, faults, growth } = await storm({ seed, calls, atOnce: 16 });
    expect(faults).toEqual({
      duplicates: [],
      missing: [],
      unanswered: [],
      answeredTwice: [],
      stray: [],
      leaks: [],
      left: [],
      mute: [],
    });
    expect(growth).toBeLessThan(settlingBytes);
    // The run was large enough to prove something.
    expect(size.calls).toBe(calls);
    expect(size.requests).toBeGreaterThan(calls / 2);
    expect(size.cancelled).toBeGreaterThan(calls / 50);
    expect(size.messages).toBeGreaterThan(calls / 50);
    if (process.env['SOAK_SIZE']) process.stderr.write(`${JSON.stringify({ ...size, growth })}\n`);
  },
  60_000 + calls * 200,
);
