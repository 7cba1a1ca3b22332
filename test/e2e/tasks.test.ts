import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Bill, openDesk } from '../support/tasks/desk.ts';
import { tasks } from '../support/tasks/tasks.ts';

/** Ages and dates are part of what is counted: the clock stands still for all. */
const now = new Date('2026-03-01T12:00:00.000Z');

interface Result {
  readonly question: string;
  readonly ours: Bill;
  readonly plain: Bill;
}
const results: Result[] = [];
const bill = (): Bill => ({ calls: 0, text: 0, json: 0 });

let desks: { ours: Awaited<ReturnType<typeof openDesk>>; plain: Awaited<ReturnType<typeof openDesk>> };

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  // One for each way: what one changes is not there for the other.
  desks = { ours: await openDesk(now), plain: await openDesk(now) };
});
afterAll(async () => {
  await Promise.all([desks.ours.close(), desks.plain.close()]);
  vi.useRealTimers();
});

describe('at the support desk', () => {
  it('there are twenty tasks', () => {
    expect(new Set(tasks.map(({ question }) => question)).size).toBe(20);
  });

  it.each(tasks)('$question', async ({ question, answer, solve, plain }) => {
    const result = { question, ours: bill(), plain: bill() };
    expect(await solve(desks.ours.agent(result.ours))).toBe(answer);
    expect(await plain(desks.plain.plain(result.plain))).toBe(answer);
    expect(result.ours.calls).toBeLessThanOrEqual(3);
    expect(result.ours.calls).toBeLessThanOrEqual(result.plain.calls);
    results.push(result);
  });

  it('has its costs in docs/tasks.md; `npx vitest run test/e2e/tasks -u` writes them', async () => {
    expect(results).toHaveLength(20);
    await expect(report(results)).toMatchFileSnapshot('../../docs/tasks.md');
  });
});

function report(results: readonly Result[]): string {
  const sum = (pick: (result: Result) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  const row = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  return `${[
    '# Twenty support tasks',
    '',
    'Each is solved on the demo data by the calls that a reader of the tool descriptions makes, and once more by the bare operations of the',
    'API, whose JSON a plain bridge would hand on. Counted are the tokens (o200k) of the answers: clients give the model either the text or the',
    'JSON of a tool, so both are here. Both ways have to come to the same right answer. This file is written by the tests.',
    '',
    row(['task', 'calls', 'tokens as text', 'tokens as JSON', 'calls of a plain bridge', 'its tokens']),
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
  ].join('\n')}\n`;
}
