import type { Caller } from '../pipeline/call.ts';
import { abortedWith } from '../time/aborted-with.ts';
import type { Deadline } from '../time/deadline.ts';
import type { Principal } from './principal.ts';

/** What a door tells about a request. Only calls of tools can have progress. */
export interface CallRequest {
  /** Whether the client can show the card. */
  readonly canShowCard?: boolean | undefined;
  /** Aborted when the client cancels the request. */
  readonly signal: AbortSignal;
  /** The client's name for itself, if it gave one. */
  readonly client?: string | undefined;
  /** Present if the client wants to hear of progress. */
  readonly progressToken?: string | number | undefined;
  /** Sends `notifications/progress` to the client. */
  sendProgress?(params: {
    progressToken: string | number;
    progress: number;
    message: string;
  }): Promise<unknown> | undefined;
}

/** The caller behind an MCP request: its principal, its cancellation, and its wish for progress. */
export function callerOf(request: CallRequest, { person, memory }: Principal, deadline: Deadline): Caller {
  const abortController = abortedWith(request.signal);
  const { progressToken } = request;
  let progress = 0;
  return {
    abortController,
    deadline,
    person,
    client: request.client,
    memory,
    progress(message) {
      if (progressToken === undefined || abortController.signal.aborted) return;
      progress += 1;
      // A client that has gone away needs no progress.
      request.sendProgress?.({ progressToken, progress, message })?.catch(() => {});
    },
  };
}
