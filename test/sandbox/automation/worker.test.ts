import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { call, clock, create, events, open, send, sharedDatabase } from '../../support/sandbox/harness.ts';
import { writeProgram } from '../../support/sandbox/program.ts';

/** Longer than a test: jobs run only when a test calls `tick`. */
const delayMs = 60_000;
const automation = { delayMs, silenceMs: 3_600_000 };

const says = (text: string) => ({ message: { type: 'text', text } });

describe('an answer is given exactly once', () => {
  test('by two sandboxes on one database', async () => {
    const database = await sharedDatabase();
    const now = clock();
    const options = { database, now: now.now, automation };
    const [one, two] = await Promise.all([open(options), open(options)]);
    const ids = await Promise.all(Array.from({ length: 12 }, () => create(one)));
    await Promise.all(
      ids.flatMap((id, n) => [1, 2, 3].map(() => send(n % 2 ? one : two, id, says('Hello')))),
    );
    now.pass(delayMs);
    await Promise.all([one, two, one, two].map((sandbox) => sandbox.tick()));
    for (const id of ids) {
      const senders = (await events(two, id)).map((item) => item.event.sender.type);
      expect(senders.sort()).toEqual(['ai', 'ai', 'ai', 'contact', 'contact', 'contact']);
    }
  });

  test('if the process that was about to answer is killed', async () => {
    const database = await sharedDatabase();
    const program = await writeProgram(`
      import { openSandbox } from './src/sandbox/index.ts';
      const sandbox = await openSandbox({
        database: process.argv[2], rateLimit: 0, seed: false, key: 'shared-key',
        automation: { delayMs: 0, silenceMs: 0, autopilot: () => process.kill(process.pid, 'SIGKILL') },
      });
      const call = async (path, body) => (await sandbox.fetch(new Request('http://x/chat/sessions' + path, {
        method: 'POST',
        headers: { authorization: 'Bearer shared-key', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }))).json();
      const { id } = await call('', {});
      await call('/' + id + '/send', { sender: 'contact', message: { type: 'text', text: 'Hello' } });
      await sandbox.tick();
    `);
    const child = spawn(process.execPath, [program, database], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const sandbox = await open({ database, automation: { delayMs: 0, silenceMs: 0 } });
    await sandbox.tick();
    const [session] = (await call(sandbox, 'GET', '/chat/sessions')).body.items;
    const senders = (await events(sandbox, session.id)).map((item) => item.event.sender.type);
    expect(senders).toEqual(['contact', 'ai']);
  });

  test('if a job fails: it leaves nothing behind, does not block other jobs and is retried', async () => {
    const errors: unknown[] = [];
    const now = clock();
    let broken = true;
    const sandbox = await open({
      now: now.now,
      onError: (error) => errors.push(error),
      automation: {
        ...automation,
        autopilot({ messages }) {
          if (broken && messages.at(-1)?.text === 'break') throw new Error('broken');
          return { reply: 'Here.', action: { name: 'x', input: {}, result: {} } };
        },
      },
    });
    const [bad, good] = [await create(sandbox), await create(sandbox)];
    await send(sandbox, bad, says('break'));
    await send(sandbox, good, says('work'));
    now.pass(delayMs);
    await sandbox.tick();
    expect(errors).toEqual([new Error('broken')]);
    expect([await events(sandbox, bad), await events(sandbox, good)].map(({ length }) => length)).toEqual([
      1, 3,
    ]);
    broken = false;
    now.pass(61_000);
    await sandbox.tick();
    expect(await events(sandbox, bad)).toHaveLength(3);
  });
});

test('jobs run without tick, and a new sandbox runs the jobs of a closed one', async () => {
  const database = await sharedDatabase();
  const first = await open({
    database,
    now: clock('2020-01-01T00:00:00Z').now,
    automation: { delayMs, silenceMs: 0 },
  });
  const left = await create(first);
  await send(first, left, says('Hello'));
  await first.close();
  const second = await open({ database, automation: { delayMs: 5, silenceMs: 0 } });
  const id = await create(second);
  await send(second, id, says('Hello'));
  await vi.waitFor(async () => expect(await events(second, id)).toHaveLength(2), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await events(second, left)).toHaveLength(2), { timeout: 10_000 });
});

test('a sandbox without automation does not answer', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  await send(sandbox, id);
  await sandbox.tick();
  expect(await events(sandbox, id)).toHaveLength(1);
});
