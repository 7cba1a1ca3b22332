import { expect, it, onTestFinished } from 'vitest';
import { decideDrafts } from '../../../src/cli/outbox/decide-drafts.ts';
import { type OutboxDesk, outboxDesk } from '../../../src/pipeline/outbox-desk.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import { outboxDesk as aDesk } from '../../support/outbox/desk.ts';

it('a problem that quotes others does not steer the terminal', async () => {
  onTestFinished(() => {
    process.exitCode = undefined;
  });
  const shown: string[] = [];
  const desk = {
    list: async () => ({
      outcome: 'failed',
      problem: 'Already sent into session s\u001b[2J\u202e.',
    }),
  } as unknown as OutboxDesk;
  await decideDrafts(desk, {
    print: (line = '') => void shown.push(line),
    paint: (_, text) => text,
    ask: async () => undefined,
    edit: async () => undefined,
    close() {},
  });
  expect(shown).toEqual(['Already sent into session s.']);
});

it('a letter that means nothing is answered with those that do, and a rejection needs a reason', async () => {
  const desk = aDesk();
  await desk.draft();
  const { context, outbox } = desk.start();
  const person = outboxDesk({
    dependencies: {
      ...context(),
      audit: undefined,
      allowVerified: false,
      confirmSends: false,
      logger: { info() {}, error() {} },
      clock: desk.clock,
      outbox,
    },
    by: 'sam',
    onlyOf: undefined,
    memory: newMemory(),
    timeoutMs: 50_000,
  });
  const shown: string[] = [];
  const answers = ['x', 'r', ' ', 'r', 'Not yet.'];
  await decideDrafts(person, {
    print: (line = '') => void shown.push(line),
    paint: (_, text) => text,
    ask: async (question) => {
      shown.push(question);
      return answers.shift();
    },
    edit: async () => undefined,
    close() {},
  });
  const question = 'Approve, edit, reject, skip or quit? [a/e/r/s/q] ';
  const why = 'Why? It is told to whoever wrote it: ';
  const said = shown.slice(shown.indexOf(question));
  expect(said.slice(0, 5)).toEqual([
    question,
    'Type one of the letters a, e, r, s and q. Nothing was done.',
    question,
    why,
    'Not rejected: whoever wrote it needs a reason.',
  ]);
  expect(said).toContain('Draft 1');
  expect(said.slice(-3)).toEqual([question, why, 'Draft 1 was rejected.']);
  expect((await outbox.list())[0]?.decision).toMatchObject({ reason: 'Not yet.' });
  expect(desk.world.posts).toEqual([]);
});
