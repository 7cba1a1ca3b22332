import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import type { Confirmation } from '../../../src/conversations/context.ts';
import { NotAllowedError } from '../../../src/conversations/errors.ts';
import { sendOnce } from '../../../src/conversations/sending/send-once.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { sendingWorld } from '../../support/sending/world.ts';
import { type MemoryStore, memoryStore } from '../../support/state/memory-store.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: 'It ships today.' } };

describe('the approval of a message', () => {
  let store: MemoryStore;
  let send: (use: Confirmation['use'], allowDuplicate?: boolean) => ReturnType<typeof sendOnce>;
  let posts: unknown[];
  let states: () => Promise<string[]>;
  beforeEach(() => {
    const clock = settableClock();
    const world = sendingWorld({ clock });
    posts = world.posts;
    store = memoryStore();
    const hashes = new Set<string>();
    const watched = {
      ...store,
      create: (attempt: Parameters<MemoryStore['create']>[0]) => {
        hashes.add(attempt.hash);
        return store.create(attempt);
      },
    };
    const log = recordedSendLog(watched, { account: 'account', clock });
    states = async () => (await store.read([...hashes][0] ?? '')).map(({ state }) => state);
    send = (use, allowDuplicate = false) => {
      const confirmation = { answer: 'accept', digest: '', ...(use && { use }) } as const;
      const context = world.context(world.client(), log, 50_000, { confirmation });
      return sendOnce('session-1', body, allowDuplicate, context);
    };
  });

  it('is used up for the attempt that sends it, before it is sent', async () => {
    const use = vi.fn<NonNullable<Confirmation['use']>>(async () => {
      expect(posts).toEqual([]);
      expect(await states()).toEqual(['intent']);
      return true;
    });
    expect(await send(use)).toEqual({ outcome: 'sent', messageId: 'm1' });
    expect(use).toHaveBeenCalledOnce();
    expect(use.mock.calls[0]?.[0].identity).toMatch(/^1\./);
    expect(await states()).toEqual(['sent']);
  });

  it('needs no use, if it could not be shown again', async () => {
    expect(await send(undefined)).toEqual({ outcome: 'sent', messageId: 'm1' });
  });

  it.each([false, true])('that was used before sends nothing, as a duplicate: %s', async (allowDuplicate) => {
    const error = await send(async () => false, allowDuplicate).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotAllowedError);
    expect((error as Error).message).toContain(
      'this approval was used before. Call again without it to ask the person once more',
    );
    expect(posts).toEqual([]);
    expect(await states()).toEqual(['rejected']);
    expect(await send(async () => true)).toEqual({ outcome: 'sent', messageId: 'm1' });
  });

  it('that cannot be used up sends nothing, and the message may be sent later', async () => {
    const broken = new Error('the database is away');
    await expect(send(() => Promise.reject(broken))).rejects.toBe(broken);
    expect(posts).toEqual([]);
    expect(await states()).toEqual(['rejected']);
    expect(await send(async () => true)).toEqual({ outcome: 'sent', messageId: 'm1' });
  });
});
