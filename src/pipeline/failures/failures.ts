import { OpenCxError, TimeoutError } from '../../client/errors.ts';
import {
  AlreadySentError,
  ArgumentError,
  CreationUnknownError,
  DeliveryUnknownError,
  NotAllowedError,
  OtherEffectsError,
  TicketNotFoundError,
  TicketNotUniqueError,
} from '../../conversations/errors.ts';
import type { Failure } from '../../presenters/failure.ts';
import { bareToken } from '../../presenters/rendering/quoting.ts';
import {
  AuditError,
  OutboxError,
  SendLogError,
  StateError,
  VanishedRecordError,
} from '../../state/errors.ts';
import { isoTime } from '../../text/time-format.ts';
import type { AnyTool } from '../../tools/index.ts';
import { OverdueError } from '../call-deadline.ts';

const databaseAdvice =
  'It is safe to call again, later. If it happens again, ask the user to check the database (OPENCX_DATABASE_URL; doctor tells more). Reads work meanwhile.';
const nothingChanged = 'Nothing was changed.';

/** Whether only the operator can do something about an error, who should find it in the log. */
export function needsOperator(error: unknown): boolean {
  const kinds = ['no_key', 'setup', 'unauthenticated', 'forbidden', 'connection'];
  return (
    error instanceof SendLogError ||
    error instanceof AuditError ||
    error instanceof OutboxError ||
    (error instanceof OpenCxError && kinds.includes(error.kind))
  );
}

/**
 * What to tell the model about an error that ended a call: what failed, whether anything changed, and what to do next.
 * It is said as to the operator; member-failures.ts says it to members of a team.
 * @param hasWritten whether a write of the call may have left. Before that, a failure has changed nothing.
 * @returns undefined for an unexpected error, which is a bug of this server.
 */
export function failureOf(error: unknown, tool: AnyTool, hasWritten: boolean): Failure | undefined {
  if (error instanceof ArgumentError) {
    return {
      what: `\`${error.argument}\`: ${error.message}.`,
      changed: nothingChanged,
      next: 'Correct it and call again.',
    };
  }
  if (error instanceof TicketNotFoundError) return ticketNotFound(error);
  if (error instanceof TicketNotUniqueError) {
    const sessions = error.sessions.map(
      ({ id, created_at }) => `${bareToken(id)} (created ${bareToken(isoTime(created_at))})`,
    );
    return {
      what: `Not unique: more than one session has the ticket number #${error.ticketNumber}: ${sessions.join(', ')}.`,
      changed: nothingChanged,
      next: 'Call again with the id of the one that is meant.',
    };
  }
  if (error instanceof NotAllowedError) {
    return { what: `Not permitted: ${error.message}.`, changed: nothingChanged, next: '' };
  }
  if (error instanceof AlreadySentError) {
    return {
      what: `Already sent: the same message went into session ${error.sessionId} at ${isoTime(error.at.toISOString())}.`,
      changed: 'Nothing was sent now.',
      next: 'To send it again on purpose, pass allow_duplicate true.',
    };
  }
  if (error instanceof OtherEffectsError) {
    const names = error.otherEffects.join(', ');
    return {
      what: `Already sent with other effects: the same words went into session ${error.sessionId} at ${isoTime(error.at.toISOString())}, but ${names} differed.`,
      changed: 'Nothing was sent and nothing was changed now.',
      next: `Sending is the only way to apply ${names}, and it posts a message: pass allow_duplicate true to post the same text again with it, or send other words.`,
    };
  }
  if (error instanceof DeliveryUnknownError) {
    return {
      what: `Delivery unknown: ${error.message}`,
      changed: `The message was not found yet in session ${error.sessionId}, but may still appear there.`,
      next: 'Do not repeat it blindly. Call again after a minute with the same arguments and without allow_duplicate: that looks for it first, and sends it only if the complete history does not have it. Pass allow_duplicate true only if a second copy does no harm.',
      apiMessage: error.apiMessage,
    };
  }
  if (error instanceof CreationUnknownError) {
    return {
      what: `Creation unknown: an equal session was requested at ${isoTime(error.began.toISOString())}, and its answer was lost. It may or may not exist.`,
      changed: 'Nothing was created now.',
      next: 'Look for it with list_sessions (created_after) or search_sessions. If it is not there, or a second one does no harm, pass allow_duplicate true.',
    };
  }
  if (error instanceof SendLogError) {
    return {
      what: `Not sent: ${error.message}. Without it a message could go out twice.`,
      changed: nothingChanged,
      next:
        error.cause instanceof VanishedRecordError
          ? 'Find out whether the earlier attempt took effect (get_session_history, list_sessions). Pass allow_duplicate true only if it did not, or if a second copy does no harm.'
          : error.cause instanceof StateError
            ? databaseAdvice
            : 'Ask the user to make that folder writable, or to set OPENCX_STATE_DIR to another one.',
    };
  }
  if (error instanceof OutboxError) {
    return {
      what: `Not sent: ${error.message}. Every message waits there for a person.`,
      changed: nothingChanged,
      next:
        error.cause instanceof StateError
          ? databaseAdvice
          : 'Ask the user to make that folder writable, or to set OPENCX_STATE_DIR to another one.',
    };
  }
  if (error instanceof AuditError) {
    return {
      what: `Not done: ${error.message}. Writes require a working audit log.`,
      changed: nothingChanged,
      next:
        error.cause instanceof StateError
          ? databaseAdvice
          : 'Ask the user to make the file of --audit-log writable; then it is safe to call again.',
    };
  }
  if (error instanceof OverdueError) {
    const after = afterwards(hasWritten, tool);
    return { what: error.message, ...after, ...(hasWritten ? {} : { changed: nothingLeft(tool) }) };
  }
  return error instanceof OpenCxError ? clientFailure(error, tool, hasWritten) : undefined;
}

function ticketNotFound({ ticketNumber, search }: TicketNotFoundError): Failure {
  const { reason, below, above } = search;
  const nearest = [below, above].filter((number) => number !== undefined).map((number) => `#${number}`);
  const what = {
    absent: `Not found: there is no session #${ticketNumber}.`,
    out_of_order: `Not found: session #${ticketNumber} may exist, but ticket numbers do not rise with the time of creation here, so it cannot be looked up.`,
    not_reached: `Not found: looking up #${ticketNumber} takes too many requests, so it may exist.`,
  }[reason];
  return {
    what: [
      what,
      nearest.length > 0 &&
        `Closest ${nearest.length === 1 ? 'number' : 'numbers'} seen: ${nearest.join(' and ')}.`,
    ]
      .filter(Boolean)
      .join(' '),
    changed: nothingChanged,
    next: 'Check the number, or find the session id with search_sessions or list_sessions.',
  };
}

/** What to tell about a bug of this server: only what matters to the caller. */
export function internalFailure(tool: AnyTool, hasWritten: boolean): Failure {
  return {
    what: 'Internal error: the call could not be completed. The server’s log has the details.',
    changed: hasWritten ? `It is not known whether ${tool.name} took effect.` : nothingLeft(tool),
    next: hasWritten ? 'Check the session before calling again.' : 'Calling again is safe.',
  };
}

/** Whether the request is at fault, and not this server, its operator or the API. */
export function isInputError(error: unknown): boolean {
  const kinds = ['not_found', 'invalid_request'];
  if (error instanceof TicketNotFoundError || error instanceof TicketNotUniqueError) return true;
  return error instanceof ArgumentError || (error instanceof OpenCxError && kinds.includes(error.kind));
}

/** Whether the API, or something else that the call waited for, did not answer in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof TimeoutError || error instanceof OverdueError;
}

/** @param mayHaveArrived whether a write may have reached the API. */
export function afterwards(mayHaveArrived: boolean, tool: AnyTool): Pick<Failure, 'changed' | 'next'> {
  return tool.effect.write && mayHaveArrived
    ? {
        changed: `It is not known whether ${tool.name} took effect: the request may have arrived.`,
        next: 'Do not repeat it blindly: look at the session (get_session, list_sessions) first.',
      }
    : { changed: nothingChanged, next: 'It is safe to call again.' };
}

/** Nothing was changed, and a write did not even leave. */
function nothingLeft({ effect }: AnyTool): string {
  return effect.write ? 'Nothing was sent and nothing was changed.' : nothingChanged;
}

function clientFailure(error: OpenCxError, tool: AnyTool, hasWritten: boolean): Failure {
  const { changed, next: again } = afterwards(error.mayHaveArrived && hasWritten, tool);
  const say = (what: string, next: string): Failure => ({
    what,
    changed,
    next,
    apiMessage: error.apiMessage,
  });
  switch (error.kind) {
    case 'no_key':
      return say(
        'No API key is configured.',
        'Ask the user to make one in the OpenCX dashboard under Settings, Access, and to set OPENCX_API_KEY for this server; or to start it with --sandbox to try everything on demo data.',
      );
    case 'invalid_request':
      return error.status === undefined
        ? say(error.message, 'Correct the argument and call again.')
        : say(`The API refused the request (${error.status}).`, 'Correct the arguments and call again.');
    case 'unauthenticated':
      return say(
        'Unauthenticated (401): the API does not accept the configured key.',
        'Ask the user to make a key in the OpenCX dashboard under Settings, Access, to replace the old one with it (doctor says where), and to restart this server.',
      );
    case 'setup':
      return say(error.message, 'Ask the user to do that and to restart this server, then call again.');
    case 'forbidden':
      return say(
        `Not permitted (403): the key may not do this; ${tool.name} needs the scope chat-sessions:${tool.effect.write ? 'write' : 'read'}.`,
        'The user needs a key with that scope (Settings, Access).',
      );
    case 'not_found':
      return say(
        'Not found (404): there is no such session or contact.',
        'Session ids come from list_sessions and search_sessions, contact ids from search_sessions and get_session. session_id also takes a ticket number (#4521).',
      );
    case 'too_large':
      return say('The request is too large for the API (413).', 'Send less, or attachments by URL.');
    case 'rate_limited': {
      const seconds = error.retryAfterSeconds;
      const when = seconds === undefined ? 'in about a minute' : `in ${seconds} seconds`;
      const what =
        error.status === 429 ? 'Rate limited (429): the API accepts no more requests now.' : error.message;
      return say(what, `Call again ${when}.`);
    }
    case 'upstream':
      return say(`Upstream fault: ${error.message}`, again);
    case 'invalid_response':
      return say(error.message, again);
    case 'connection':
      return say(
        error.message,
        `${again} If it happens again, the user should check OPENCX_API_URL and the network.`,
      );
    case 'timeout':
      return say('Timeout: the API did not answer in time.', again);
    case 'cancelled':
      return say('The call was cancelled.', again);
    default:
      return say(error.message, again);
  }
}
