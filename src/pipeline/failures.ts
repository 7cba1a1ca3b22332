import type { OpenCxError } from '../client/errors.ts';
import {
  AlreadySentError,
  ArgumentError,
  DeliveryUnknownError,
  NotAllowedError,
} from '../conversations/errors.ts';
import type { Failure } from '../presenters/failure.ts';
import { isoTime } from '../text/time-format.ts';
import type { AnyTool } from '../tools/index.ts';

const nothingChanged = 'Nothing was changed.';

/**
 * What to tell the model of an error that ended a call. Every family says what failed, whether anything changed
 * and what to do next.
 * @returns undefined for an error that nobody foresaw: a fault of ours.
 */
export function failureOf(error: unknown, tool: AnyTool): Failure | undefined {
  if (error instanceof ArgumentError) {
    return {
      what: `\`${error.argument}\`: ${error.message}.`,
      changed: nothingChanged,
      next: 'Correct it and call again.',
    };
  }
  if (error instanceof NotAllowedError) {
    return { what: `Not permitted: ${error.message}.`, changed: nothingChanged, next: '' };
  }
  if (error instanceof AlreadySentError) {
    return {
      what: `Already sent: the same message went into session ${error.sessionId} at ${isoTime(error.began.toISOString())}.`,
      changed: 'Nothing was sent now.',
      next: 'If it is really meant to be sent again, pass allow_duplicate true.',
    };
  }
  if (error instanceof DeliveryUnknownError) {
    return {
      what: `Delivery unknown: ${error.message}`,
      changed: `The message was not found yet in session ${error.sessionId}, but may still appear there.`,
      next: 'Do not repeat it blindly. Call again after a moment with the same arguments, allow_duplicate left out: for ten minutes that only looks for it and sends nothing. Pass allow_duplicate true only if a second copy does no harm.',
    };
  }
  if (error instanceof Error && error.name === 'LedgerError') {
    return {
      what: `Not sent: ${error.message}. Without it a message could go out twice.`,
      changed: nothingChanged,
      next: 'The user makes that folder writable, or names another one by OPENCX_STATE_DIR.',
    };
  }
  if (error instanceof Error && error.name === 'AuditError') {
    return {
      what: `Not done: ${error.message}, and this server writes nothing that it cannot record.`,
      changed: nothingChanged,
      next: 'The user makes the file of --audit-log writable; then it is safe to call again.',
    };
  }
  return isClientError(error) ? clientFailure(error, tool) : undefined;
}

/** What to tell of a fault of ours: no more than what matters to the caller. */
export function internalFailure(tool: AnyTool): Failure {
  return {
    what: 'Internal error: the call could not be completed. The server’s log has the details.',
    changed: tool.effect.write ? `It is not known whether ${tool.name} took effect.` : nothingChanged,
    next: tool.effect.write ? 'Check the session before calling again.' : 'Calling again is safe.',
  };
}

/** Whether what was asked for is at fault, rather than this server, its operator or the API. */
export function isInputError(error: unknown): boolean {
  const kinds = ['not_found', 'invalid_request'];
  return error instanceof ArgumentError || (isClientError(error) && kinds.includes(error.kind));
}

/** `kind` marks the client's errors; their classes are not imported, so that this room does not load undici. */
function isClientError(error: unknown): error is OpenCxError {
  return error instanceof Error && 'kind' in error && 'mayHaveArrived' in error;
}

function clientFailure(error: OpenCxError, tool: AnyTool): Failure {
  const unknown = tool.effect.write && error.mayHaveArrived;
  const changed = unknown
    ? `It is not known whether ${tool.name} took effect: the request may have arrived.`
    : nothingChanged;
  const again = unknown
    ? 'Do not repeat it blindly: look at the session (get_session, list_sessions) first.'
    : 'It is safe to call again.';
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
        'The user makes one in the OpenCX dashboard under Settings, Access, and sets OPENCX_API_KEY for this server; or starts it with --sandbox to try everything on demo data.',
      );
    case 'invalid_request':
      return error.status === undefined
        ? say(error.message, 'Correct the argument and call again.')
        : say(
            `The API refused the request (${error.status}).`,
            'Correct the argument it names and call again.',
          );
    case 'unauthenticated':
      return say(
        'Unauthenticated (401): the API does not accept the configured key.',
        'The user makes a key in the OpenCX dashboard under Settings, Access, and sets OPENCX_API_KEY.',
      );
    case 'forbidden':
      return say(
        `Not permitted (403): the key may not do this; ${tool.name} needs the scope chat-sessions:${tool.effect.write ? 'write' : 'read'}.`,
        'The user needs a key with that scope (Settings, Access).',
      );
    case 'not_found':
      return say(
        'Not found (404): the API knows no such session or contact.',
        'Session ids come from list_sessions and search_sessions, contact ids from search_sessions and get_session; a ticket number is neither.',
      );
    case 'too_large':
      return say('The request is too large for the API (413).', 'Send less, or attachments by URL.');
    case 'rate_limited': {
      const seconds = error.retryAfterSeconds;
      const when = seconds === undefined ? 'in about a minute' : `in ${seconds} seconds`;
      const what =
        error.status === 429
          ? 'Rate limited (429): the API takes no more requests now.'
          : `Rate limited: ${error.message}`;
      return say(what, `Call again ${when}.`);
    }
    case 'upstream':
      return say(`Upstream fault: ${error.message}`, again);
    case 'invalid_response':
      return say(error.message, again);
    case 'connection':
      return say(
        error.message,
        `${again} If it goes on, the user should check OPENCX_API_URL and the network.`,
      );
    case 'timeout':
      return say('Timeout: the API did not answer in time.', again);
    case 'cancelled':
      return say('The call was cancelled.', again);
    default:
      return say(error.message, again);
  }
}
