import type { SessionsClient } from '../client/client.ts';

/** A client that tells when it begins a request that changes something. */
export function noteWrites(client: SessionsClient, onWrite: () => void): SessionsClient {
  const noted =
    <Args extends unknown[], Result>(write: (...args: Args) => Result) =>
    (...args: Args): Result => {
      onWrite();
      return write(...args);
    };
  return {
    ...client,
    createSession: noted(client.createSession),
    updateSession: noted(client.updateSession),
    sendMessage: noted(client.sendMessage),
  };
}
