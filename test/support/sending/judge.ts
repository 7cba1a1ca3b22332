import type { SendMessageBody } from '../../../src/client/client.ts';
import { OpenCxError } from '../../../src/client/errors.ts';
import {
  AlreadySentError,
  DeliveryUnknownError,
  OtherEffectsError,
} from '../../../src/conversations/errors.ts';
import type { Delivery } from '../../../src/conversations/sending/send-once.ts';
import { type Attempt, identityOf } from '../../../src/state/attempts/attempt-store.ts';
import { SendLogError } from '../../../src/state/errors.ts';
import type { SettableClock } from '../state/settable-clock.ts';
import type { StoredMessage } from './world.ts';

const windowMs = 600_000;

/** How long a call may take. */
export const callMs = 50_000;

/** One call, as it was made. */
export interface Call<Process> {
  readonly process: Process;
  readonly body: SendMessageBody;
  readonly allowDuplicate: boolean;
}

/** What was true when a call began. */
interface Began {
  /** How many copies there were. */
  readonly before: number;
  /** How often the wall clock had been set. */
  readonly sets: number;
  /** How often records had been removed. */
  readonly clears: number;
}

/** A request that left. */
interface Request<Process> extends Call<Process>, Began {
  readonly at: number;
}

/** One that the API took in. */
interface Post<Process> extends Request<Process> {
  readonly id: string;
}

/** Watches one run, and says what must not have happened. */
export function createJudge<Process extends { readonly alive: boolean }>(
  clock: SettableClock,
  stored: readonly StoredMessage[],
) {
  const faults: string[] = [];
  const tally: Record<string, number> = {};
  const requests: Request<Process>[] = [];
  const posts: Post<Process>[] = [];
  /** The wall clock minus the monotonic one, each time it was set. */
  const offsets = [clock.now() - clock.monotonic()];
  let clears = 0;
  /** By the message that the log knows of: the attempts that were recorded to have made it. */
  const makers = new Map<string, Set<string>>();
  const created: { attempt: Attempt; process: Process }[] = [];
  /** The calls that use the API, by process and what they send. */
  const active = new Map<string, Call<Process>>();
  const processes: Process[] = [];
  const count = (what: string) => {
    tally[what] = (tally[what] ?? 0) + 1;
  };
  const flightOf = ({ process, body }: Call<Process>) => {
    if (!processes.includes(process)) processes.push(process);
    return `${processes.indexOf(process)} ${JSON.stringify(body)}`;
  };

  /** A second copy needs `allow_duplicate`, or ten minutes by a clock that its process could know. */
  function checkWindow(post: Post<Process>, earlier: Post<Process>): void {
    const isOwn = earlier.process === post.process;
    // Another process has only the wall clock, which may have been set at any moment of both calls.
    const during = offsets.slice(Math.min(post.sets, earlier.sets));
    const misled = isOwn ? 0 : Math.max(...during) - Math.min(...during);
    const elapsed = post.at - earlier.at + misled;
    // Nor can either know of the other's record if one of them was removed, even before its message left.
    const isForgotten = !isOwn && Math.min(earlier.clears, post.clears) < clears;
    if (elapsed < windowMs && !isForgotten) faults.push(`${textOf(post)}: two copies within ${elapsed} ms`);
  }

  /** However old it is, an earlier copy has to be known to the log. */
  function checkKnown(post: Post<Process>, earlier: Post<Process>): void {
    const isOwn = earlier.process === post.process;
    const isReplaced = posts.some(
      ({ process, allowDuplicate, at }) => process === post.process && allowDuplicate && at >= earlier.at,
    );
    const isForgotten = earlier.clears < clears && (!isOwn || isReplaced);
    // A request whose record was removed and this one may be taken for each other, if by the clock of the API they left
    // within two calls. Whoever made that request was told of this message.
    const within = 2 * callMs + Math.max(...offsets) - Math.min(...offsets);
    const isMistaken = requests.some(
      (one) => textOf(one) === textOf(post) && one.clears < clears && Math.abs(one.at - earlier.at) < within,
    );
    if (!makers.has(earlier.id) && !isForgotten && !isMistaken)
      faults.push(`${textOf(post)}: sent again, although ${earlier.id} had an unknown outcome`);
  }

  return {
    faults,
    tally,
    began: (): Began => ({ before: posts.length, sets: offsets.length - 1, clears }),
    clockWasSet: () => offsets.push(clock.now() - clock.monotonic()),
    cleared() {
      clears += 1;
      count('cleared');
    },

    /** A request that leaves, whether it arrives or not. */
    requested(call: Call<Process>, began: Began): void {
      requests.push({ ...call, ...began, at: clock.monotonic() });
    },

    /** A message that the API took in. */
    posted(call: Call<Process>, began: Began, id: string): void {
      const post = { ...call, ...began, id, at: clock.monotonic() };
      // A deliberate duplicate may overtake a call that had begun.
      const earlier = posts.filter(
        (one, index) => textOf(one) === textOf(post) && (!one.allowDuplicate || index < post.before),
      );
      posts.push(post);
      count('stored');
      const last = earlier.at(-1);
      if (last === undefined || post.allowDuplicate) return;
      checkWindow(post, last);
      for (const one of earlier) if (posts.indexOf(one) < post.before) checkKnown(post, one);
    },

    /** Of equal calls in one process, one at a time uses the API; the others wait for it. */
    usesApi(call: Call<Process>): void {
      if (call.allowDuplicate) return;
      const flight = flightOf(call);
      const other = active.get(flight);
      if (other !== undefined && other !== call) faults.push(`${textOf(call)}: made twice at once`);
      active.set(flight, call);
    },

    created: (attempt: Attempt, process: Process) => created.push({ attempt, process }),

    /** A message belongs to one attempt. With a wrong clock, one that still runs looks as if it were over: others may find its message. */
    replaced(attempt: Attempt): void {
      const { state, id } = attempt;
      if (state !== 'sent' || id === undefined) return;
      const ofId = makers.get(id) ?? new Set();
      makers.set(id, ofId.add(`${attempt.hash}.${identityOf(attempt)}`));
      // Nor does one whose process stood still for longer than its call may take.
      const isSlow = clock.now() >= attempt.began + callMs;
      if (ofId.size > 1 && offsets.length === 1 && clears === 0 && !isSlow)
        faults.push(`${id}: belongs to two attempts`);
    },

    /** What a caller is told has to be true. */
    told(call: Call<Process>, result: Delivery | Error): void {
      if (active.get(flightOf(call)) === call) active.delete(flightOf(call));
      const text = textOf(call);
      const copies = stored.filter(({ body }) => body.message.text === text);
      if (!(result instanceof Error)) {
        count(result.outcome);
        if (!copies.some(({ id }) => id === result.messageId))
          faults.push(`${text}: not there, but ${result.outcome}`);
        return;
      }
      count(result.name);
      const isSent = result instanceof AlreadySentError || result instanceof OtherEffectsError;
      if (isSent && copies.length === 0) faults.push(`${text}: not there, but ${result.name}`);
      const isKnown = result instanceof OpenCxError || result instanceof SendLogError;
      if (!isSent && !isKnown && !(result instanceof DeliveryUnknownError))
        faults.push(`${text}: ${result.stack}`);
    },

    /** After all calls have ended, only an attempt of a process that crashed may look as if it were running. */
    async ended(read: (hash: string) => Promise<Attempt[]>): Promise<void> {
      for (const { attempt, process } of created) {
        if (!process.alive) continue;
        const now = (await read(attempt.hash)).find((one) => identityOf(one) === identityOf(attempt));
        if (now?.state === 'intent') faults.push(`attempt ${attempt.number} never ends`);
      }
    },
  };
}

function textOf({ body }: { readonly body: SendMessageBody }): string {
  return body.message.text;
}
