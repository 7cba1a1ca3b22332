import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { AuditError } from '../../../src/state/errors.ts';
import { openAudit } from '../../../src/state/files/audit.ts';
import { describeAudit } from '../../support/state/audit-contract.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

/** Told of every file that was opened, before the caller gets it. */
let onOpen: ((file: FileHandle) => void | Promise<void>) | undefined;
beforeAll(() => {
  const { open } = promises;
  vi.spyOn(promises, 'open').mockImplementation(async (...args) => {
    const file = await open(...args);
    await onOpen?.(file);
    return file;
  });
  syncBuiltinESMExports();
});
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-audit-'));
  file = join(folder, 'audit.jsonl');
});
afterEach(() => {
  onOpen = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const content = () => readFileSync(file, 'utf8');
const lines = () =>
  content()
    .split('\n')
    .filter((line) => line !== '');
const outcomes = () => lines().map((line) => JSON.parse(line).outcome);
const record = { tool: 'send_message', session: 'session-1', text: 'On its way.', outcome: 'sent' };

/** Puts a folder in the place of the file. */
function block() {
  renameSync(file, `${file}.aside`);
  mkdirSync(file);
}
function unblock() {
  rmdirSync(file);
  renameSync(`${file}.aside`, file);
}

describeAudit('an audit log in a file', () => ({
  open: (clock) => openAudit(file, clock),
  records: () => lines().map((line) => JSON.parse(line)),
  breakDown: block,
  repair: unblock,
  close: () => {},
}));

describe('the file of an audit log', () => {
  it('is created when the log is opened, for the owner only', async () => {
    await openAudit(file);
    expect(content()).toBe('');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('has one line for each record', async () => {
    const clock = settableClock();
    const at = new Date(clock.now()).toISOString();
    const audit = await openAudit(file, clock);
    await audit.write({ tool: 'create_session', outcome: 'ok' });
    const caller = { person: 'ada', role: 'agent', workspace: 'acme' };
    await audit.write({ tool: 'update_session', session: 'session-1', outcome: 'ok', ...caller });
    expect(content()).toMatch(/^[^\n]+\n[^\n]+\n$/);
    expect(lines().map((line) => JSON.parse(line))).toMatchObject([
      { at, tool: 'create_session', outcome: 'ok' },
      { at, tool: 'update_session', session: 'session-1', outcome: 'ok', ...caller },
    ]);
  });

  it('is a chain of its own for each process, which begins at the last line of the file', async () => {
    const first = await openAudit(file);
    await first.write(record);
    const second = await openAudit(file);
    await Promise.all([first.write(record), second.write(record), first.write(record), second.write(record)]);
    const stored = lines().map((line) => ({ ...JSON.parse(line), hash: sha256(line) }));
    const chains = [...new Set(stored.map(({ chain }) => chain))].map((name) =>
      stored.filter(({ chain }) => chain === name),
    );
    expect(chains.map((chain) => chain.map(({ seq }) => seq))).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
    for (const chain of chains) {
      expect(chain.slice(1).map(({ prev }) => prev)).toEqual(chain.slice(0, -1).map(({ hash }) => hash));
    }
    expect(chains[0]?.[0].prev).toBeNull();
    expect(chains[1]?.[0].prev).toBe(stored[0]?.hash);
  });

  it('that does not answer holds a record up for three seconds, and gets it later', async () => {
    const audit = await openAudit(file);
    let answer = () => {};
    onOpen = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const write = expect(audit.write({ ...record, outcome: 'late' })).rejects.toThrow('it does not answer');
    const ready = expect(audit.ready()).rejects.toThrow(AuditError);
    await vi.advanceTimersByTimeAsync(3000);
    await Promise.all([write, ready]);
    expect(vi.getTimerCount()).toBe(0);
    onOpen = undefined;
    answer();
    await audit.write({ ...record, outcome: 'next' });
    expect(outcomes()).toEqual(['late', 'next']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is dated by the system if no other clock is given', async () => {
    const before = new Date().toISOString();
    await (await openAudit(file)).write(record);
    const { at } = JSON.parse(content());
    expect([before, at, new Date().toISOString()].sort()[1]).toBe(at);
  });

  it.each([199, 200, 201])('has at most 200 characters of a session id of %i', async (length) => {
    await (await openAudit(file)).write({ ...record, session: 's'.repeat(length) });
    expect(JSON.parse(content()).session).toBe('s'.repeat(Math.min(length, 200)));
  });

  it('is created again when it was moved away', async () => {
    const audit = await openAudit(file);
    await audit.write({ ...record, outcome: 'first' });
    renameSync(file, join(folder, 'audit.1'));
    await audit.write({ ...record, outcome: 'second' });
    expect(outcomes()).toEqual(['second']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is written, synced and closed for each record, and only closed before the first', async () => {
    const operations: string[] = [];
    onOpen = (handle) => {
      for (const method of ['appendFile', 'sync', 'close'] as const) {
        const real = handle[method].bind(handle) as (...args: unknown[]) => Promise<void>;
        handle[method] = async (...args: unknown[]) => {
          await real(...args);
          operations.push(method);
        };
      }
    };
    const audit = await openAudit(file);
    expect(operations.splice(0)).toEqual(['close']);
    await audit.write(record);
    expect(operations).toEqual(['appendFile', 'sync', 'close']);
  });

  it('is not touched by ready if no record is owed', async () => {
    const audit = await openAudit(file);
    const opened = vi.fn();
    onOpen = opened;
    await audit.ready();
    expect(opened).not.toHaveBeenCalled();
  });

  it('that cannot be opened is refused at once, and nothing stays open', async () => {
    mkdirSync(file);
    await expect(openAudit(file)).rejects.toThrow('EISDIR');
    await expect(openAudit(join(folder, 'missing', 'audit.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('is closed when a record could not be written', async () => {
    const audit = await openAudit(file);
    const closed = vi.fn();
    onOpen = (handle) => {
      handle.appendFile = () => Promise.reject(new Error('no space left on device'));
      const close = handle.close.bind(handle);
      handle.close = () => close().then(closed);
    };
    await expect(audit.write(record)).rejects.toThrow(
      'the audit log cannot be written (no space left on device)',
    );
    expect(closed).toHaveBeenCalledOnce();
  });
});

describe('a full disk', () => {
  /** The disk takes only the first ten characters of the next write. */
  function cutOffNextWrite() {
    onOpen = (handle) => {
      onOpen = undefined;
      const append = handle.appendFile.bind(handle);
      handle.appendFile = async (text) => {
        await append(String(text).slice(0, 10));
        throw new Error('no space left on device');
      };
    };
  }
  const parsed = () =>
    lines().flatMap((line) => {
      try {
        return [JSON.parse(line).outcome as string];
      } catch {
        return [];
      }
    });

  it('does not let a cut-off record spoil the next line', async () => {
    const audit = await openAudit(file);
    cutOffNextWrite();
    await expect(audit.write({ ...record, outcome: 'owed' })).rejects.toThrow(AuditError);
    await audit.write({ ...record, outcome: 'later' });
    await audit.write({ ...record, outcome: 'last' });
    expect(parsed()).toEqual(['owed', 'later', 'last']);
    // The cut-off record has a line of its own, and no other line is empty.
    expect(content().split('\n')).toHaveLength(5);
    expect(content()).not.toContain('\n\n');
  });

  it('does not let a cut-off record spoil one that is written at the same time', async () => {
    const audit = await openAudit(file);
    cutOffNextWrite();
    const writes = ['owed', 'later'].map((outcome) => audit.write({ ...record, outcome }));
    const [first] = await Promise.allSettled(writes);
    expect(first).toMatchObject({ status: 'rejected', reason: expect.any(AuditError) });
    await audit.ready();
    expect(parsed()).toEqual(['owed', 'later']);
  });

  it('may leave a record twice if it was written but not synced', async () => {
    const audit = await openAudit(file);
    onOpen = (handle) => {
      handle.sync = () => Promise.reject(new Error('input/output error'));
    };
    await expect(audit.write({ ...record, outcome: 'owed' })).rejects.toThrow('input/output error');
    onOpen = undefined;
    await audit.ready();
    expect(outcomes()).toEqual(['owed', 'owed']);
  });
});

describe('while a record is being written', () => {
  /** The next open file is not given out before the test says so. */
  function holdNextOpen(): { isOpen: Promise<void>; release: () => void } {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const isOpen = new Promise<void>((resolve) => {
      onOpen = () => {
        onOpen = undefined;
        resolve();
        return held;
      };
    });
    return { isOpen, release };
  }
  /** Gives other work the time to do what it can do by itself. */
  async function turns() {
    for (let n = 0; n < 10; n += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  it('the next record waits', async () => {
    const audit = await openAudit(file);
    const { isOpen, release } = holdNextOpen();
    const first = audit.write({ ...record, outcome: 'first' });
    await isOpen;
    const second = audit.write({ ...record, outcome: 'second' });
    await turns();
    expect(content()).toBe('');
    release();
    await Promise.all([first, second]);
    expect(outcomes()).toEqual(['first', 'second']);
  });

  it('the log is not ready', async () => {
    const audit = await openAudit(file);
    const { isOpen, release } = holdNextOpen();
    const write = audit.write(record);
    await isOpen;
    const isReady = vi.fn();
    const ready = audit.ready().then(isReady);
    await turns();
    expect(isReady).not.toHaveBeenCalled();
    release();
    await Promise.all([write, ready]);
    expect(isReady).toHaveBeenCalledOnce();
  });
});
