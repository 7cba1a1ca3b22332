import type { SessionsClient } from '../../../client/client.ts';
import { OpenCxError } from '../../../client/errors.ts';

/** Something around the server makes requests impossible or unsafe. Nothing is sent until it is fixed. */
export class SetupError extends OpenCxError {
  readonly kind = 'setup';
}

/**
 * A client that refuses every call with the same reason. It keeps the server running, because a person sees the answer
 * of a call in the conversation, but of a server that ends only that it is gone.
 */
export function refusingClient(reason: string): SessionsClient {
  const error = new SetupError(reason);
  const refuse = async (): Promise<never> => {
    throw error;
  };
  // biome-ignore lint/correctness/useYield: fails before the first page
  const refusePages = async function* (): AsyncGenerator<never, void, undefined> {
    throw error;
  };
  return {
    listSessions: refuse,
    sessionPages: refusePages,
    searchSessions: refuse,
    getSession: refuse,
    createSession: refuse,
    updateSession: refuse,
    sendMessage: async () => ({ outcome: 'rejected', error }),
    listHistory: refuse,
    historyPages: refusePages,
    fetchFile: refuse,
    clockOffset: () => undefined,
    prepare: async () => {},
    close: async () => {},
  };
}
