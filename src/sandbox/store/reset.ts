import type { Db } from './db.ts';

/** Deletes all data except API keys and the cursor secret, so that running clients keep working. */
export async function deleteAllData(db: Db): Promise<void> {
  await db.engine.fullText.clear(db);
  // Tables with foreign keys come before the tables they refer to.
  for (const table of ['jobs', 'files', 'events', 'sessions', 'contacts', 'teams'] as const) {
    await db.deleteFrom(table).execute();
  }
  await db.updateTable('counters').set({ value: 4500 }).where('name', '=', 'ticket').execute();
}
