import type { Dispatcher } from 'undici';
import { createClient, type SessionsClient } from '../../../src/client/client.ts';
import { type Route, routes } from '../../../src/contract/routes.ts';

export type Operation = keyof typeof routes;

/** A request for one operation of the API. */
export interface ApiRequest {
  readonly operation: Operation;
  readonly method: Route['method'];
  readonly query: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** The real client in front of an API without a network. It knows every operation of `contract/routes.ts`. */
export interface FakeApi {
  readonly client: SessionsClient;
  /** The requests since the last `answerWith`, in order. */
  readonly requests: readonly ApiRequest[];
  answerWith(answer: (request: ApiRequest) => ApiAnswer): void;
}

const operations = (Object.entries(routes) as [Operation, Route][]).map(([operation, { method, path }]) => ({
  operation,
  method,
  path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

const json = { 'content-type': 'application/json' };

export function fakeApi(): FakeApi {
  let requests: ApiRequest[] = [];
  let answer: (request: ApiRequest) => ApiAnswer = () => ({ status: 501, body: '{}' });
  const dispatcher = {
    dispatch({ method, path }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
      const { pathname, searchParams } = new URL(path, 'https://api.example.com');
      // In the order of the routes, as a router would: `/search` also looks like a session's id.
      const found = operations.find((one) => one.method === method && one.path.test(pathname));
      if (found === undefined) throw new Error(`contract/routes.ts has no route for ${method} ${pathname}.`);
      const request = { ...found, query: Object.fromEntries(searchParams) };
      requests.push(request);
      const { status, body } = answer(request);
      const controller = { abort: () => {} } as unknown as Dispatcher.DispatchController;
      handler.onRequestStart?.(controller, {});
      handler.onResponseStart?.(controller, status, json, '');
      handler.onResponseData?.(controller, Buffer.from(body));
      handler.onResponseEnd?.(controller, {});
      return true;
    },
  };
  const everywhere = dispatcher as unknown as Dispatcher;
  return {
    client: createClient({
      apiKey: 'k',
      requestsPerMinute: 0,
      dispatcher: everywhere,
      fileDispatcher: everywhere,
    }),
    get requests() {
      return requests;
    },
    answerWith(next) {
      requests = [];
      answer = next;
    },
  };
}
