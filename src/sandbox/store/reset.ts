import type { Db } from './db.ts';

/**
 * Deletes all data of the organisation. Keys, and the secret that cursors are signed with, stay: the programs that
 * use them go on.
 */
export async function deleteEverything(db: Db): Promise<void> {
  await db.engine.fullText.clear(db);
  // What refers to another table comes before it.
  for (const table of ['jobs', 'files', 'events', 'sessions', 'contacts', 'teams'] as const) {
    await db.deleteFrom(table).execute();
  }
  await db.updateTable('counters').set({ value: 4500 }).where('name', '=', 'ticket').execute();
}
