import { randomUUID } from 'node:crypto';
import { z } from '../../contract/zod.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import { inTime } from '../../time/in-time.ts';
import { OutboxError } from '../errors.ts';
import type { Draft, DraftRevision, Outbox } from './outbox.ts';

/** A draft as it is stored. */
export interface StoredDraft {
  readonly number: number;
  readonly revision: number;
  /** The draft as JSON. */
  readonly entry: string;
}

/** A revision of a draft that is to be stored. */
export interface NewRevision extends StoredDraft {
  readonly sessionId: string;
  /** Random. Tells two writes of the same revision apart. */
  readonly nonce: string;
}

/** Where drafts are kept. Everything is durable when a call returns. */
export interface DraftStore {
  /** Its name in error messages. */
  readonly place: string;
  /** Called before each use: creates what is missing. */
  prepare(): Promise<void>;
  /** The latest revision of a draft. */
  read(number: number): Promise<StoredDraft | undefined>;
  /** The latest revision of each draft, in any order. With a session, those of others may be left out. */
  readAll(sessionId?: string): Promise<StoredDraft[]>;
  /** The same without what they say, of drafts that cannot be read too. */
  revisions(): Promise<DraftRevision[]>;
  /** The highest number in use; 0 if there is none. */
  highest(): Promise<number>;
  /** @returns false if this revision of this number exists. Of several processes that try at once, one creates it. */
  create(draft: NewRevision): Promise<boolean>;
  /** Removes all revisions of a draft. */
  remove(number: number): Promise<void>;
}

/** How long a draft is kept after it was decided or has expired, so that its author can read what became of it. */
const keepMs = 7 * 86_400_000;

/** A server may run for weeks, so removing old drafts at its start is not enough. */
const sweepEveryMs = 3_600_000;

/** A share that went away may never answer. The caller must learn in time that nothing was stored. */
const maxWaitMs = 10_000;

/** A number is tried again if another process took it. This many rivals mean a broken store. */
const maxTries = 100;

/** An outbox whose drafts are kept in a store. All rules are here, so that they are the same for every store. */
export function storedOutbox(store: DraftStore, clock: Clock = systemClock): Outbox {
  let sweptAt = Number.NEGATIVE_INFINITY;

  /** The draft with the highest number stays: its number must not be given to another one. */
  async function sweep(): Promise<void> {
    if (clock.monotonic() - sweptAt <= sweepEveryMs) return;
    sweptAt = clock.monotonic();
    const highest = await store.highest();
    for (const stored of await store.readAll()) {
      const draft = parseDraft(stored);
      if (draft && draft.number < highest && clock.now() - settledAt(draft) > keepMs)
        await store.remove(draft.number);
    }
  }

  async function use<T>(work: () => Promise<T>): Promise<T> {
    try {
      const run = async () => {
        await store.prepare();
        // Drafts that stay only take space.
        await sweep().catch(() => {});
        return work();
      };
      return await inTime(run(), maxWaitMs);
    } catch (error) {
      throw new OutboxError(store.place, error as Error);
    }
  }
  const create = (draft: Draft) => {
    const { number, revision, sessionId } = draft;
    const nonce = randomUUID();
    return store.create({ number, revision, sessionId, nonce, entry: JSON.stringify(draft) });
  };

  return {
    add: (draft) =>
      use(async () => {
        for (let tries = 0; tries < maxTries; tries += 1) {
          const number = (await store.highest()) + 1;
          const added: Draft = { ...draft, number, revision: 1, state: 'waiting' };
          if (await create(added)) return added;
        }
        throw new Error('its numbers cannot be read');
      }),
    get: (number) =>
      use(async () => {
        const stored = await store.read(number);
        return stored && parseDraft(stored);
      }),
    list: (sessionId) =>
      use(async () => {
        const drafts = (await store.readAll(sessionId)).flatMap((stored) => parseDraft(stored) ?? []);
        return drafts
          .filter((draft) => sessionId === undefined || draft.sessionId === sessionId)
          .sort((a, b) => b.number - a.number);
      }),
    revisions: () => use(async () => (await store.revisions()).sort((a, b) => b.number - a.number)),
    change: (draft, change) =>
      use(async () => {
        const changed: Draft = { ...draft, ...change, revision: draft.revision + 1 };
        return (await create(changed)) ? changed : undefined;
      }),
  };
}

/** When it was decided, or expires. One whose outcome is not known stays. */
function settledAt({ state, decision, expires }: Draft): number {
  if (state === 'sent' || state === 'rejected') return decision?.at ?? expires;
  return state === 'sending' || state === 'unknown' ? Number.POSITIVE_INFINITY : expires;
}

const Known = z.object({ id: z.string().optional(), at: z.string() });

/** What this server relies on. The rest was checked when it came in, and is stored as it was. */
const Entry = z
  .object({
    number: z.number().int().positive(),
    revision: z.number().int().positive(),
    sessionId: z.string(),
    body: z
      .object({ sender: z.enum(['contact', 'agent']), message: z.object({ text: z.string() }).passthrough() })
      .passthrough(),
    allowDuplicate: z.boolean(),
    scene: z
      .object({
        session: z
          .object({ id: z.string(), status: z.string(), channel: z.object({ type: z.string() }) })
          .passthrough(),
        newestReached: z.boolean(),
        newest: Known.optional(),
        answers: Known.extend({ text: z.string() }).optional(),
      })
      .passthrough(),
    author: z.object({}).passthrough(),
    created: z.number(),
    expires: z.number(),
    state: z.enum(['waiting', 'approved', 'sending', 'sent', 'unknown', 'rejected']),
    decision: z.object({ id: z.string(), by: z.string(), at: z.number() }).passthrough().optional(),
  })
  .passthrough();

/** @returns undefined if the entry is damaged, or is not the one of this number and revision. */
function parseDraft({ entry, number, revision }: StoredDraft): Draft | undefined {
  try {
    const draft = JSON.parse(entry) as Draft;
    const { data } = Entry.safeParse(draft);
    // What zod returns has its keys in another order.
    return data?.number === number && data.revision === revision ? draft : undefined;
  } catch {
    return undefined;
  }
}
