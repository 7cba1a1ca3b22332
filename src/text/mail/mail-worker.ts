import { Worker } from 'node:worker_threads';
import type { MailText } from './html-to-text.ts';
import { workerFile } from './worker-file.ts';

/** What the worker is asked. */
export interface Request {
  readonly html: string;
  readonly wholeAddresses: boolean;
}
/** What it answers; undefined if the mail is too complex. */
export type Reply = MailText | undefined;

interface Job extends Request {
  readonly done: (reply: Reply) => void;
}

const maxStartMs = 10_000;
/** A mail takes 2 to 50 ms. */
const maxMailMs = 2000;
/**
 * Twice what the worst markup of the accepted length takes. If the worker runs out of memory, it ends and the program
 * goes on.
 */
const resourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/**
 * Converts the markup of mail in a worker thread, one mail at a time. The thread starts with the first mail and does not
 * keep the process alive. A mail that takes too long ends it; the next mail starts another.
 */
export class MailWorker {
  readonly #waiting: Job[] = [];
  #worker: Worker | undefined;
  #current: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;
  readonly #mailMs: number;

  /** @param mailMs time for one mail, in milliseconds. */
  constructor(mailMs = maxMailMs) {
    this.#mailMs = mailMs;
  }

  /** @returns undefined if the mail could not be read within the limits. */
  convert(request: Request, signal?: AbortSignal): Promise<Reply> {
    return new Promise((resolve) => {
      const cancel = () => this.#giveUp(job);
      const done = (reply: Reply) => {
        signal?.removeEventListener('abort', cancel);
        resolve(reply);
      };
      const job: Job = { ...request, done };
      if (signal?.aborted) return done(undefined);
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  #next() {
    if (this.#current) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#current = job;
    this.#worker ??= this.#start();
    if (this.#isReady) this.#send(job);
  }

  #send({ html, wholeAddresses }: Job) {
    this.#limit(this.#mailMs);
    this.#worker?.postMessage({ html, wholeAddresses } satisfies Request);
  }

  #start(): Worker {
    const worker = new Worker(workerFile, { resourceLimits, env: {}, execArgv: [], stdin: false });
    this.#isReady = false;
    this.#limit(maxStartMs);
    // While a mail is read, the timer keeps the process alive.
    worker.unref();
    const isCurrent = () => worker === this.#worker;
    worker.on('message', (reply: Reply) => {
      if (!isCurrent()) return;
      if (this.#isReady) this.#finish(reply);
      else {
        this.#isReady = true;
        if (this.#current) this.#send(this.#current);
      }
    });
    // Out of memory, for example. 'exit' follows.
    worker.on('error', () => {});
    worker.on('exit', () => isCurrent() && this.#restart());
    return worker;
  }

  #finish(reply: Reply) {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = undefined;
    job?.done(reply);
    this.#next();
  }

  #limit(ms: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#restart(), ms);
  }

  /** Gives up the current mail. */
  #restart() {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#finish(undefined);
  }

  /** The thread may finish a mail that nobody waits for. */
  #giveUp(job: Job) {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    job.done(undefined);
  }
}
