import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSendLog } from '../../../src/state/files/send-log.ts';
import type { Claim } from '../../../src/state/send-log.ts';

/** Called for every file that is opened. */
let onOpen: ((path: string, file: FileHandle) => void) | undefined;
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open = async (...args: Parameters<typeof real.open>) => {
    const file = await real.open(...args);
    onOpen?.(String(args[0]), file);
    return file;
  };
  return { ...real, open };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-send-log-'));
});
afterEach(() => {
  onOpen = undefined;
  vi.useRealTimers();
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const send = { sessionId: 'session-1', sender: 'agent', text: 'The refund is on its way.' };
const files = () => readdirSync(folder).filter((name) => name.endsWith('.json'));

function free(claim: Claim) {
  if (claim.state !== 'free') throw new Error(`the claim is ${claim.state}`);
  return claim.attempt;
}

describe('the send log in files', () => {
  it('has the intent on disk before the message may be sent', async () => {
    const claim = await openSendLog(folder, { account: 'account' }).claim(send, false);
    expect(claim.state).toBe('free');
    expect(files()).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(folder, files()[0] ?? ''), 'utf8'))).toMatchObject({
      state: 'intent',
    });
  });

  it('contains only hashes', async () => {
    const sendLog = openSendLog(folder, { account: 'account' });
    await free(await sendLog.claim(send, false)).sent('message-1');
    const all = files()
      .map((name) => name + readFileSync(join(folder, name), 'utf8'))
      .join();
    expect(all).not.toMatch(/refund|session-1|message-1|account/);
  });

  it('reports a message as sent, also to another process', async () => {
    await free(await openSendLog(folder, { account: 'account' }).claim(send, false)).sent('message-1');
    expect(await openSendLog(folder, { account: 'account' }).claim(send, false)).toMatchObject({
      state: 'sent',
    });
  });

  it('reports a message as unknown after an unknown outcome or a crash that left only the intent', async () => {
    await free(await openSendLog(folder, { account: 'account' }).claim(send, false)).unknown();
    expect((await openSendLog(folder, { account: 'account' }).claim(send, false)).state).toBe('unknown');
    const other = { ...send, text: 'Another text' };
    await openSendLog(folder, { account: 'account' }).claim(other, false);
    expect((await openSendLog(folder, { account: 'account' }).claim(other, false)).state).toBe('unknown');
  });

  it('treats an entry that a crash cut off as an intent', async () => {
    await openSendLog(folder, { account: 'account' }).claim(send, false);
    writeFileSync(join(folder, files()[0] ?? ''), '{"state":');
    expect((await openSendLog(folder, { account: 'account' }).claim(send, false)).state).toBe('unknown');
  });

  it('settles an unknown send when its message is found', async () => {
    await free(await openSendLog(folder, { account: 'account' }).claim(send, false)).unknown();
    const sendLog = openSendLog(folder, { account: 'account' });
    const claim = await sendLog.claim(send, false);
    if (claim.state !== 'unknown') throw new Error('not unknown');
    expect(await claim.attempt.found('message-1')).toBe(true);
    expect((await sendLog.claim(send, false)).state).toBe('sent');
  });

  it('assigns a message to one attempt only, however often it asks', async () => {
    const sendLog = openSendLog(folder, { account: 'account' });
    const [one, other] = [free(await sendLog.claim(send, true)), free(await sendLog.claim(send, true))];
    await one.sent('message-1');
    expect(await other.found('message-1')).toBe(false);
    expect(await other.found('message-2')).toBe(true);
    expect(await other.found('message-2')).toBe(true);
    expect(await one.found('message-2')).toBe(false);
    const elsewhere = free(await sendLog.claim({ ...send, sessionId: 'session-2' }, false));
    expect(await elsewhere.found('message-1')).toBe(true);
  });

  it('allows another attempt after a rejection', async () => {
    const sendLog = openSendLog(folder, { account: 'account' });
    await free(await sendLog.claim(send, false)).rejected();
    expect((await sendLog.claim(send, false)).state).toBe('free');
  });

  it.each([
    ['account', send, 'other account'],
    ['session', { ...send, sessionId: 'session-2' }, 'account'],
    ['sender', { ...send, sender: 'contact' }, 'account'],
    ['text', { ...send, text: `${send.text}!` }, 'account'],
    ['attachments', { ...send, attachments: [{ url: 'https://example.com/a' }] }, 'account'],
  ])('treats another %s as another message', async (_, other, account) => {
    await free(await openSendLog(folder, { account: 'account' }).claim(send, false)).sent('message-1');
    expect((await openSendLog(folder, { account }).claim(other, false)).state).toBe('free');
  });

  it('allows a deliberate duplicate and records both messages', async () => {
    const sendLog = openSendLog(folder, { account: 'account' });
    await free(await sendLog.claim(send, false)).sent('message-1');
    await free(await sendLog.claim(send, true)).sent('message-2');
    const third = free(await sendLog.claim(send, true));
    expect(await third.found('message-1')).toBe(false);
    expect(await third.found('message-2')).toBe(false);
    await third.rejected();
    expect((await sendLog.claim(send, false)).state).toBe('sent');
  });

  it('allows the same message after ten minutes, not before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const start = Date.now();
    const sendLog = openSendLog(folder, { account: 'account' });
    await free(await sendLog.claim(send, false)).sent('message-1');
    vi.setSystemTime(start + 599_000);
    expect((await sendLog.claim(send, false)).state).toBe('sent');
    vi.setSystemTime(start + 601_000);
    expect((await sendLog.claim(send, false)).state).toBe('free');
  });

  it('does not allow it because the clock was set back', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await free(await openSendLog(folder, { account: 'account' }).claim(send, false)).sent('message-1');
    vi.setSystemTime(Date.now() - 3_600_000);
    expect((await openSendLog(folder, { account: 'account' }).claim(send, false)).state).toBe('sent');
  });

  it('removes entries older than a day', async () => {
    await free(await openSendLog(folder, { account: 'account' }).claim(send, false)).sent('message-1');
    const old = Date.now() / 1000 - 90_000;
    utimesSync(join(folder, files()[0] ?? ''), old, old);
    await openSendLog(folder, { account: 'account' }).claim({ ...send, text: 'Another text' }, false);
    expect(files()).toHaveLength(1);
  });

  it('keeps removing old entries while it runs and skips those it cannot remove', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const sendLog = openSendLog(folder, { account: 'account' });
    await free(await sendLog.claim(send, false)).sent('message-1');
    mkdirSync(join(folder, 'a-folder'));
    const old = Date.now() / 1000 - 90_000;
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), old, old);
    vi.advanceTimersByTime(3_600_001);
    expect((await sendLog.claim({ ...send, text: 'Another text' }, false)).state).toBe('free');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('detects a rival process that numbers its attempts differently', async () => {
    const sendLog = openSendLog(folder, { account: 'account' });
    await free(await sendLog.claim(send, false)).rejected();
    const [first = ''] = files();
    onOpen = (path) => {
      if (!path.endsWith('.2.json')) return;
      // The other process has removed the old entry meanwhile and begun at 1 again.
      rmSync(join(folder, first));
      writeFileSync(join(folder, first), JSON.stringify({ state: 'intent', began: Date.now() }));
    };
    expect((await sendLog.claim(send, false)).state).toBe('unknown');
  });

  it('detects a recent send even if a later one has an older time', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const start = Date.now();
    const sendLog = openSendLog(folder, { account: 'account' });
    await free(await sendLog.claim(send, false)).sent('message-1');
    vi.setSystemTime(start - 3_600_000);
    await free(await sendLog.claim(send, true)).sent('message-2');
    vi.setSystemTime(start + 60_000);
    expect((await sendLog.claim(send, false)).state).toBe('sent');
  });

  it('leaves no trace of an intent that a full disk cut off', async () => {
    const sendLog = openSendLog(folder, { account: 'account' });
    onOpen = (path, file) => {
      if (path.endsWith('.1.json'))
        file.writeFile = () => Promise.reject(new Error('no space left on device'));
    };
    await expect(sendLog.claim(send, false)).rejects.toThrow('no space left');
    onOpen = undefined;
    expect((await sendLog.claim(send, false)).state).toBe('free');
  });

  it('grants one of many simultaneous claims', async () => {
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => openSendLog(folder, { account: 'account' }).claim(send, false)),
    );
    expect(claims.filter(({ state }) => state === 'free')).toHaveLength(1);
  });

  it('refuses every claim, with the reason, if the record cannot be kept', async () => {
    const blocked = join(folder, 'file');
    writeFileSync(blocked, '');
    await expect(
      openSendLog(join(blocked, 'sends'), { account: 'account' }).claim(send, false),
    ).rejects.toThrow(/record of sent messages in .* cannot be kept/);
  });
});
