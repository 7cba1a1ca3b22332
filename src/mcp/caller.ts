import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Caller } from '../pipeline/call.ts';
import type { Deadline } from '../time/deadline.ts';
import type { Principal } from './principal.ts';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** What the SDK tells about a request. Only tool calls can have progress. */
export type CallRequest = Pick<Extra, 'signal'> & Partial<Pick<Extra, '_meta' | 'sendNotification'>>;

/** The caller behind an MCP request: its principal, its cancellation, and its wish for progress. */
export function callerOf(
  { signal, _meta, sendNotification }: CallRequest,
  { lastRead }: Principal,
  deadline: Deadline,
): Caller {
  const abortController = abortedWith(signal);
  const progressToken = _meta?.progressToken;
  let progress = 0;
  return {
    abortController,
    deadline,
    lastRead,
    progress(message) {
      if (progressToken === undefined || abortController.signal.aborted) return;
      progress += 1;
      const params = { progressToken, progress, message };
      // A client that has gone away needs no progress.
      sendNotification?.({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}

/** A controller of our own, which is also aborted with the SDK's signal. */
function abortedWith(signal: AbortSignal): AbortController {
  const abortController = new AbortController();
  const abort = () => abortController.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return abortController;
}
