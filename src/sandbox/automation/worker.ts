import type { Service } from '../service/service.ts';
import { nextJobDue, postponeJob, takeDueJob } from '../store/queries/jobs.ts';
import type { JobRow } from '../store/tables.ts';
import { type AnswerOptions, runJob } from './run-job.ts';

/** Runs due jobs in the background. The processes on a database share the jobs; each job runs in one of them, once. */
export interface Worker {
  /** Runs all jobs that are due now. */
  tick(): Promise<void>;
  /** Schedules a run in `inMs` milliseconds. */
  wake(inMs: number): void;
  /** Stops, after the current job. */
  stop(): Promise<void>;
}

/** Poll interval. Finds jobs of processes that have ended, and jobs that are due by another process's clock. */
const pollMs = 5000;
/** Delay before a failed job is retried. */
const retryMs = 60_000;

/** @param onError called with errors of jobs; the job is retried. */
export function startWorker(
  service: Service,
  options: AnswerOptions,
  onError: (error: unknown) => void,
): Worker {
  const { store } = service;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let wakeAt = Number.POSITIVE_INFINITY;
  let running = Promise.resolve();

  function wake(inMs: number): void {
    const at = performance.now() + inMs;
    if (stopped || at >= wakeAt) return;
    clearTimeout(timer);
    wakeAt = at;
    timer = setTimeout(() => {
      wakeAt = Number.POSITIVE_INFINITY;
      running = running.then(async () => {
        try {
          await runDueJobs();
          wake(await untilNext());
        } catch (error) {
          onError(error);
          wake(pollMs);
        }
      });
    }, inMs);
    // The timer must not keep the process alive. The next start runs what is due by then.
    timer.unref();
  }

  /** Milliseconds until the next run. A job that is still due now is being run by another process. */
  async function untilNext(): Promise<number> {
    const due = stopped ? undefined : await nextJobDue(store.read);
    const wait = due === undefined ? pollMs : Date.parse(due) - service.now().getTime();
    return wait > 0 ? Math.min(wait, pollMs) : pollMs;
  }

  function tick(): Promise<void> {
    const ticking = running.then(runDueJobs);
    running = ticking.catch(() => {});
    return ticking;
  }

  async function runDueJobs(): Promise<void> {
    for (;;) {
      const now = service.now().toISOString();
      // Read first: a write would block other writers even if nothing is due.
      const due = stopped ? undefined : await nextJobDue(store.read);
      if (due === undefined || due > now || !(await runOne(now))) return;
    }
  }

  /** Runs one due job. @returns false if none is left, or all are taken by other processes. */
  async function runOne(now: string): Promise<boolean> {
    let job: JobRow | undefined;
    try {
      await store.write(async (db) => {
        job = await takeDueJob(db, now);
        if (job) await runJob(db, service, options, job);
      });
    } catch (error) {
      if (!job) throw error;
      onError(error);
      const { id } = job;
      const later = new Date(service.now().getTime() + retryMs).toISOString();
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
