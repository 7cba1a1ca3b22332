import { randomBytes } from 'node:crypto';
import type { Scope } from '../contract/routes.ts';
import { answerByRules } from './automation/answer-by-rules.ts';
import type { Autopilot } from './automation/autopilot.ts';
import { startWorker, type Worker } from './automation/worker.ts';
import { type Answered, sandboxApp } from './http/app.ts';
import { keepKey, newKey } from './http/auth.ts';
import { rateLimit } from './http/rate-limit.ts';
import { type Listener, listen } from './http/server.ts';
import { demoSize, seedDemo } from './seed/seed.ts';
import type { Service } from './service/service.ts';
import { keepSetting } from './store/queries/settings.ts';
import { deleteEverything } from './store/reset.ts';
import { openStore } from './store/store.ts';

export interface SandboxOptions {
  /** SQLite file path, `:memory:`, or `postgres://...` for a server. */
  database: string;
  /** Key to accept besides those in the database, with full access; a random `ocx_sandbox_...` when absent. */
  key?: string;
  /** Requests a minute and key; 0 = no limit. */
  rateLimit: number;
  /**
   * Demo data on first use, that is in an empty database: this many sessions, or as many as were written by hand
   * (true, the default).
   */
  seed?: number | boolean;
  /** The clock of the data and of the `Date` header; the system's by default. */
  now?: () => Date;
  /**
   * Lets the AI answer customers, by the rules in `life/rules.ts` unless others are given. Nothing happens by itself
   * when absent.
   */
  life?: {
    /** Milliseconds between a customer's message and the answer. */
    delayMs: number;
    /** Milliseconds without a word after an answer, until the session is closed as resolved; 0 = never. */
    silenceMs: number;
    autopilot?: Autopilot;
  };
  /** Offers `/_sandbox/faults`, by which clients make requests fail; off by default. */
  faultsOnDemand?: boolean;
  /** Told of every fault of the sandbox itself; its caller only sees a 500 without detail. */
  onFault?: (error: unknown) => void;
  /** Told of every answer, for a log. */
  onAnswer?: (answer: Answered) => void;
}

/** A running stand-in for the sessions API. */
export interface Sandbox {
  /** Where the data is, as it may be shown: no password. */
  readonly place: string;
  /** Whether the database was empty and has got demo data. */
  readonly seeded: boolean;
  /** A key with full access. */
  readonly key: string;
  /** Answers a request without any port. */
  fetch(request: Request): Promise<Response>;
  /** Makes another key; full access where no scopes are given. */
  mintKey(scopes?: readonly Scope[]): Promise<string>;
  /** Does what is due by now in the background, without waiting for its timer. */
  tick(): Promise<void>;
  /** Listens on a port (0: a free one), on the loopback interface by default. */
  listen(options: { port: number; host?: string }): Promise<{ url: string }>;
  /**
   * Stops listening, then closes the database. Requests that run get `graceMs` milliseconds to end before their
   * connections are cut; none by default.
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Opens the sandbox on a database.
 * @throws for a database that cannot be used, a key that cannot stand in a header, or a limit that is no count.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const {
    rateLimit: perMinute,
    now = () => new Date(),
    key = newKey(),
    onFault = () => {},
    onAnswer = () => {},
    faultsOnDemand = false,
  } = options;
  if (!Number.isInteger(perMinute) || perMinute < 0) {
    throw new Error("The sandbox's rate limit must be a whole number of requests a minute, or 0 for none.");
  }
  const store = await openStore(options.database);
  let cursorSecret: string;
  let seeded = false;
  try {
    cursorSecret = await store.write(async (db) => {
      seeded = await seedDemo(db, now(), sessionsOf(options.seed));
      await keepKey(db, key, undefined, now().toISOString());
      return keepSetting(db, 'cursor_secret', randomBytes(32).toString('base64url'));
    });
  } catch (error) {
    await store.close();
    throw error;
  }
  const { life } = options;
  let worker: Worker | undefined;
  const ai = life && { delayMs: life.delayMs, wake: (inMs: number) => worker?.wake(inMs) };
  const service: Service = { store, now, cursorSecret, ...(ai && { ai }) };
  if (life) {
    const { silenceMs, autopilot = answerByRules } = life;
    worker = startWorker(service, { autopilot, silenceMs }, onFault);
  }
  const app = sandboxApp(service, rateLimit(perMinute, store), { onFault, onAnswer }, faultsOnDemand);
  const answer = async (request: Request) => app.fetch(request);
  let listener: Listener | undefined;
  let closed: Promise<void> | undefined;

  return {
    place: store.engine.place,
    seeded,
    key,
    fetch: answer,
    async mintKey(scopes) {
      const minted = newKey();
      await store.write((db) => keepKey(db, minted, scopes, now().toISOString()));
      return minted;
    },
    async tick() {
      await worker?.tick();
    },
    async listen({ port, host = '127.0.0.1' }) {
      if (listener) throw new Error(`The sandbox listens already, on ${listener.url}.`);
      listener = await listen(answer, port, host);
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
 * Deletes the data in a database and puts the demo data in its place, in one step; keys stay. Programs that use it
 * meanwhile see the one or the other.
 * @param seed as in `SandboxOptions`.
 * @returns where the data is, as it may be shown, and how many sessions it has now.
 * @throws for a database that cannot be used.
 */
export async function resetSandbox(
  database: string,
  seed: number | boolean = true,
): Promise<{ place: string; sessions: number }> {
  const store = await openStore(database);
  try {
    const sessions = sessionsOf(seed);
    await store.write(async (db) => {
      await deleteEverything(db);
      await seedDemo(db, new Date(), sessions);
    });
    return { place: store.engine.place, sessions };
  } finally {
    await store.close();
  }
}

function sessionsOf(seed: number | boolean = true): number {
  return typeof seed === 'number' ? seed : seed ? demoSize : 0;
}
