import { type Db, locksReads } from '../db.ts';
import type { JobRow } from '../tables.ts';

/** Adds a job. If its id exists, moves it to the new time. */
export async function saveJob(db: Db, row: JobRow): Promise<void> {
  await db
    .insertInto('jobs')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ due_at: row.due_at }))
    .execute();
}

/** The time at which the next job is due. */
export async function nextJobDue(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('jobs').select('due_at').orderBy('due_at').limit(1).executeTakeFirst();
  return row?.due_at;
}

/**
 * Takes the oldest due job, in a write transaction. The commit deletes the job and stores its effects together; if the
 * transaction fails or the process dies, the job remains. No two transactions take the same job.
 */
export async function takeDueJob(db: Db, now: string): Promise<JobRow | undefined> {
  return db
    .deleteFrom('jobs')
    .where('id', '=', (eb) =>
      eb
        .selectFrom('jobs')
        .select('id')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('id')
        .limit(1)
        .$if(locksReads(db), (query) => query.forUpdate().skipLocked()),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Moves a job to a later time, if it still exists. */
export async function postponeJob(db: Db, id: string, dueAt: string): Promise<void> {
  await db.updateTable('jobs').set({ due_at: dueAt }).where('id', '=', id).execute();
}
