import type { SendMessageBody } from '../../../src/client/client.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import type { Context } from '../../../src/conversations/context.ts';
import { Waiting } from '../../../src/conversations/outbox/store-draft.ts';
import { sendAndWait } from '../../../src/conversations/sending/send-and-wait.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { memoryOutbox } from '../../../src/state/memory/outbox.ts';
import type { NewRevision } from '../../../src/state/outbox/draft-store.ts';
import type { Draft, Outbox } from '../../../src/state/outbox/outbox.ts';
import { fullSession } from '../fakes/examples.ts';
import { sendingWorld, type WorldOptions } from '../sending/world.ts';
import { memoryStore } from '../state/memory-store.ts';
import { settableClock } from '../state/settable-clock.ts';

export const sessionId = fullSession.id;
export const text = 'It ships today.';

/** Called before each use of a store and each request, and after each request: a test may let it wait for ever. */
export type Step = (what: string) => Promise<void>;

/**
 * A session, an outbox and a send log that several processes share, and an API that keeps what it takes in. The customer
 * has written one message.
 */
export function outboxDesk(options: Partial<WorldOptions> = {}) {
  const clock = settableClock(async (ms) => clock.pass(ms));
  const world = sendingWorld({ clock, ...options });
  const drafts = new Map<number, NewRevision>();
  const attempts = memoryStore();
  const desk = { session: fullSession as Session };

  /** Somebody writes into the session. */
  function write(from: string, words: string): HistoryItem {
    clock.pass(1000);
    const item = {
      id: `other-${world.others.length + 1}`,
      created_at: new Date(world.serverNow()).toISOString(),
      event: { type: 'message', sender: { type: from }, content: { type: 'text', text: words } },
    };
    world.others.push(item);
    return item;
  }
  write('user', 'Where is my parcel?');
  clock.pass(5000);

  /** A process, with its own memory. */
  function start(step: Step = async () => {}) {
    const api = world.client();
    const paused = <T extends object>(target: T, names: readonly (keyof T)[], name: string): T =>
      Object.assign(
        { ...target },
        Object.fromEntries(
          names.map((method) => [
            method,
            async (...args: unknown[]) => {
              await step(`${name}.${String(method)}`);
              const result = await (target[method] as (...given: unknown[]) => unknown)(...args);
              await step(`${name}.${String(method)} done`);
              return result;
            },
          ]),
        ),
      );
    const log = recordedSendLog(
      paused(attempts, ['read', 'create', 'replace', 'claimMessage', 'ownerOf'], 'send log'),
      { account: 'account', clock },
    );
    const outbox = paused(memoryOutbox(clock, drafts), ['add', 'change'], 'outbox');
    const client = {
      ...paused(api, ['sendMessage'], 'api'),
      getSession: async () => {
        await step('api.getSession');
        return desk.session;
      },
    };
    const context = (more: Partial<Context> = {}) => world.context(client, log, 50_000, more);
    return { outbox: outbox as Outbox, context };
  }

  /** Stores a draft as `send_message` does. */
  async function draft(
    more: Partial<SendMessageBody> & { words?: string; allowDuplicate?: boolean } = {},
    context: Partial<Context> = {},
  ): Promise<Draft> {
    const { words = text, allowDuplicate = false, ...rest } = more;
    const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: words }, ...rest };
    const process = start();
    const result = await sendAndWait(
      { sessionId, body, allowDuplicate, waitSeconds: 0 },
      process.context({ outbox: process.outbox, ...context }),
    );
    if (!(result instanceof Waiting)) throw new Error('it was not stored');
    return result.draft;
  }

  return Object.assign(desk, { clock, world, drafts, start, write, draft });
}
