import { expect, it, onTestFinished } from 'vitest';
import { decideDrafts } from '../../../src/cli/outbox/decide-drafts.ts';
import type { OutboxDesk } from '../../../src/pipeline/outbox-desk.ts';

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
