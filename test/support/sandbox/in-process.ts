import type { Dispatcher } from 'undici';
import { type ClientOptions, createClient, type SessionsClient } from '../../../src/client/client.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';

/** The address of every sandbox in this process. */
export const url = 'http://localhost';

/** A client of a sandbox in this process, without a network and without a limit of requests. */
export function clientOf(sandbox: Pick<Sandbox, 'fetch' | 'key'>, more: ClientOptions = {}): SessionsClient {
  return createClient({
    apiKey: sandbox.key,
    baseUrl: url,
    requestsPerMinute: 0,
    dispatcher: dispatcherTo(sandbox),
    ...more,
  });
}

/** Leads the requests of a client to the sandbox. */
function dispatcherTo({ fetch }: Pick<Sandbox, 'fetch'>): Dispatcher {
  const answer = async (
    { origin, path, method, headers, body }: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ) => {
    let isAborted = false;
    const abort = () => {
      isAborted = true;
    };
    const controller = { abort } as unknown as Dispatcher.DispatchController;
    handler.onRequestStart?.(controller, {});
    if (isAborted) return;
    const response = await fetch(
      new Request(`${origin}${path}`, {
        method,
        headers: headers as Record<string, string>,
        ...(body ? { body: body as string } : {}),
      }),
    );
    const text = await response.text();
    if (isAborted) return;
    handler.onResponseStart?.(controller, response.status, Object.fromEntries(response.headers), '');
    handler.onResponseData?.(controller, Buffer.from(text));
    handler.onResponseEnd?.(controller, {});
  };
  const dispatcher: Pick<Dispatcher, 'dispatch'> = {
    dispatch(options, handler) {
      void answer(options, handler);
      return true;
    },
  };
  return dispatcher as Dispatcher;
}
