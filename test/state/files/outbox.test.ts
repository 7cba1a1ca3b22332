import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileDrafts } from '../../../src/state/files/outbox.ts';
import { storedOutbox } from '../../../src/state/outbox/draft-store.ts';
import { describeOutbox, newDraft } from '../../support/state/outbox-contract.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

/** Holds the outbox's folder, and what the tests put beside it. */
let parent: string;
let places = 0;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'opencx-outbox-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describeOutbox('an outbox in files', () => {
  places += 1;
  const folder = join(parent, `deep-${places}`, 'outbox');
  const aside = join(parent, 'aside');
  return {
    open: (clock) => storedOutbox(fileDrafts(folder), clock),
    damage(number) {
      const names = readdirSync(folder).filter((name) => name.startsWith(`${number}.`));
      writeFileSync(join(folder, names.sort().at(-1) ?? ''), '{"number":');
    },
    breakDown() {
      renameSync(folder, aside);
      writeFileSync(folder, 'a file');
    },
    repair() {
      rmSync(folder);
      renameSync(aside, folder);
    },
  };
});

describe('an outbox in files', () => {
  // Only a process can set its umask, and mutation tests run in threads.
  it.runIf(isMainThread && process.platform !== 'win32')(
    'lets only its user read drafts, whatever the umask is',
    async () => {
      const before = process.umask(0o777);
      try {
        const folder = join(parent, 'outbox');
        const clock = settableClock();
        await storedOutbox(fileDrafts(folder), clock).add(newDraft(clock));
        expect(statSync(folder).mode & 0o777).toBe(0o700);
      } finally {
        process.umask(before);
      }
      chmodSync(join(parent, 'outbox', '1.1.json'), 0o600);
    },
  );

  it('ignores what a crash left behind, and foreign files', async () => {
    const folder = join(parent, 'outbox');
    mkdirSync(folder);
    for (const name of ['0d8e7a4c.draft', 'notes.json', '7.json', '1.2.3.json', '0.1.json'])
      writeFileSync(join(folder, name), '{}');
    const clock = settableClock();
    const outbox = storedOutbox(fileDrafts(folder), clock);
    expect(await outbox.list()).toEqual([]);
    expect((await outbox.add(newDraft(clock))).number).toBe(1);
  });

  it('leaves no unfinished file behind', async () => {
    const folder = join(parent, 'outbox');
    const clock = settableClock();
    const outbox = storedOutbox(fileDrafts(folder), clock);
    const draft = await outbox.add(newDraft(clock));
    await outbox.change(draft, { state: 'rejected' });
    await outbox.change(draft, { state: 'approved' });
    expect(readdirSync(folder).sort()).toEqual(['1.1.json', '1.2.json']);
  });
});
