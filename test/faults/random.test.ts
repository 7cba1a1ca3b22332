import { expect, it } from 'vitest';
import { storm } from './storm.ts';

/** `npm run soak` sets these for a longer run. */
const calls = Number(process.env['SOAK_CALLS'] ?? 400);
const seeds = process.env['SOAK_SEED'] === undefined ? [1, 2] : [Number(process.env['SOAK_SEED'])];

it.each(seeds)(
  'no message stands twice, and every call is answered once, whatever happens (seed %i)',
  async (seed) => {
    const { calls: made, requests, cancelled, messages, ...bad } = await storm({ seed, calls, atOnce: 16 });
    expect(bad).toEqual({
      duplicates: [],
      missing: [],
      unanswered: [],
      stray: [],
      leaks: [],
      open: 0,
      mute: 0,
    });
    // The storm was one.
    expect(made).toBe(calls);
    expect(requests).toBeGreaterThan(calls / 2);
    expect(cancelled).toBeGreaterThan(calls / 50);
    expect(messages).toBeGreaterThan(calls / 50);
  },
  60_000 + calls * 200,
);
