/**
 * For tests of clients and agents: `import { startSandbox } from 'opencx-sessions-mcp/sandbox'`.
 * @module opencx-sessions-mcp/sandbox
 */
import type { Scope } from '../contract/routes.ts';
import { z } from '../contract/zod.ts';
import { validate } from './http/errors.ts';
import type { FaultRequest } from './http/faults.ts';
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
  /** Closes a session after this many milliseconds of silence that follow an answer of the AI. Default: never. */
  closeAfterMs?: number;
  /** Requests per minute and key. Default: 0, no limit. */
  rateLimit?: number;
  /** SQLite file or `postgres://` address. Default: in memory. */
  database?: string;
}

/** A sandbox of the sessions API for one test, or for several that reset it. */
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
  /** Creates a key that has only these scopes. */
  createKey(scopes: readonly Scope[]): Promise<string>;
  /**
   * Makes the next requests slow or fail.
   * @throws if it is not a fault; the message names the field.
   */
  fail(fault: FaultRequest): void;
  /** Replaces all data, as `seed` in the options says, and clears pending faults. Keys and the clock stay. */
  reset(seed?: number | boolean): Promise<void>;
  /** Ends it. Data in memory is gone. */
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
  const { url } = await sandbox.listen({ port: 0 });
  const { key, faults, session, sessions, history } = sandbox;
  const set = async (time: Date | string) => {
    now = timeOf(time);
    await sandbox.tick();
  };
  return {
    url,
    key,
    env: { OPENCX_API_URL: url, OPENCX_API_KEY: key },
    clock: {
      now: () => now,
      set,
      async advance(ms) {
        if (!Number.isFinite(ms) || ms < 0)
          throw new TypeError(`Not a number of milliseconds: ${ms}. To turn the clock back, set it.`);
        await set(new Date(now.getTime() + ms));
      },
    },
    session,
    sessions,
    history,
    createKey: (scopes) => sandbox.mintKey(scopes),
    fail: (fault) => faults.add(fault),
    async reset(newSeed = seed) {
      validate(Seed, newSeed, 'seed');
      faults.clear();
      await sandbox.reset(newSeed);
    },
    close: () => sandbox.close(),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

const Seed = z.union([z.boolean(), z.number().int().min(0)], {
  errorMap: () => ({ message: 'must be false, true, or a number of sessions' }),
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
  .strict();

function timeOf(time: Date | string): Date {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    throw new TypeError(`Not a time: ${String(time)}. Pass a Date, or a time such as 2026-01-31T09:00:00Z.`);
  }
  return date;
}
