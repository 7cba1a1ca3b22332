import type { SendMessageBody } from '../../client/client.ts';
import type { Draft, Outbox } from '../../state/outbox/outbox.ts';
import type { Context, RuleTexts } from '../context.ts';
import { NotAllowedError } from '../errors.ts';
import { refuseUnshowable, warningOf } from '../sending/confirm-send.ts';
import { messageKey } from '../sending/idempotency-key.ts';
import { lifetimeMs, stateOf } from './draft-state.ts';
import { readScene } from './scene.ts';

/** Drafts of one account that may wait at once: more than people would read. */
const maxWaiting = 200;

/** A message that was not sent: it waits for a person. */
export class Waiting {
  readonly draft: Draft;
  /** Whether this call stored it. Otherwise an equal one was waiting already. */
  readonly isNew: boolean;
  /** Where a person decides, as a sentence for the caller. */
  readonly whoDecides: string;

  constructor(draft: Draft, isNew: boolean, { whoDecides }: RuleTexts) {
    this.draft = draft;
    this.isNew = isNew;
    this.whoDecides = whoDecides;
  }
}

/**
 * Stores a message in the outbox in place of sending it. An equal draft of the same person that still waits stands for it.
 * @throws NotAllowedError if it could not be shown to a person, or if too many drafts wait already; OutboxError.
 */
export async function storeDraft(
  sessionId: string,
  body: SendMessageBody,
  allowDuplicate: boolean,
  outbox: Outbox,
  context: Context,
): Promise<Waiting> {
  refuseUnshowable(body, context);
  const { clock, author = {} } = context;
  const waiting = (await outbox.list()).filter((draft) =>
    ['waiting', 'approved'].includes(stateOf(draft, clock.now())),
  );
  const key = keyOf(sessionId, body);
  const same = waiting.find(
    (draft) => draft.author.person === author.person && keyOf(draft.sessionId, draft.body) === key,
  );
  if (same !== undefined && !allowDuplicate) return new Waiting(same, false, context.ruleTexts);
  if (waiting.length >= maxWaiting) {
    throw new NotAllowedError(
      `${waiting.length} messages wait for approval already, and that is the limit. Ask the people who approve them to decide about some`,
      'outbox_full',
    );
  }
  const { scene } = await readScene(sessionId, context);
  const lastRead = await context.lastRead.get(sessionId);
  const warning = scene.newestReached ? warningOf(scene.answers?.at, lastRead) : 'newest_unknown';
  const created = clock.now();
  const draft = await outbox.add({
    // As the API spells it, because it is looked up by that.
    sessionId: scene.session.id,
    body,
    allowDuplicate,
    scene: { ...scene, warning },
    author,
    created,
    expires: created + lifetimeMs,
  });
  return new Waiting(draft, true, context.ruleTexts);
}

function keyOf(sessionId: string, body: SendMessageBody): string {
  return JSON.stringify(messageKey(sessionId, body));
}
