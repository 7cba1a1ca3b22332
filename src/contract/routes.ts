import { HistoryPage, HistoryQuery } from './history.ts';
import { SendMessageBody, SentMessage } from './message.ts';
import { SearchQuery, SearchResults } from './search.ts';
import {
  CreatedSession,
  CreateSessionBody,
  ListSessionsQuery,
  Session,
  SessionPage,
  UpdateSessionBody,
} from './session.ts';
import type { z } from './zod.ts';

/** What a key must be allowed to do: `read` covers GET, `write` the rest. Source: facts, "Scopes". */
export type Scope = 'chat-sessions:read' | 'chat-sessions:write';

/** One operation of the API: how it is called and what it takes and gives. */
export interface Route {
  readonly operationId: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Template; `{session_id}` stands for one encoded path segment. */
  readonly path: string;
  readonly scope: Scope;
  readonly query?: z.AnyZodObject;
  readonly body?: z.ZodTypeAny;
  /** Schema of the 200 body as documented; null where the answer has no body. */
  readonly response: z.ZodTypeAny | null;
}

/**
 * The session operations. Sources: seed documents for create, list and send; facts for the rest. The filter
 * operation is left out: the keys of its `filters` are not public. Order matters to a router: `search` is a
 * fixed word where an id may stand.
 */
export const routes = {
  createSession: {
    operationId: 'createChatSession',
    summary: 'Create a chat session',
    method: 'POST',
    path: '/chat/sessions',
    scope: 'chat-sessions:write',
    body: CreateSessionBody,
    response: CreatedSession,
  },
  listSessions: {
    operationId: 'listChatSessions',
    summary: 'List chat sessions',
    method: 'GET',
    path: '/chat/sessions',
    scope: 'chat-sessions:read',
    query: ListSessionsQuery,
    response: SessionPage,
  },
  searchSessions: {
    // The document's own operationId is not public.
    operationId: 'searchChatSessions',
    summary: 'Search contacts and messages',
    method: 'GET',
    path: '/chat/sessions/search',
    scope: 'chat-sessions:read',
    query: SearchQuery,
    response: SearchResults,
  },
  getSession: {
    operationId: 'getChatSession',
    summary: 'Get a chat session',
    method: 'GET',
    path: '/chat/sessions/{session_id}',
    scope: 'chat-sessions:read',
    response: Session,
  },
  updateSession: {
    operationId: 'updateChatSession',
    summary: 'Update a chat session',
    method: 'PATCH',
    path: '/chat/sessions/{session_id}',
    scope: 'chat-sessions:write',
    body: UpdateSessionBody,
    response: null,
  },
  sendMessage: {
    operationId: 'sendMessage',
    summary: 'Send a message',
    method: 'POST',
    path: '/chat/sessions/{session_id}/send',
    scope: 'chat-sessions:write',
    body: SendMessageBody,
    response: SentMessage,
  },
  listHistory: {
    operationId: 'listChatHistory',
    summary: 'List the history of a chat session',
    method: 'GET',
    path: '/chat/sessions/{session_id}/history',
    scope: 'chat-sessions:read',
    query: HistoryQuery,
    response: HistoryPage,
  },
} as const satisfies Record<string, Route>;
