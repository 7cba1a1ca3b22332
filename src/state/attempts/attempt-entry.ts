import { z } from '../../contract/zod.ts';
import type { Attempt } from './attempt-store.ts';

/** What is stored of an attempt beside its hash and number, which name it. */
const Entry = z.object({
  nonce: z.string(),
  state: z.enum(['intent', 'sent', 'unknown', 'rejected']),
  began: z.number(),
  left: z.number(),
  effects: z.record(z.string()),
  id: z.string().optional(),
  serverBegan: z.number().optional(),
  seenUpTo: z.number().optional(),
});
export type Entry = z.infer<typeof Entry>;

export function entryText({ hash: _, number: __, ...entry }: Attempt): string {
  return JSON.stringify(entry satisfies Entry);
}

/** @returns undefined if the text is not an entry. */
export function parseEntry(text: string): Entry | undefined {
  try {
    return Entry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What stands for an entry that cannot be read: a send is or was under way. */
export function unreadableEntry(writtenAt: number): Entry {
  return { nonce: '', state: 'intent', began: writtenAt, left: writtenAt, effects: {} };
}
