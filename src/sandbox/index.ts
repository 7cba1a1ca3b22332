import { randomBytes } from 'node:crypto';
import type { Scope } from '../contract/routes.ts';
import { answerByRules } from './automation/answer-by-rules.ts';
import type { Autopilot } from './automation/autopilot.ts';
import { startWorker, type Worker } from './automation/worker.ts';
import { type RequestLog, sandboxApp } from './http/app.ts';
import { generateKey, storeKey } from './http/auth.ts';
import { PendingFaults } from './http/faults.ts';
import { rateLimit } from './http/rate-limit.ts';
import { type Listener, listen } from './http/server.ts';
import { demoSize, seedDemo } from './seed/seed.ts';
import { type Inspection, inspect } from './service/reading/inspect.ts';
import { type SandboxChange, watchChanges } from './service/reading/watch-changes.ts';
import type { Service } from './service/service.ts';
import { type Visitor, visitor } from './service/writing/visitor.ts';
import { getOrCreateSetting } from './store/queries/settings.ts';
import { deleteAllData } from './store/reset.ts';
import { openStore, type Store } from './store/store.ts';

export { findStore as findSandbox } from './store/store.ts';

export interface SandboxOptions {
  /** SQLite file path, `:memory:`, or `postgres://...` for a server. */
  database: string;
  /** API key with full access, accepted besides those in the database. Default: a random `ocx_sandbox_...`. */
  key?: string;
  /** Requests per minute and key; 0 = no limit. */
  rateLimit: number;
  /**
   * Demo data for an empty database: the number of sessions, or true (default) for all written stories, or false for
   * none.
   */
  seed?: number | boolean;
  /** Clock for the data and the `Date` header. Default: the system clock. */
  now?: () => Date;
  /** Lets the AI answer customers and close silent sessions. Default: off. */
  automation?: {
    /** Milliseconds between a customer's message and the answer. */
    delayMs: number;
    /** Milliseconds of silence after an answer until the session is closed as resolved; 0 = never. */
    silenceMs: number;
    /** Default: the rules in `automation/rules.ts`. */
    autopilot?: Autopilot;
  };
  /** Serves `/_sandbox/`, by which clients make requests fail and reset the data. Default: false. */
  testControls?: boolean;
  /** Serves other requests on the same port. @returns undefined for requests that are the sandbox's own. */
  beside?: (request: Request) => Promise<Response> | undefined;
  /** Called with every internal error. The client only gets a 500 without detail. */
  onError?: (error: unknown) => void;
  /** Called after every response, for a log. */
  onResponse?: (entry: RequestLog) => void;
}

/** A running sandbox of the sessions API. */
export interface Sandbox extends Inspection {
  /** Path or address of the database, without its password. */
  readonly location: string;
  /** Whether the database was empty and got demo data. */
  readonly seeded: boolean;
  /** A key with full access. */
  readonly key: string;
  /** The key of the inbox page: full access, without the rate limit and faults. Only this process accepts it. */
  readonly pageKey: string;
  /** What the next requests to this process meet. */
  readonly faults: PendingFaults;
  /** Handles a request in process, without a port. */
  fetch(request: Request): Promise<Response>;
  /** Creates another key. Default scopes: full access. */
  mintKey(scopes?: readonly Scope[]): Promise<string>;
  /** Replaces all data by demo data, as `seed` in the options says. Keys stay valid. @returns the number of sessions. */
  reset(seed?: number | boolean): Promise<number>;
  /** Writes as a customer, like a chat window on a web site. */
  readonly visitor: Visitor;
  /** Tells which sessions change, until the signal aborts. */
  changes(signal: AbortSignal): AsyncIterable<SandboxChange>;
  /** Runs background jobs that are due now, without waiting for their timer. */
  tick(): Promise<void>;
  /** Listens on a port (0 = a free one). Default host: 127.0.0.1. With `ref: false`, it does not keep the process alive. */
  listen(options: { port: number; host?: string; ref?: boolean }): Promise<{ url: string }>;
  /**
   * Stops listening and closes the database. Running requests get `graceMs` milliseconds to finish before their
   * connections are closed. Default: 0.
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Opens the sandbox on a database.
 * @throws if the database cannot be used, the key is not valid in a header, or the rate limit is not a whole number.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const {
    rateLimit: perMinute,
    now = () => new Date(),
    key = generateKey(),
    onError = () => {},
    onResponse = () => {},
    testControls = false,
  } = options;
  if (!Number.isInteger(perMinute) || perMinute < 0) {
    throw new Error("The sandbox's rate limit must be a whole number of requests per minute, or 0 for none.");
  }
  const store = await openStore(options.database);
  let cursorSecret: string;
  let seeded = false;
  try {
    cursorSecret = await store.write(async (db) => {
      seeded = await seedDemo(db, now(), demoSessions(options.seed));
      await storeKey(db, key, undefined, now().toISOString());
      return getOrCreateSetting(db, 'cursor_secret', randomBytes(32).toString('base64url'));
    });
  } catch (error) {
    await store.close();
    throw error;
  }
  const { automation } = options;
  let worker: Worker | undefined;
  const ai = automation && { delayMs: automation.delayMs, wake: (inMs: number) => worker?.wake(inMs) };
  const service: Service = { store, now, cursorSecret, ...(ai && { ai }) };
  if (automation) {
    const { silenceMs, autopilot = answerByRules } = automation;
    worker = startWorker(service, { autopilot, silenceMs }, onError);
  }
  const faults = new PendingFaults();
  const pageKey = generateKey();
  const reset = (seed: number | boolean = options.seed ?? true) => replaceData(store, seed, now());
  const app = sandboxApp(
    service,
    rateLimit(perMinute, store),
    { onError, onResponse },
    pageKey,
    faults,
    testControls ? reset : undefined,
  );
  const answer = async (request: Request) => app.fetch(request);
  let listener: Listener | undefined;
  let closed: Promise<void> | undefined;

  return {
    location: store.engine.location,
    seeded,
    key,
    pageKey,
    faults,
    ...inspect(service, () => listener?.url ?? 'http://sandbox'),
    fetch: answer,
    reset,
    async mintKey(scopes) {
      const minted = generateKey();
      await store.write((db) => storeKey(db, minted, scopes, now().toISOString()));
      return minted;
    },
    visitor: visitor(service),
    changes: (signal) => watchChanges(store, signal),
    async tick() {
      await worker?.tick();
    },
    async listen({ port, host = '127.0.0.1', ref = true }) {
      if (listener) throw new Error(`The sandbox already listens on ${listener.url}.`);
      listener = await listen(
        async (request) => options.beside?.(request) ?? answer(request),
        port,
        host,
        ref,
      );
      return { url: listener.url };
    },
    close(graceMs = 0) {
      closed ??= (async () => {
        await listener?.close(graceMs);
        await worker?.stop();
        await store.close();
      })();
      return closed;
    },
  };
}

/**
 * Replaces the data in a database by the demo data, in one transaction. Keys are kept.
 * @param seed as in `SandboxOptions`.
 * @returns the database, without its password, and the number of sessions in it.
 * @throws if the database cannot be used.
 */
export async function resetSandbox(
  database: string,
  seed: number | boolean = true,
): Promise<{ location: string; sessions: number }> {
  const store = await openStore(database);
  try {
    return { location: store.engine.location, sessions: await replaceData(store, seed, new Date()) };
  } finally {
    await store.close();
  }
}

async function replaceData(store: Store, seed: number | boolean, now: Date): Promise<number> {
  const sessions = demoSessions(seed);
  await store.write(async (db) => {
    await deleteAllData(db);
    await seedDemo(db, now, sessions);
  });
  return sessions;
}

function demoSessions(seed: number | boolean = true): number {
  return typeof seed === 'number' ? seed : seed ? demoSize : 0;
}
