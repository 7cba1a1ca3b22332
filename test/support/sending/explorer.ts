import type { SendOutcome } from '../../../src/client/client.ts';
import { CancelledError } from '../../../src/client/errors.ts';
import { type Delivery, sendOnce } from '../../../src/conversations/sending/send-once.ts';
import type { Attempt, AttemptStore } from '../../../src/state/attempts/attempt-store.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import type { SendLog } from '../../../src/state/send-log.ts';
import type { Clock } from '../../../src/time/clock.ts';
import { settableClock } from '../state/settable-clock.ts';
import { type Call, callMs, createJudge } from './judge.ts';
import { type Fate, sendingWorld } from './world.ts';

/** A place for records, which a run may remove. */
export interface Place {
  /** Opens it as a process does when it starts. */
  open(clock: Clock): AttemptStore;
  clear(): void | Promise<void>;
}

/** How often something happened in a run. */
export type Tally = Record<string, number>;

const minutes = 60_000;
const sessionId = 'session-1';
const fates: readonly Fate[] = ['answered', 'answer lost', 'answer lost', 'request lost', 'rejected'];
/** The longest but one ends before or after the window of ten minutes, by how long a request took. */
const steps = [500, 1000, 2000, 5000, 20_000, 61_000, 10 * minutes - 5000, 11 * minutes];
const clockSteps = [-180 * minutes, -30_000, 30_000, 180 * minutes];
/** Records are kept for a day by the wall clock, so it stays within less. */
const farthestSetMs = 720 * minutes;
const effects = [{}, { custom_data: { plan: 'pro' } }, { should_take_over_session_from_ai: true }];
/** What may happen next, each as often as it stands here; otherwise a call goes on. */
const actions = ['call', 'call', 'call', 'pass', 'pass', 'pass', 'set', 'crash', 'clear', 'cancel'] as const;
const choicesOfAction = 24;
const bursts = [1, 1, 2, 5, 10];

/** A process of one run, with its log and its client. */
interface Process {
  readonly store: AttemptStore;
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

/**
 * Runs calls of two processes on one store. Each number chooses what happens next: a call begins, one that stands still
 * goes on, one is cancelled, time passes, the clock is set, a process crashes, or records are removed. Every use of the
 * store and every request stands still first, so the calls interleave in every order.
 * @returns what must not have happened, and how much happened.
 */
export async function explore(
  { open, clear }: Place,
  choices: readonly number[],
): Promise<{ faults: string[]; tally: Tally }> {
  const waiting = new Set<Waiting>();
  const calls = new Set<AbortController>();
  let running = 0;
  let cursor = 0;
  let setMs = 0;
  /** The next choice among `n`; the first one when the choices are used up. */
  const choose = (n: number) => (choices[cursor++] ?? 0) % n;
  const pick = <T>(list: readonly T[]) => list[choose(list.length)] as T;

  const clock = settableClock();
  const stop = (process: Process, until = 0, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      const one = { process, until, go };
      // A crashed process stands still for ever.
      if (process.alive) waiting.add(one);
      const cancel = () => {
        if (waiting.delete(one)) reject(signal?.reason as Error);
      };
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel);
    });
  const skewMs = pick([-3000, 0, 3000]);
  const world = sendingWorld({ clock, lateMs: () => pick([0, 5000, 50_000]), skewMs, pageSize: 3 });
  const judge = createJudge<Process>(clock, world.stored);

  function start(): Process {
    const store = open(clock);
    const process: Process = { store, log: undefined as never, client: world.client(), alive: true };
    const paused = Object.fromEntries(
      (['prepare', 'read', 'create', 'replace', 'claimMessage', 'ownerOf'] as const).map((name) => [
        name,
        async (...args: unknown[]) => {
          await stop(process);
          running += 1;
          try {
            const result = await (store[name] as (...given: unknown[]) => Promise<unknown>)(...args);
            if (name === 'replace') judge.replaced(args[0] as Attempt);
            if (name === 'create' && result === true) judge.created(args[0] as Attempt, process);
            return result;
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

  /** The client of a process for one call, which notes what it does. */
  function clientFor(call: Call<Process>) {
    const { process } = call;
    const { historyPages, clockOffset = () => undefined } = process.client;
    const began = judge.began();
    return {
      clockOffset,
      async *historyPages(...args: Parameters<NonNullable<typeof historyPages>>) {
        judge.usesApi(call);
        await stop(process);
        for await (const page of historyPages?.(...args) ?? []) {
          yield page;
          await stop(process);
        }
      },
      async sendMessage(
        ...args: Parameters<NonNullable<typeof process.client.sendMessage>>
      ): Promise<SendOutcome> {
        judge.usesApi(call);
        await stop(process);
        const signal = args[2]?.signal;
        const cancelled = (mayHaveArrived: boolean) => new CancelledError('Cancelled.', { mayHaveArrived });
        if (signal?.aborted) return { outcome: 'rejected', error: cancelled(false) };
        const fate = pick(fates);
        const copies = world.stored.length;
        judge.requested(call, began);
        world.fate = () => fate;
        const outcome = (await process.client.sendMessage?.(...args)) as SendOutcome;
        const message = world.stored[copies];
        if (message) judge.posted(call, began, message.id);
        await stop(process);
        return signal?.aborted && fate !== 'rejected'
          ? { outcome: 'unknown', error: cancelled(true) }
          : outcome;
      },
    };
  }

  async function call(process: Process): Promise<void> {
    const text = pick(['one', 'one', 'two']);
    const body = { sender: 'agent' as const, message: { type: 'text' as const, text }, ...pick(effects) };
    const made = { process, body, allowDuplicate: choose(12) === 11 };
    const controller = new AbortController();
    calls.add(controller);
    const context = world.context(
      clientFor(made),
      process.log,
      callMs,
      { clock: { ...clock, sleep: (ms, signal) => stop(process, clock.monotonic() + ms, signal) } },
      controller.signal,
    );
    const result = await sendOnce(sessionId, body, made.allowDuplicate, context).catch((error) => error);
    calls.delete(controller);
    judge.told(made, result as Delivery | Error);
  }

  /** Lets everything run until it stands still. */
  async function settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (running > 0);
  }

  const ready = () => [...waiting].filter(({ until }) => until <= clock.monotonic());
  function letGo(next: Waiting): void {
    waiting.delete(next);
    next.go();
  }
  /** Lets one call go on. Often it goes on for several steps, or else few calls would get anywhere. */
  async function goOn(times: number): Promise<void> {
    letGo(pick(ready()));
    for (let n = 1; n < times; n += 1) {
      await settle();
      // Its next stop is the newest one.
      const newest = ready().at(-1);
      if (newest) letGo(newest);
    }
  }
  const happen: Record<(typeof actions)[number], () => void | Promise<void>> = {
    call: () => void call(pick(processes)),
    pass: () => clock.pass(pick(steps)),
    set() {
      const ms = pick(clockSteps);
      if (Math.abs(setMs + ms) > farthestSetMs) return;
      setMs += ms;
      clock.set(ms);
      judge.clockWasSet();
    },
    crash() {
      const at = choose(2);
      const dead = processes[at] as Process;
      dead.alive = false;
      for (const one of waiting) if (one.process === dead) waiting.delete(one);
      processes[at] = start();
    },
    async clear() {
      if (choose(3) !== 2) return;
      await clear();
      judge.cleared();
    },
    cancel() {
      if (calls.size > 0) pick([...calls]).abort(new Error('cancelled'));
    },
  };

  while (cursor < choices.length) {
    const action = actions[choose(choicesOfAction)];
    if (action) await happen[action]();
    else if (ready().length > 0) await goOn(pick(bursts));
    await settle();
  }
  // The end: everything that still waits comes to its end.
  for (let turn = 0; waiting.size > 0 && turn < 20_000; turn += 1) {
    const soonest = Math.min(...[...waiting].map(({ until }) => until));
    if (soonest > clock.monotonic()) clock.pass(soonest - clock.monotonic());
    letGo(pick(ready()));
    await settle();
  }
  if (waiting.size > 0) judge.faults.push('a call never ends');
  await judge.ended((hash) => (processes[0] as Process).store.read(hash));
  return judge;
}
