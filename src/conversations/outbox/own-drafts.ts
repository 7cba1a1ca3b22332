import type { Draft } from '../../state/outbox/outbox.ts';
import { inTime } from '../../time/in-time.ts';
import type { Context } from '../context.ts';
import { type DraftState, stateOf } from './draft-state.ts';
import { settleDraft } from './settle-draft.ts';

/** What became of a draft, for whoever wrote it. */
export interface OwnDraft {
  readonly draft: Draft;
  readonly state: DraftState;
}

/** The drafts of the caller, and nobody else's. */
export interface OwnDrafts {
  /** Newest first. */
  readonly drafts: readonly OwnDraft[];
  /** How many older ones are left out. */
  readonly leftOut: number;
  /** Whether the outbox could not be read. What else was read is still good. */
  readonly failed: boolean;
}

/** Which of the caller's drafts: those of a session, or of all sessions those that wait or were decided since a moment. */
export type Which = { readonly sessionId: string } | { readonly since: number };

/** More would crowd out what was asked for. */
const maxDrafts = 10;

/** Looking for the outcome of a message takes requests. */
const maxSettled = 2;

/**
 * What became of the messages that the caller wrote and a person has to approve. Those of one session whose outcome is not
 * known are looked for.
 * @returns undefined if messages do not wait for a person.
 */
export async function ownDrafts(which: Which, context: Context): Promise<OwnDrafts | undefined> {
  const { outbox, author, clock } = context;
  if (outbox === undefined) return undefined;
  const isSession = 'sessionId' in which;
  const told = (draft: Draft): OwnDraft => ({ draft, state: stateOf(draft, clock.now()) });
  try {
    const all = await outbox.list(isSession ? which.sessionId : undefined);
    const own = all
      .filter((draft) => draft.author.person === author?.person)
      .map(told)
      .filter((one) => isSession || changedAt(one, clock.now()) >= which.since);
    const drafts = own.slice(0, maxDrafts);
    const unknown = isSession ? drafts.filter(({ state }) => state === 'unknown').slice(0, maxSettled) : [];
    const settled = new Map<number, OwnDraft>();
    for (const { draft } of unknown) {
      settled.set(draft.number, told(await settleDraft(draft, outbox, context).catch(() => draft)));
    }
    return {
      drafts: drafts.map((one) => settled.get(one.draft.number) ?? one),
      leftOut: own.length - drafts.length,
      failed: false,
    };
  } catch {
    return { drafts: [], leftOut: 0, failed: true };
  }
}

/** How long an answer waits for a hint. */
const hintMs = 500;

/**
 * The numbers of the caller's drafts of a session that still wait, newest first. It makes no request to the API.
 * @throws if the outbox cannot be read, or not soon.
 */
export async function waitingDrafts(
  sessionId: string,
  { outbox, author, clock }: Pick<Context, 'outbox' | 'author' | 'clock'>,
): Promise<number[]> {
  if (outbox === undefined) return [];
  const drafts = await inTime(outbox.list(sessionId), hintMs);
  return drafts
    .filter((draft) => draft.author.person === author?.person && stateOf(draft, clock.now()) === 'waiting')
    .map(({ number }) => number);
}

/** When something became of a draft. One that waits is always news. */
function changedAt({ draft, state }: OwnDraft, now: number): number {
  if (state === 'waiting' || state === 'approved') return now;
  return state === 'expired' ? draft.expires : (draft.decision?.at ?? draft.created);
}
