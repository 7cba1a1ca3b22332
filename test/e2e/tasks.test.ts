import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { comparison } from '../support/tasks/comparison.ts';
import { type Costs, openDesk } from '../support/tasks/desk.ts';
import { tasks } from '../support/tasks/tasks.ts';

/** The clock is fixed, because ages and dates are part of the tokens counted. */
const now = new Date('2026-03-01T12:00:00.000Z');

interface Result {
  readonly question: string;
  readonly ours: Costs;
  readonly plain: Costs;
}
const results: Result[] = [];
const costs = (): Costs => ({ calls: 0, text: 0, json: 0 });

let desks: { ours: Awaited<ReturnType<typeof openDesk>>; plain: Awaited<ReturnType<typeof openDesk>> };

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  // One desk for each way, because tasks change data.
  desks = { ours: await openDesk(now), plain: await openDesk(now) };
});
afterAll(async () => {
  await Promise.all([desks.ours.close(), desks.plain.close()]);
  vi.useRealTimers();
});

// In order: later tasks change data, and the last test needs the results of all.
describe('the support desk', { shuffle: false }, () => {
  it('has 32 tasks', () => {
    expect(new Set(tasks.map(({ question }) => question)).size).toBe(32);
  });

  it.each(tasks)('$question', async ({ question, answer, solve, plain }) => {
    const result = { question, ours: costs(), plain: costs() };
    expect(await solve(desks.ours.agent(result.ours))).toBe(answer);
    expect(await plain(desks.plain.plain(result.plain))).toBe(answer);
    expect(result.ours.calls).toBeLessThanOrEqual(3);
    expect(result.ours.calls).toBeLessThanOrEqual(result.plain.calls);
    results.push(result);
  });

  it('docs/tasks.md has the costs of all tasks (`npm run generate` updates it)', async () => {
    expect(results).toHaveLength(32);
    await expect(report(results)).toMatchFileSnapshot('../../docs/tasks.md');
  });
});

function report(results: readonly Result[]): string {
  const sum = (pick: (result: Result) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  const row = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  return `${[
    '# Support tasks',
    '',
    'Each task is solved twice on the demo data: with the tools, by the calls that a reader of their descriptions makes, and with the operations',
    'of the API, whose JSON a plain bridge would pass on. The table counts the tokens (o200k) of the answers. Clients give the model either the',
    'text or the JSON of a tool, so the table has both. Both ways must reach the same correct answer. The tests generate this file.',
    '',
    row([
      'task',
      'calls',
      'tokens as text',
      'tokens as JSON',
      'calls of a plain bridge',
      'tokens of a plain bridge',
    ]),
    row(['---', '---:', '---:', '---:', '---:', '---:']),
    ...results.map(({ question, ours, plain }) =>
      row([question, ours.calls, ours.text, ours.json, plain.calls, plain.json]),
    ),
    row([
      '**all**',
      sum(({ ours }) => ours.calls),
      sum(({ ours }) => ours.text),
      sum(({ ours }) => ours.json),
      sum(({ plain }) => plain.calls),
      sum(({ plain }) => plain.json),
    ]),
    '',
    ...comparison(row),
  ].join('\n')}\n`;
}
