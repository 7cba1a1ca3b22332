/**
 * For tests of clients and agents: `import { startSandbox } from 'opencx-sessions-mcp/sandbox'`.
 * @module opencx-sessions-mcp/sandbox
 */
import type { Scope } from '../contract/routes.ts';
import { z } from '../contract/zod.ts';
import { validate } from './http/errors.ts';
import type { FaultRequest } from './http/faults.ts';
import { Seed } from './http/test-controls.ts';
import { openSandbox } from './index.ts';
import type { Inspection } from './service/reading/inspect.ts';

export type { Scope } from '../contract/routes.ts';
export type { FaultRequest } from './http/faults.ts';

export interface TestSandboxOptions {
  /**
   * The data it starts with: false (default) for none, true for the 67 written demo sessions, or a number of demo
   * sessions. The same number gives the same data, ids included.
   */
  seed?: number | boolean;
  /** Where its clock stands. Default: the current time. */
  now?: Date | string;
  /** Lets the AI answer customers, this many milliseconds after their message. Default: it never answers. */
  answerAfterMs?: number;
  /**
   * Closes a session after this many milliseconds of silence that follow an answer of the AI. Only with `answerAfterMs`.
   * Default: never.
   */
  closeAfterMs?: number;
  /** Requests per minute and key. Default: 0, no limit. */
  rateLimit?: number;
  /** SQLite file or `postgres://` address. Default: in memory. */
  database?: string;
}

/**
 * A sandbox of the sessions API for one test, or for several that reset it. It does not keep the process alive, so that a
 * test that fails before `close()` still ends.
 */
export interface TestSandbox extends Inspection, AsyncDisposable {
  /** Address of the API, on the loopback interface. */
  readonly url: string;
  /** A key with full access. */
  readonly key: string;
  /** The variables that point a server or client at this sandbox. */
  readonly env: { readonly OPENCX_API_URL: string; readonly OPENCX_API_KEY: string };
  /** It stands still until it is moved. Data, the `Date` header and the AI follow it. */
  readonly clock: {
    now(): Date;
    set(time: Date | string): Promise<void>;
    /** Moves the clock on and waits until the AI has done what is due by then. */
    advance(ms: number): Promise<void>;
  };
  /**
   * Creates a key that has only these scopes.
   * @throws for other scopes, or none.
   */
  createKey(scopes: readonly Scope[]): Promise<string>;
  /**
   * Makes the next requests slow or fail.
   * @throws if it is not a fault; the message names the field.
   */
  fail(fault: FaultRequest): void;
  /** Clears the faults that no request has met yet. */
  clearFaults(): void;
  /** Replaces all data, as `seed` in the options says, and clears pending faults. Keys and the clock stay. */
  reset(seed?: number | boolean): Promise<void>;
  /** Ends it. Data in memory is gone, and the other methods throw. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox on a free loopback port.
 * @throws for an option that does not exist, or a value that it cannot have, and if the database cannot be used.
 */
export async function startSandbox(options: TestSandboxOptions = {}): Promise<TestSandbox> {
  validate(Options, options, 'options');
  const { seed = false, rateLimit = 0, database = ':memory:', answerAfterMs, closeAfterMs = 0 } = options;
  let now = timeOf(options.now ?? new Date());
  const sandbox = await openSandbox({
    database,
    seed,
    rateLimit,
    now: () => now,
    ...(answerAfterMs !== undefined && { automation: { delayMs: answerAfterMs, silenceMs: closeAfterMs } }),
  });
  const { url } = await sandbox.listen({ port: 0, ref: false });
  const { key, faults } = sandbox;
  let closed = false;
  const checkOpen = () => {
    if (closed) throw new Error('The sandbox is closed.');
  };
  const whileOpen =
    <Arguments extends unknown[], Result>(method: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      checkOpen();
      return method(...args);
    };
  const set = async (time: Date | string) => {
    now = timeOf(time);
    await sandbox.tick();
  };
  const close = () => {
    closed = true;
    return sandbox.close();
  };
  return {
    url,
    key,
    env: { OPENCX_API_URL: url, OPENCX_API_KEY: key },
    clock: {
      now: () => now,
      set: whileOpen(set),
      advance: whileOpen(async (ms) => {
        if (!Number.isFinite(ms) || ms < 0)
          throw new TypeError(
            `Not a number of milliseconds, 0 or more: ${typeof ms === 'number' ? ms : JSON.stringify(ms)}. To turn the clock back, set it.`,
          );
        await set(new Date(now.getTime() + ms));
      }),
    },
    sessions: whileOpen(sandbox.sessions),
    session: whileOpen(async (id) => sandbox.session(validate(Id, id, 'id'))),
    history: whileOpen(async (id) => sandbox.history(validate(Id, id, 'id'))),
    createKey: whileOpen(async (scopes) => sandbox.mintKey(validate(NewKey, { scopes }, 'scopes').scopes)),
    fail(fault) {
      checkOpen();
      faults.add(fault, 'fault');
    },
    clearFaults() {
      checkOpen();
      faults.clear();
    },
    reset: whileOpen(async (newSeed = seed) => {
      validate(Seed, newSeed, 'seed');
      faults.clear();
      await sandbox.reset(newSeed);
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const Id = z.string();
const NewKey = z.object({
  scopes: z.array(z.enum(['chat-sessions:read', 'chat-sessions:write'])).nonempty('must not be empty'),
});
const milliseconds = z.number().min(0).optional();
const Options = z
  .object({
    seed: Seed.optional(),
    now: z.unknown(),
    answerAfterMs: milliseconds,
    closeAfterMs: milliseconds,
    rateLimit: z.number().int().min(0).optional(),
    database: z.string().optional(),
  })
  .strict()
  .refine(({ answerAfterMs, closeAfterMs }) => closeAfterMs === undefined || answerAfterMs !== undefined, {
    path: ['closeAfterMs'],
    message: 'needs answerAfterMs',
  });

function timeOf(time: Date | string): Date {
  // `null` would be the year 1970.
  const date = new Date(time ?? Number.NaN);
  if (Number.isNaN(date.getTime())) {
    throw new TypeError(`Not a time: ${String(time)}. Pass a Date, or a time such as 2026-01-31T09:00:00Z.`);
  }
  return date;
}
