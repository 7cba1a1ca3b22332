import { expect, it, onTestFinished } from 'vitest';
import { decideDrafts } from '../../../src/cli/outbox/decide-drafts.ts';
import type { Place } from '../../../src/cli/outbox/place.ts';
import { type OutboxDesk, outboxDesk } from '../../../src/pipeline/outbox-desk.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import { outboxDesk as aDesk } from '../../support/outbox/desk.ts';

const place: Place = { account: 'the sandbox', storage: 'the files of /state' };

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
  await decideDrafts(desk, place, {
    print: (line = '') => void shown.push(line),
    paint: (_, text) => text,
    ask: async () => undefined,
    edit: async () => undefined,
    close() {},
  });
  expect(shown).toEqual(['Already sent into session s.']);
});

/** Somebody at a terminal, and a draft that waits for them. */
async function atTheDesk(asked: Place = place) {
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
  /** @param answers what they type. @param edit what they make of a text. @returns what they read. */
  async function decide(answers: (string | (() => string))[], edit = (_: string) => '') {
    const shown: string[] = [];
    await decideDrafts(person, asked, {
      print: (line = '') => void shown.push(line),
      paint: (_, text) => text,
      ask: async (question) => {
        shown.push(question);
        const answer = answers.shift();
        return typeof answer === 'function' ? answer() : answer;
      },
      edit: async (text) => edit(text),
      close() {},
    });
    return shown;
  }
  return { desk, outbox, decide };
}
const question = 'Approve, edit, reject, skip or quit? [a/e/r/s/q] ';

it('what was looked through is named, with messages and without', async () => {
  const { decide } = await atTheDesk();
  expect((await decide(['q']))[0]).toBe('Messages in the sandbox:');
  await decide(['r', 'Not yet.']);
  expect(await decide([])).toEqual([
    'No message waits for approval in the sandbox (looked in the files of /state).',
  ]);
});

it('the key is checked only if nothing waits', async () => {
  onTestFinished(() => {
    process.exitCode = undefined;
  });
  let problem: { isRefused: boolean; text: string } | undefined;
  let checks = 0;
  const { decide } = await atTheDesk({
    ...place,
    checkKey: async () => {
      checks += 1;
      return problem;
    },
  });
  await decide(['r', 'Not yet.']);
  expect(checks).toBe(0);
  expect(await decide([])).toHaveLength(1);
  problem = { isRefused: false, text: 'The API did not answer in time.\u001b[2J' };
  expect((await decide([])).slice(1)).toEqual(['The API did not answer in time.']);
  expect(process.exitCode).toBe(undefined);
  problem = { isRefused: true, text: 'The API refuses the key.' };
  expect((await decide([])).slice(1)).toEqual(['The API refuses the key.']);
  expect(process.exitCode).toBe(1);
});

it('an edit that was not sent is said to be, and is where the next one begins', async () => {
  const { desk, decide } = await atTheDesk();
  const given: string[] = [];
  const edit = (text: string) => {
    given.push(text);
    return `${text} Soon.`;
  };
  const yesButLate = () => {
    desk.write('user', 'Hello?');
    return 'y';
  };
  const shown = await decide(['e', 'n', 'e', yesButLate, 'e', 'y'], edit);
  expect(given).toEqual(['It ships today.', 'It ships today. Soon.', 'It ships today. Soon. Soon.']);
  const notSent = shown.findIndex((line) => line.startsWith('Not sent.'));
  expect(shown.slice(notSent, notSent + 2)).toEqual([
    'Not sent. The draft still has its first text. To go on with yours, edit it again.',
    question,
  ]);
  expect(shown).toContain('The draft still has its first text. To go on with yours, edit it again.');
  expect(desk.world.posts.map(({ body }) => body.message.text)).toEqual([
    'It ships today. Soon. Soon. Soon.',
  ]);
});

it('an edit that the API refused is where the next one begins', async () => {
  onTestFinished(() => {
    process.exitCode = undefined;
  });
  const { desk, decide } = await atTheDesk();
  desk.world.fate = () => 'rejected';
  const given: string[] = [];
  const edit = (text: string) => {
    given.push(text);
    return `${text} Soon.`;
  };
  const then = () => {
    desk.world.fate = () => 'answered';
    return 'e';
  };
  const shown = await decide(['e', 'y', then, 'y'], edit);
  expect(given).toEqual(['It ships today.', 'It ships today. Soon.']);
  expect(shown).toContain('The draft still has its first text. To go on with yours, edit it again.');
  expect(shown.at(-1)).toBe('Draft 1 was sent.');
});

it('a letter that means nothing is answered with those that do, and a rejection needs a reason', async () => {
  const { desk, outbox, decide } = await atTheDesk();
  const shown = await decide(['x', 'r', ' ', 'r', 'Not yet.']);
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
