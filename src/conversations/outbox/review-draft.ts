import type { Session } from '../../contract/entities.ts';
import type { Draft, Outbox } from '../../state/outbox/outbox.ts';
import type { Context } from '../context.ts';
import { type DraftState, stateOf } from './draft-state.ts';
import { type Changes, changesSince, digestOf, hasChanged, type ReadScene, readScene } from './scene.ts';
import { settleDraft } from './settle-draft.ts';

/** A draft as it was written: what a list shows, without a request to the API. */
export interface ListedDraft {
  readonly draft: Draft;
  readonly state: DraftState;
}

/** A draft beside the conversation as it is now. */
export interface Review extends ListedDraft {
  readonly session: Session;
  readonly changes: Changes;
  /** Whether there is anything in `changes`. */
  readonly hasChanged: boolean;
  /** Of the draft and the conversation as it is now. Pass it to `approveDraft`. */
  readonly digest: string;
}

/**
 * The drafts of the account, newest first.
 * @throws OutboxError.
 */
export async function listDrafts(outbox: Outbox, { clock }: Pick<Context, 'clock'>): Promise<ListedDraft[]> {
  const drafts = await outbox.list();
  return drafts.map((draft) => ({ draft, state: stateOf(draft, clock.now()) }));
}

/**
 * Reads the conversation of a draft, and what happened in it since. Settles a draft whose outcome is not known, if it can.
 * @returns undefined if there is no such draft.
 * @throws OutboxError, or the error of reading the session.
 */
export async function reviewDraft(
  number: number,
  outbox: Outbox,
  context: Context,
): Promise<Review | undefined> {
  const draft = await outbox.get(number);
  if (draft === undefined) return undefined;
  const settled = await settleDraft(draft, outbox, context);
  return reviewOf(settled, await readScene(draft.sessionId, context), context.clock.now());
}

/** @param now in milliseconds since 1970. */
export async function reviewOf(draft: Draft, read: ReadScene, now: number): Promise<Review> {
  const changes = changesSince(draft, read);
  return {
    draft,
    state: stateOf(draft, now),
    session: read.scene.session,
    changes,
    hasChanged: hasChanged(changes, draft),
    digest: await digestOf(draft, read.scene),
  };
}
