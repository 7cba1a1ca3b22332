import type { CreateSessionBody } from '../../client/client.ts';
import { OpenCxError } from '../../client/errors.ts';
import type { Session } from '../../contract/entities.ts';
import type { OpenAttempt } from '../../state/send-log.ts';
import { shownTime } from '../api-time.ts';
import type { Context } from '../context.ts';
import { CreationUnknownError } from '../errors.ts';
import { sessionKey } from './idempotency-key.ts';
import { readAfterWrite } from './read-after-write.ts';

/** A new session, or one that an equal call created a moment before. */
export interface CreatedSession {
  readonly id: string;
  /** The session as it is now; undefined if it could not be read. */
  readonly session: Session | undefined;
  /** Seconds since the equal call; absent if this call created the session. */
  readonly secondsAgo?: number;
}

type Creation = Omit<CreatedSession, 'session'>;

/** How often to look whether an equal call of another process is over. */
const pauseMs = 500;

/**
 * Creates a session, and never twice: an equal one of the last ten seconds is the same session. Nothing can tell whether
 * a session whose answer was lost exists, so an equal one is refused then.
 * @throws CreationUnknownError, SendLogError, or the failure as an OpenCxError.
 */
export async function createOnce(
  body: CreateSessionBody,
  allowDuplicate: boolean,
  context: Context,
): Promise<CreatedSession> {
  const { sendLog, call } = context;
  const work = () => claimAndCreate(body, allowDuplicate, context);
  const created = await (allowDuplicate
    ? work()
    : sendLog.singleFlight(sessionKey(body), call.signal, work, context.onSharedWrite));
  return { ...created, session: await readAfterWrite(created.id, context) };
}

async function claimAndCreate(
  body: CreateSessionBody,
  allowDuplicate: boolean,
  context: Context,
): Promise<Creation> {
  const { sendLog, call, clock } = context;
  for (;;) {
    const options = { allowDuplicate, longestMs: call.deadline.remainingMs };
    const claim = await sendLog.claim(sessionKey(body), options);
    if (claim.state === 'free') return create(body, claim.attempt, context);
    if (claim.state === 'sent') {
      return { id: claim.id, secondsAgo: Math.round(claim.elapsedMs / 1000) };
    }
    const mayWait = claim.underWay && call.deadline.allows(2 * pauseMs);
    const hasWaited =
      mayWait &&
      (await clock.sleep(pauseMs, call.signal).then(
        () => true,
        () => false,
      ));
    if (!hasWaited)
      throw new CreationUnknownError(shownTime(context, clock.now() - claim.attempt.began.getTime()));
  }
}

async function create(
  body: CreateSessionBody,
  attempt: OpenAttempt,
  { client, call }: Context,
): Promise<Creation> {
  try {
    const { id } = await client.createSession(body, call);
    await attempt.sent(id);
    return { id };
  } catch (error) {
    if (error instanceof OpenCxError && !error.mayHaveArrived) await attempt.rejected();
    else await attempt.unknown();
    throw error;
  }
}
