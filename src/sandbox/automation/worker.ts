import type { Service } from '../service/service.ts';
import { nextJobDue, postponeJob, takeDueJob } from '../store/queries/jobs.ts';
import type { JobRow } from '../store/tables.ts';
import { doJob, type LifeRules } from './run-job.ts';

/** Does in the background what is due, for every process on the database: each job is done by one of them, once. */
export interface Worker {
  /** Does all that is due now. */
  tick(): Promise<void>;
  /** Says that something is due in so many milliseconds. */
  wake(inMs: number): void;
  /** Waits for the job in hand. */
  stop(): Promise<void>;
}

/** How often it looks for jobs that nobody woke it for: of a process that is gone, or of a clock that goes otherwise. */
const lookMs = 5000;
/** How long a job rests that failed. */
const restMs = 60_000;

/** @param onFault told of what failed; it is tried again. */
export function startWorker(service: Service, rules: LifeRules, onFault: (error: unknown) => void): Worker {
  const { store } = service;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let rings = Number.POSITIVE_INFINITY;
  let running = Promise.resolve();

  function wake(inMs: number): void {
    const at = performance.now() + inMs;
    if (stopped || at >= rings) return;
    clearTimeout(timer);
    rings = at;
    timer = setTimeout(() => {
      rings = Number.POSITIVE_INFINITY;
      running = running.then(async () => {
        try {
          await doAllDue();
          wake(await untilNext());
        } catch (error) {
          onFault(error);
          wake(lookMs);
        }
      });
    }, inMs);
    // Nobody stays alive for it: what is due meanwhile is done at the next start.
    timer.unref();
  }

  /** Milliseconds until there is something to do. What is due and was left is in the hands of another process. */
  async function untilNext(): Promise<number> {
    const due = stopped ? undefined : await nextJobDue(store.read);
    const wait = due === undefined ? lookMs : Date.parse(due) - service.now().getTime();
    return wait > 0 ? Math.min(wait, lookMs) : lookMs;
  }

  function tick(): Promise<void> {
    const ticking = running.then(doAllDue);
    running = ticking.catch(() => {});
    return ticking;
  }

  async function doAllDue(): Promise<void> {
    for (;;) {
      const now = service.now().toISOString();
      // A look costs nobody anything; a write would make others wait.
      const due = stopped ? undefined : await nextJobDue(store.read);
      if (due === undefined || due > now || !(await doOne(now))) return;
    }
  }

  /** @returns whether there was one that nobody else has in hand. */
  async function doOne(now: string): Promise<boolean> {
    let job: JobRow | undefined;
    try {
      await store.write(async (db) => {
        job = await takeDueJob(db, now);
        if (job) await doJob(db, service, rules, job);
      });
    } catch (error) {
      if (!job) throw error;
      onFault(error);
      const { id } = job;
      const later = new Date(service.now().getTime() + restMs).toISOString();
      await store.write((db) => postponeJob(db, id, later));
    }
    return job !== undefined;
  }

  wake(0);
  return {
    tick,
    wake,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
