import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSendLog } from '../../../src/state/files/send-log.ts';
import type { OpenAttempt } from '../../../src/state/send-log.ts';
import { describeSendLog, free, send, unknown } from '../../support/state/send-log-contract.ts';
import { type SettableClock, settableClock } from '../../support/state/settable-clock.ts';

/** Told of every file that was opened, before the caller gets it. */
let onOpen: ((path: string, file: FileHandle) => void) | undefined;
/** Told of every file that is about to get another name. */
let onRename: ((from: string, to: string) => void) | undefined;
beforeAll(() => {
  const { open, rename } = promises;
  vi.spyOn(promises, 'open').mockImplementation(async (...args) => {
    const file = await open(...args);
    onOpen?.(String(args[0]), file);
    return file;
  });
  vi.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
    onRename?.(String(from), String(to));
    await rename(from, to);
  });
  syncBuiltinESMExports();
});
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** Holds the log's folder, and what the tests put beside it. */
let parent: string;
let folder: string;
let clock: SettableClock;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'opencx-send-log-'));
  folder = join(parent, 'deep', 'sends');
  clock = settableClock();
});
afterEach(() => {
  onOpen = undefined;
  onRename = undefined;
  rmSync(parent, { recursive: true, force: true });
});

describeSendLog('a send log in files', () => {
  const aside = () => join(parent, 'aside');
  return {
    open: ({ account, clock, onLost }) => openSendLog(folder, { account, clock, onLost }),
    breakDown() {
      mkdirSync(folder, { recursive: true });
      renameSync(folder, aside());
      writeFileSync(folder, '');
    },
    repair() {
      rmSync(folder);
      renameSync(aside(), folder);
    },
    forget: () => rmSync(folder, { recursive: true, force: true }),
    close: () => {},
  };
});

const other = { ...send, content: ['agent', 'Another text'] };
const once = { allowDuplicate: false, longestMs: 1000 };
const again = { ...once, allowDuplicate: true };
const hour = 3_600_000;
const day = 24 * hour;

const openLog = (onLost?: (error: Error) => void) =>
  openSendLog(folder, { account: 'account', clock, ...(onLost ? { onLost } : {}) });
const files = (end = '.json') => readdirSync(folder).filter((name) => name.endsWith(end));
/** The entries of one message, by the number of the attempt. */
const entries = () =>
  Object.fromEntries(
    files().map((name) => [name.split('.')[1], JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
  );
const mode = (path: string) => statSync(path).mode & 0o777;
/** Names without the parts that differ from run to run. */
const shortName = (path: string) =>
  path === folder
    ? 'folder'
    : basename(path)
        .replace(/^[0-9a-f]{64}\./, '')
        .replace(/[0-9a-f-]{36}$/, 'draft');
const setAge = (name: string, ms: number) => {
  const time = (clock.now() - ms) / 1000;
  utimesSync(join(folder, name), time, time);
};

/** What happens to files from now on. */
function recordOperations(): string[] {
  const operations: string[] = [];
  onRename = (from, to) => operations.push(`rename ${shortName(from)} to ${shortName(to)}`);
  onOpen = (path, file) => {
    const name = shortName(path);
    for (const method of ['writeFile', 'sync', 'close'] as const) {
      const real = file[method].bind(file) as (...args: unknown[]) => Promise<void>;
      file[method] = async (...args: unknown[]) => {
        await real(...args);
        operations.push(`${method} ${name}`);
      };
    }
  };
  return operations;
}

/** From now on a full disk takes none of the data of matching files. */
function fillDisk(matching: RegExp) {
  onOpen = (path, file) => {
    if (matching.test(path)) file.writeFile = () => Promise.reject(new Error('no space left on device'));
  };
}

describe('the files of a send log', () => {
  it('hold what is known of each attempt', async () => {
    const log = openLog();
    const began = clock.now();
    const stored = { nonce: expect.any(String), began, effects: {}, seenUpTo: 5 };
    const attempt = free(await log.claim(send, { ...once, seenUpTo: 5 }));
    // It may leave until its time is over.
    expect(entries()).toEqual({ 1: { ...stored, state: 'intent', left: began + 1000 } });
    clock.pass(300);
    await attempt.unknown();
    expect(entries()).toEqual({ 1: { ...stored, state: 'unknown', left: began + 300 } });
    clock.pass(300);
    await attempt.unknown(7);
    const lost = { ...stored, left: began + 300, serverBegan: 7 };
    expect(entries()).toEqual({ 1: { ...lost, state: 'unknown' } });
    await attempt.absent();
    expect(entries()).toEqual({ 1: { ...lost, state: 'rejected' } });
    await attempt.sent('message-1');
    expect(entries()).toEqual({ 1: { ...lost, state: 'sent', id: 'message-1' } });
  });

  it.each<[string, string, (attempt: OpenAttempt) => Promise<unknown>]>([
    ['sent', 'sent', (attempt) => attempt.sent('message-1')],
    ['found', 'sent', (attempt) => attempt.found(['message-1'])],
    ['rejected', 'rejected', (attempt) => attempt.rejected()],
  ])('hold when a message that was %s may have left at last', async (_, state, end) => {
    const attempt = free(await openLog().claim(send, once));
    clock.pass(300);
    await end(attempt);
    expect(entries()).toMatchObject({ 1: { state, left: clock.now() } });
  });

  it.each<[string, (attempt: OpenAttempt) => Promise<unknown>]>([
    ['belongs to another attempt', (attempt) => attempt.found(['message-1'])],
    ['is one of too many', (attempt) => attempt.found(['message-2', 'message-3', 'message-4'])],
    ['is not there', (attempt) => attempt.found([])],
  ])('do not record a lost message as sent if what is in the history %s', async (_, find) => {
    const log = openLog();
    await free(await log.claim(send, once)).sent('message-1');
    const attempt = free(await log.claim(send, again));
    await attempt.unknown();
    expect(await find(attempt)).toBeUndefined();
    expect(entries()).toMatchObject({ 1: { state: 'sent' }, 2: { state: 'unknown' } });
    expect(files('.message')).toHaveLength(1);
  });

  it.skipIf(process.platform !== 'linux')('cannot be made where no folder can be created', async () => {
    // A folder that exists, but says ENOENT to whoever creates something in it.
    const log = openSendLog('/proc/opencx/deep/sends', { account: 'account', clock });
    await expect(log.claim(send, once)).rejects.toThrow('/proc/opencx/deep/sends cannot be kept (ENOENT');
  });

  it('cannot be made below a file', async () => {
    writeFileSync(join(parent, 'deep'), '');
    await expect(openLog().claim(send, once)).rejects.toThrow('cannot be kept (ENOTDIR');
  });

  it('count the attempts of a message', async () => {
    const log = openLog();
    for (let n = 1; n <= 12; n += 1) await log.claim(send, again);
    const numbered = Array.from({ length: 12 }, (_, n) => [
      n + 1,
      expect.objectContaining({ state: 'intent' }),
    ]);
    expect(entries()).toEqual(Object.fromEntries(numbered));
  });

  it('count on from the highest number although older ones were removed', async () => {
    const log = openLog();
    for (let n = 1; n <= 2; n += 1) await free(await log.claim(send, again)).rejected();
    const [first = ''] = files().filter((name) => name.endsWith('.1.json'));
    rmSync(join(folder, first));
    await openLog().claim(send, once);
    expect(entries()).toMatchObject({ 2: { state: 'rejected' }, 3: { state: 'intent' } });
  });

  it('are written again if one was removed while its request was running', async () => {
    const attempt = free(await openLog().claim(send, once));
    rmSync(join(folder, files()[0] ?? ''));
    await attempt.unknown();
    expect(entries()).toMatchObject({ 1: { state: 'unknown' } });
  });

  it('hold hashes and the id that the API gave', async () => {
    const effects = { contact: { email: 'jane@example.com' } };
    await free(await openLog().claim({ ...send, effects }, once)).sent('message-1');
    const all = readdirSync(folder).map((name) => name + readFileSync(join(folder, name), 'utf8'));
    expect(all).toHaveLength(2);
    expect(all.join()).toContain('message-1');
    expect(all.join()).not.toMatch(/refund|agent|session-1|account|jane/);
  });

  it('are for the owner only', async () => {
    await free(await openLog().claim(send, once)).sent('message-1');
    expect(mode(folder)).toBe(0o700);
    expect(readdirSync(folder).map((name) => mode(join(folder, name)))).toEqual([0o600, 0o600]);
  });

  // Only a process can set its umask, and mutation tests run in threads.
  it.runIf(isMainThread).each([0o000, 0o077])('are for the owner only under the umask %o', async (mask) => {
    const before = process.umask(mask);
    try {
      await free(await openLog().claim(send, once)).sent('message-1');
    } finally {
      process.umask(before);
    }
    expect([mode(folder), mode(join(parent, 'deep'))]).toEqual([0o700, 0o700]);
    expect(readdirSync(folder).map((name) => mode(join(folder, name)))).toEqual([0o600, 0o600]);
  });

  it('leave the mode of a folder that was there', async () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o750);
    await openLog().find(send);
    expect(mode(folder)).toBe(0o750);
  });

  it('are not created by find', async () => {
    await openLog().find(send);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('name the owner of a message of the API', async () => {
    await free(await openLog().claim(send, once)).found(['message-1']);
    const [name = ''] = files('.message');
    expect(readFileSync(join(folder, name), 'utf8')).toBe(files()[0]?.replace('.json', ''));
  });

  it('do not hold a new session as a message of the API', async () => {
    await free(await openLog().claim({ ...send, kind: 'session' }, once)).sent('session-9');
    expect(files('.message')).toEqual([]);
  });

  it('record that an attempt that lost a race was rejected', async () => {
    const began = clock.now();
    const intent = { nonce: 'n', state: 'intent', began, left: began, effects: {} };
    const log = openLog();
    await free(await log.claim(send, once)).rejected();
    const [first = ''] = files();
    onOpen = (path) => {
      if (!path.endsWith('.2.json')) return;
      // Another process removed the old entry meanwhile, and began at 1 again.
      rmSync(join(folder, first));
      writeFileSync(join(folder, first), JSON.stringify(intent));
    };
    clock.pass(1000);
    expect(unknown(await log.claim(send, once)).began).toEqual(new Date(began));
    expect(entries()).toEqual({
      1: intent,
      2: {
        nonce: expect.any(String),
        state: 'rejected',
        began: began + 1000,
        left: began + 1000,
        effects: {},
      },
    });
  });

  it('do not stop an attempt that is meant as a duplicate when another one appears', async () => {
    const log = openLog();
    await free(await log.claim(send, once)).rejected();
    const [first = ''] = files();
    onOpen = (path) => {
      if (!path.endsWith('.2.json')) return;
      writeFileSync(join(folder, first), '');
    };
    expect((await log.claim(send, again)).state).toBe('free');
  });
});

describe('a send log in files', () => {
  it('has an intent on disk before the send may begin', async () => {
    const operations = recordOperations();
    await openLog().claim(send, once);
    expect(operations).toEqual([
      'writeFile 1.json',
      'sync 1.json',
      'close 1.json',
      'sync folder',
      'close folder',
    ]);
  });

  const decision = ['writeFile message', 'sync message', 'close message', 'sync folder', 'close folder'];
  it.each([
    ['unknown', []],
    // The decision comes first: after it, nobody gives the attempt a message.
    ['rejected', decision],
  ] as const)('has the outcome "%s" on disk when it is recorded', async (end, first) => {
    const attempt = free(await openLog().claim(send, once));
    const operations = recordOperations();
    await attempt[end]();
    expect(operations).toEqual([
      ...first,
      'writeFile 1.json.draft',
      'sync 1.json.draft',
      'close 1.json.draft',
      'rename 1.json.draft to 1.json',
      'sync folder',
      'close folder',
    ]);
  });

  it.each<[string, (attempt: OpenAttempt) => Promise<unknown>]>([
    ['sent', (attempt) => attempt.sent('message-1')],
    ['found', (attempt) => attempt.found(['message-1'])],
  ])('has the owner of a message on disk when it is recorded as %s', async (_, end) => {
    const attempt = free(await openLog().claim(send, once));
    const operations = recordOperations();
    await end(attempt);
    const owner = operations.filter((operation) => operation.endsWith(' message'));
    expect(owner).toEqual(['writeFile message', 'sync message', 'close message']);
    expect(operations).toContain('rename 1.json.draft to 1.json');
    expect(operations.filter((operation) => operation === 'sync folder')).toHaveLength(2);
  });

  it('leaves no trace of an intent that a full disk did not take', async () => {
    const log = openLog();
    fillDisk(/\.1\.json$/);
    await expect(log.claim(send, once)).rejects.toThrow('no space left');
    expect(readdirSync(folder)).toEqual([]);
    onOpen = undefined;
    expect((await log.claim(send, once)).state).toBe('free');
  });

  it('leaves the entry of another process in place when it cannot open its own', async () => {
    const log = openLog();
    const began = clock.now();
    onOpen = (path, file) => {
      if (!path.endsWith('.1.json')) return;
      // The other process created the entry just before this one ran out of file descriptors.
      void file.close();
      writeFileSync(path, JSON.stringify({ state: 'intent', began }));
      throw new Error('too many open files');
    };
    await expect(log.claim(send, once)).rejects.toThrow('too many open files');
    expect(entries()).toEqual({ 1: { state: 'intent', began } });
  });

  it('leaves no trace of an intent that could not be synced', async () => {
    const log = openLog();
    onOpen = (path, file) => {
      if (path === folder) file.sync = () => Promise.reject(new Error('input/output error'));
    };
    await expect(log.claim(send, once)).rejects.toThrow('input/output error');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps the intent and no draft if a full disk did not take the outcome', async () => {
    const lost = vi.fn<(error: Error) => void>();
    const attempt = free(await openLog(lost).claim(send, once));
    fillDisk(/\.1\.json\./);
    await attempt.unknown();
    expect(lost).toHaveBeenCalledWith(new Error('no space left on device'));
    expect(readdirSync(folder)).toEqual(files());
    expect(entries()).toMatchObject({ 1: { state: 'intent' } });
  });

  it('has found a message although a full disk did not take the outcome', async () => {
    const lost = vi.fn<(error: Error) => void>();
    const attempt = free(await openLog(lost).claim(send, once));
    fillDisk(/\.1\.json\./);
    expect(await attempt.found(['message-1'])).toBe('message-1');
    expect(lost).toHaveBeenCalledOnce();
    expect(entries()).toMatchObject({ 1: { state: 'intent' } });
  });

  it('reports that a full disk did not take the owner of a message', async () => {
    const lost = vi.fn<(error: Error) => void>();
    const attempt = free(await openLog(lost).claim(send, once));
    fillDisk(/\.message$/);
    expect(await attempt.found(['message-1'])).toBeUndefined();
    expect(lost).toHaveBeenCalledExactlyOnceWith(new Error('no space left on device'));
    expect(entries()).toMatchObject({ 1: { state: 'intent' } });
  });

  it.each<[string, (seen: OpenAttempt) => Promise<unknown>, unknown]>([
    ['finds nothing', (seen) => seen.found(['message-1']), undefined],
    ['settles it', (seen) => seen.absent(), true],
  ])(
    'lets the next process record a rejection that a full disk did not take: it %s',
    async (_, look, told) => {
      const attempt = free(await openLog(() => {}).claim(send, { ...once, longestMs: 0 }));
      fillDisk(/\.1\.json\./);
      await attempt.rejected();
      expect(entries()).toMatchObject({ 1: { state: 'intent' } });
      onOpen = undefined;
      expect(await look(unknown(await openLog().claim(send, once)))).toBe(told);
      expect(entries()).toMatchObject({ 1: { state: 'rejected' } });
    },
  );

  it('neither finds nor settles an attempt whose rejection a crash cut off', async () => {
    const attempt = free(await openLog().claim(send, { ...once, longestMs: 0 }));
    fillDisk(/\.1\.json\./);
    await attempt.rejected();
    onOpen = undefined;
    const [decision = ''] = files('.message');
    writeFileSync(join(folder, decision), '');
    const seen = unknown(await openLog().claim(send, once));
    expect(await seen.found(['message-1'])).toBeUndefined();
    expect(await seen.absent()).toBe(false);
    expect(entries()).toMatchObject({ 1: { state: 'intent' } });
  });

  it('gives a message to an entry that cannot be read only after it is written again', async () => {
    await openLog().claim(send, once);
    const [name = ''] = files();
    writeFileSync(join(folder, name), '');
    const attempt = unknown(await openLog().claim(send, once));
    // Its process was slow, and writes it now.
    const theirs = { nonce: 'n', state: 'intent', began: 1, left: 1, effects: {} };
    writeFileSync(join(folder, name), JSON.stringify(theirs));
    expect(await attempt.found(['message-1'])).toBeUndefined();
    expect(files('.message')).toEqual([]);
    writeFileSync(join(folder, name), '');
    const readable = unknown(await openLog().claim(send, once));
    expect(await readable.found(['message-1'])).toBe('message-1');
    expect(entries()).toMatchObject({ 1: { state: 'sent', id: 'message-1' } });
  });

  it('needs no function for lost outcomes', async () => {
    const attempt = free(await openLog().claim(send, once));
    fillDisk(/\.1\.json\./);
    await expect(attempt.unknown()).resolves.toBeUndefined();
  });

  it.each([
    ['cut off', '{"state":'],
    ['emptied', ''],
    ['given an unknown state', '{"state":"other","began":1}'],
    ['left without its beginning', '{"state":"rejected","left":1,"effects":{}}'],
    ['left without its effects', '{"state":"rejected","began":1,"left":1}'],
  ])('takes an entry that was %s for an intent of the time of its file', async (_, text) => {
    await free(await openLog().claim(send, once)).sent('message-1');
    const [name = ''] = files();
    writeFileSync(join(folder, name), text);
    setAge(name, 300_000);
    expect(unknown(await openLog().claim(send, once)).began).toEqual(new Date(clock.now() - 300_000));
  });

  it('takes neither a draft that a crash left behind nor any other file for an attempt', async () => {
    const log = openLog();
    await free(await log.claim(send, once)).rejected();
    const [name = ''] = files();
    const now = clock.now();
    const entry = JSON.stringify({ state: 'sent', began: now, left: now, effects: {}, id: 'x', nonce: 'n' });
    for (const end of ['.6e6df0a4-8d9c-4c4e-9f5d-3b1f1f3f1b1a', '~', '.bak'])
      writeFileSync(join(folder, name + end), entry);
    writeFileSync(join(folder, name.replace('.1.', '.one.')), entry);
    expect((await log.claim(send, once)).state).toBe('free');
  });

  it('passes over an entry that another process removes meanwhile', async () => {
    const log = openLog();
    await log.claim(send, once);
    const [name = ''] = files();
    symlinkSync(join(parent, 'nowhere'), join(folder, name.replace('.1.', '.2.')));
    expect((await log.claim(send, once)).state).toBe('unknown');
  });

  it('refuses a send when the number of the next attempt stays taken', async () => {
    const log = openLog();
    await free(await log.claim(send, once)).rejected();
    const [name = ''] = files();
    rmSync(join(folder, name));
    symlinkSync(join(parent, 'nowhere'), join(folder, name));
    await expect(openLog().claim(send, once)).rejects.toThrow(
      `the record of sent messages in ${folder} cannot be kept (its entries cannot be read)`,
    );
    expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
  });

  it('refuses a send when an entry of the same message cannot be read', async () => {
    const log = openLog();
    await log.claim(send, once);
    const [name = ''] = files();
    rmSync(join(folder, name));
    mkdirSync(join(folder, name));
    await expect(log.find(send)).rejects.toThrow('EISDIR');
    await expect(log.claim(send, once)).rejects.toThrow('EISDIR');
    expect((await log.claim(other, once)).state).toBe('free');
  });

  it('does not find a message whose owner cannot be read', async () => {
    const lost = vi.fn<(error: Error) => void>();
    const log = openLog(lost);
    await free(await log.claim(send, once)).sent('message-1');
    const [name = ''] = files('.message');
    rmSync(join(folder, name));
    mkdirSync(join(folder, name));
    expect(await free(await log.claim(send, again)).found(['message-1'])).toBeUndefined();
    expect(lost).toHaveBeenCalledOnce();
  });
});

describe('the old files of a send log', () => {
  it.each([
    ['stay until they are a day old', day, 2],
    ['are removed when they are older than a day', day + 1000, 0],
  ])('%s', async (_, age, left) => {
    await free(await openLog().claim(send, once)).sent('message-1');
    for (const name of readdirSync(folder)) setAge(name, age);
    await openLog().find(send);
    expect(readdirSync(folder)).toHaveLength(left);
  });

  it('stay as long as the outcome of an attempt is not known, with all of its time', async () => {
    const log = openLog();
    await free(await log.claim(send, once)).sent('message-1');
    const [before = ''] = files();
    clock.pass(1000);
    const attempt = free(await log.claim(other, once));
    await attempt.unknown();
    const [open = ''] = files().filter((name) => name !== before);
    const [owner = ''] = files('.message');
    setAge(before, 2 * day + 1000);
    setAge(open, 2 * day);
    setAge(owner, day + 1000);
    // As old as the attempt: it may tell whose a message is.
    const alike = 'alike.message';
    writeFileSync(join(folder, alike), '');
    setAge(alike, 2 * day);
    await openLog().find(send);
    expect(readdirSync(folder).sort()).toEqual([open, owner, alike].sort());
    await attempt.absent();
    setAge(open, 2 * day);
    await openLog().find(send);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are removed with the drafts that a crash left behind', async () => {
    await openLog().claim(send, once);
    const [name = ''] = files();
    const draft = `${name}.6e6df0a4-8d9c-4c4e-9f5d-3b1f1f3f1b1a`;
    writeFileSync(join(folder, draft), '{');
    setAge(draft, day + 1000);
    await openLog().find(send);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('are looked for once an hour of running time, whatever the wall clock says', async () => {
    const log = openLog();
    await free(await log.claim(send, once)).rejected();
    const [name = ''] = files();
    clock.set(2 * hour);
    clock.pass(hour);
    setAge(name, day + 1000);
    await log.find(send);
    expect(files()).toHaveLength(1);
    clock.pass(1);
    await log.find(send);
    expect(files()).toHaveLength(0);
    await free(await log.claim(send, once)).rejected();
    const [later = ''] = files();
    setAge(later, day + 1000);
    clock.pass(hour);
    await log.find(send);
    expect(files()).toHaveLength(1);
  });

  it('stay without harm if they cannot be removed', async () => {
    await free(await openLog().claim(send, once)).rejected();
    const [name = ''] = files();
    const [decision = ''] = files('.message');
    mkdirSync(join(folder, 'a-folder'));
    symlinkSync(join(parent, 'nowhere'), join(folder, 'a-link'));
    for (const old of ['a-folder', name, decision]) setAge(old, day + 1000);
    expect(await openLog().find(send)).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(['a-folder', 'a-link']);
  });
});
