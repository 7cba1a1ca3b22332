import type { Route, routes } from '../../contract/routes.ts';
import type { z } from '../../contract/zod.ts';
import { getSession } from '../service/reading/get-session.ts';
import { listHistory } from '../service/reading/list-history.ts';
import { listSessions } from '../service/reading/list-sessions.ts';
import { searchSessions } from '../service/reading/search-sessions.ts';
import type { Service } from '../service/service.ts';
import { createSession } from '../service/writing/create-session.ts';
import { sendMessage } from '../service/writing/send-message.ts';
import { updateSession } from '../service/writing/update-session.ts';

/** A request to an operation, validated against the contract. */
export interface OperationInput<R extends Route> {
  readonly sessionId: string;
  readonly query: R extends { readonly query: infer S extends z.ZodTypeAny } ? z.output<S> : undefined;
  readonly body: R extends { readonly body: infer S extends z.ZodTypeAny } ? z.output<S> : undefined;
  /** Scheme, host and port of the request. */
  readonly origin: string;
}

type Operations = {
  readonly [K in keyof typeof routes]: (
    input: OperationInput<(typeof routes)[K]>,
  ) => Promise<(typeof routes)[K]['response'] extends infer S extends z.ZodTypeAny ? z.input<S> : void>;
};

/** Implements each operation of the contract. */
export function operations(service: Service): Operations {
  return {
    createSession: ({ body }) => createSession(service, body),
    listSessions: ({ query }) => listSessions(service, query),
    searchSessions: ({ query }) => searchSessions(service, query),
    getSession: ({ sessionId }) => getSession(service, sessionId),
    updateSession: ({ sessionId, body }) => updateSession(service, sessionId, body),
    sendMessage: ({ sessionId, body }) => sendMessage(service, sessionId, body),
    listHistory: ({ sessionId, query, origin }) => listHistory(service, sessionId, query, origin),
  };
}
