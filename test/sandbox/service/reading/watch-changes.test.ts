import { expect, it } from 'vitest';
import type { Sandbox } from '../../../../src/sandbox/index.ts';
import type { SandboxChange } from '../../../../src/sandbox/service/reading/watch-changes.ts';
import { atEnd, open, sharedDatabase } from '../../../support/sandbox/harness.ts';

function watch(sandbox: Sandbox) {
  const controller = new AbortController();
  const changes = sandbox.changes(controller.signal)[Symbol.asyncIterator]();
  atEnd(async () => {
    controller.abort();
    await changes.next();
  });
  return async (): Promise<SandboxChange> => (await changes.next()).value;
}

it('changes by this process and by others are told, each session once', async () => {
  const database = await sharedDatabase();
  const [sandbox, other] = [await open({ database }), await open({ database })];
  const next = watch(sandbox);
  expect(await next()).toBe('everything');
  const first = await other.visitor.open({ text: 'Hello' });
  expect(await next()).toEqual([first]);
  const second = await sandbox.visitor.open({ text: 'Hello' });
  expect(await next()).toEqual([second]);
  await other.visitor.write(first, 'Again');
  expect(await next()).toEqual([first]);
});

it('changes within the same millisecond are told', async () => {
  const sandbox = await open({ now: () => new Date('2026-03-01T12:00:00Z') });
  const next = watch(sandbox);
  await next();
  const id = await sandbox.visitor.open({ text: 'Hello' });
  expect(await next()).toEqual([id]);
  await sandbox.visitor.write(id, 'Again');
  expect(await next()).toEqual([id]);
});

it('a reset is told as a change of everything', async () => {
  const sandbox = await open();
  const next = watch(sandbox);
  await next();
  const id = await sandbox.visitor.open({ text: 'Hello' });
  expect(await next()).toEqual([id]);
  await sandbox.reset(5);
  expect(await next()).toBe('everything');
});
