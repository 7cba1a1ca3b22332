import { type Db, locksReads } from '../db.ts';
import type { JobRow } from '../tables.ts';

/** Adds a job; one with its id is put off to the new time. */
export async function saveJob(db: Db, row: JobRow): Promise<void> {
  await db
    .insertInto('jobs')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ due_at: row.due_at }))
    .execute();
}

/** When the next job is due; undefined where there is none. */
export async function nextJobDue(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('jobs').select('due_at').orderBy('due_at').limit(1).executeTakeFirst();
  return row?.due_at;
}

/**
 * Takes the job that has been due the longest out of the list, inside a write: when that write is kept the job is done,
 * and when it is not, be it that the process was killed, the job is there as before. No two writes take the same one.
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

/** Puts off a job, if it is still there. */
export async function postponeJob(db: Db, id: string, dueAt: string): Promise<void> {
  await db.updateTable('jobs').set({ due_at: dueAt }).where('id', '=', id).execute();
}
