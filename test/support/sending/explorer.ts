import type { SendMessageBody, SendOutcome } from '../../../src/client/client.ts';
import { OpenCxError } from '../../../src/client/errors.ts';
import {
  AlreadySentError,
  DeliveryUnknownError,
  OtherEffectsError,
} from '../../../src/conversations/errors.ts';
import { type Delivery, sendOnce } from '../../../src/conversations/sending/send-once.ts';
import type { AttemptStore } from '../../../src/state/attempt-store.ts';
import { SendLogError } from '../../../src/state/errors.ts';
import { recordedSendLog } from '../../../src/state/recorded-send-log.ts';
import type { SendLog } from '../../../src/state/send-log.ts';
import { settableClock } from '../state/settable-clock.ts';
import { type Fate, sendingWorld } from './world.ts';

/** A store whose records a run may remove. */
export interface Place {
  readonly store: AttemptStore;
  clear(): void | Promise<void>;
}

/** How often something happened in a run. */
export type Tally = Record<string, number>;

const minutes = 60_000;
const windowMs = 10 * minutes;
const sessionId = 'session-1';
const fates: readonly Fate[] = ['answered', 'answer lost', 'answer lost', 'request lost', 'rejected'];
const steps = [500, 1000, 2000, 5000, 20_000, 61_000, 9 * minutes, 11 * minutes];
const clockSteps = [-24 * 60 * minutes, -30_000, 30_000, 24 * 60 * minutes];
const effects = [{}, { custom_data: { plan: 'pro' } }, { should_take_over_session_from_ai: true }];

/** A process of one run, with its log and its client. */
interface Process {
  readonly log: SendLog;
  readonly client: ReturnType<ReturnType<typeof sendingWorld>['client']>;
  alive: boolean;
}

/** A call that stands still until it is let go, or until a time. */
interface Waiting {
  readonly process: Process;
  readonly until: number;
  go(): void;
}

interface Post {
  readonly process: Process;
  readonly text: string;
  readonly allowDuplicate: boolean;
  /** How many copies were there when its call began. */
  readonly before: number;
  readonly at: number;
  /** How often the wall clock had been set when its call began. */
  readonly sets: number;
  /** How often records had been removed when its call began. */
  readonly clears: number;
}

/**
 * Runs calls of two processes on one store. Each number chooses what happens next: a call begins, one that stands still
 * goes on, time passes, the clock is set, a process crashes, or records are removed. Every use of the store and every
 * request stands still first, so the calls interleave in every order.
 * @returns what must not have happened, and how much happened.
 */
export async function explore(
  { store, clear }: Place,
  choices: readonly number[],
): Promise<{ faults: string[]; tally: Tally }> {
  const faults: string[] = [];
  const tally: Tally = {};
  const count = (what: string) => {
    tally[what] = (tally[what] ?? 0) + 1;
  };
  const waiting = new Set<Waiting>();
  let running = 0;
  let cursor = 0;
  /** The next choice among `n`; the first one when the choices are used up. */
  const choose = (n: number) => (choices[cursor++] ?? 0) % n;
  const pick = <T>(list: readonly T[]) => list[choose(list.length)] as T;

  const clock = settableClock();
  const stop = (process: Process, until: number) =>
    new Promise<void>((resolve) => {
      // A crashed process stands still for ever.
      if (process.alive) waiting.add({ process, until, go: resolve });
    });
  const skewMs = pick([-3000, 0, 3000]);
  const posts: Post[] = [];
  /** The wall clock minus the monotonic one, each time it was set. */
  const offsets = [clock.now() - clock.monotonic()];
  /** How often records were removed. */
  let clears = 0;
  const world = sendingWorld({ clock, lateMs: () => pick([0, 5000, 50_000]), skewMs, pageSize: 3 });

  function start(): Process {
    const process: Process = { log: undefined as never, client: world.client(), alive: true };
    const paused = Object.fromEntries(
      (['prepare', 'read', 'create', 'replace', 'claimMessage', 'ownerOf'] as const).map((name) => [
        name,
        async (...args: never[]) => {
          await stop(process, 0);
          running += 1;
          try {
            return await (store[name] as (...given: never[]) => Promise<unknown>)(...args);
          } finally {
            running -= 1;
          }
        },
      ]),
    );
    const pausing = { ...paused, place: store.place } as unknown as AttemptStore;
    return Object.assign(process, { log: recordedSendLog(pausing, { account: 'account', clock }) });
  }
  const processes = [start(), start()];

  /** The client of a process for one call, which notes each post. */
  function clientFor(process: Process, body: SendMessageBody, allowDuplicate: boolean) {
    const { historyPages, clockOffset = () => undefined } = process.client;
    const began = { before: posts.length, sets: offsets.length - 1, clears };
    return {
      clockOffset,
      async *historyPages(...args: Parameters<NonNullable<typeof historyPages>>) {
        await stop(process, 0);
        for await (const page of historyPages?.(...args) ?? []) {
          yield page;
          await stop(process, 0);
        }
      },
      async sendMessage(
        ...args: Parameters<NonNullable<typeof process.client.sendMessage>>
      ): Promise<SendOutcome> {
        await stop(process, 0);
        const fate = pick(fates);
        const text = body.message.text;
        const copies = world.stored.length;
        world.fate = () => fate;
        const settled = (await process.client.sendMessage?.(...args)) as SendOutcome;
        if (world.stored.length > copies) {
          checkPost({ process, text, allowDuplicate, ...began, at: clock.monotonic() });
        }
        await stop(process, 0);
        return settled;
      },
    };
  }

  /** A second copy needs `allow_duplicate`, or ten minutes by a clock that its process could know. */
  function checkPost(post: Post): void {
    // A deliberate duplicate may overtake a call that had begun.
    const earlier = posts.findLast(
      ({ text, allowDuplicate }, index) => text === post.text && (!allowDuplicate || index < post.before),
    );
    posts.push(post);
    count('stored');
    if (earlier === undefined || post.allowDuplicate) return;
    const isOwn = earlier.process === post.process;
    // Another process has only the wall clock, which may have been set at any moment of both calls.
    const misled = isOwn
      ? 0
      : Math.max(...offsets.slice(post.sets)) - Math.min(...offsets.slice(earlier.sets));
    const elapsed = post.at - earlier.at + misled;
    // Nor can it know of a record that was removed, even before the message left.
    const isForgotten = !isOwn && earlier.clears < clears;
    if (elapsed < windowMs && !isForgotten) faults.push(`${post.text}: two copies within ${elapsed} ms`);
  }

  async function call(process: Process): Promise<void> {
    const text = pick(['one', 'one', 'two']);
    const body = { sender: 'agent' as const, message: { type: 'text' as const, text }, ...pick(effects) };
    const allowDuplicate = choose(12) === 11;
    const client = clientFor(process, body, allowDuplicate);
    const context = world.context(client, process.log, 50_000, {
      clock: { ...clock, sleep: (ms) => stop(process, clock.monotonic() + ms) },
    });
    const result = await sendOnce(sessionId, body, allowDuplicate, context).catch((error: unknown) => error);
    checkTold(text, result as Delivery | Error);
  }

  /** What a caller is told has to be true. */
  function checkTold(text: string, result: Delivery | Error): void {
    const copies = world.stored.filter(({ body }) => body.message.text === text);
    if (!(result instanceof Error)) {
      count(result.outcome);
      if (!copies.some(({ id }) => id === result.messageId))
        faults.push(`${text}: not there, but ${result.outcome}`);
    } else {
      count(result.name);
      const isSent = result instanceof AlreadySentError || result instanceof OtherEffectsError;
      if (isSent && copies.length === 0) faults.push(`${text}: not there, but ${result.name}`);
      const isKnown = result instanceof OpenCxError || result instanceof SendLogError;
      if (!isSent && !isKnown && !(result instanceof DeliveryUnknownError))
        faults.push(`${text}: ${result.stack}`);
    }
  }

  /** Lets everything run until it stands still. */
  async function settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (running > 0);
  }

  const ready = () => [...waiting].filter(({ until }) => until <= clock.monotonic());
  function goOn(): void {
    const next = pick(ready());
    waiting.delete(next);
    next.go();
  }
  function crash(at: number): void {
    const dead = processes[at] as Process;
    dead.alive = false;
    for (const one of waiting) if (one.process === dead) waiting.delete(one);
    processes[at] = start();
  }

  while (cursor < choices.length) {
    const action = choose(40);
    if (action < 3) void call(pick(processes));
    else if (action < 7) clock.pass(pick(steps));
    else if (action === 9) {
      clock.set(pick(clockSteps));
      offsets.push(clock.now() - clock.monotonic());
    } else if (action === 10) crash(choose(2));
    else if (action === 11 && choose(3) === 2) {
      await clear();
      clears += 1;
      count('cleared');
    } else if (ready().length > 0) goOn();
    await settle();
  }
  // The end: everything that still waits comes to its end.
  for (let turn = 0; waiting.size > 0 && turn < 20_000; turn += 1) {
    const soonest = Math.min(...[...waiting].map(({ until }) => until));
    if (soonest > clock.monotonic()) clock.pass(soonest - clock.monotonic());
    goOn();
    await settle();
  }
  if (waiting.size > 0) faults.push('a call never ends');
  return { faults, tally };
}
