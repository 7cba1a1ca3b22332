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

/** The scope a key needs: `read` for GET, `write` for everything else. Source: Authentication. */
export type Scope = 'chat-sessions:read' | 'chat-sessions:write';

/** One operation of the API. */
export interface Route {
  readonly operationId: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Template. `{session_id}` is replaced by one encoded path segment. */
  readonly path: string;
  readonly scope: Scope;
  readonly query?: z.AnyZodObject;
  readonly body?: z.ZodTypeAny;
  /** Documented schema of the 200 body; null when there is no body. */
  readonly response: z.AnyZodObject | null;
}

/**
 * The session operations. Docstrings in this folder cite the pages of the API's documentation by name:
 *
 * - Sessions: overview page, listed in https://docs.open.cx/llms.txt
 * - Authentication: https://docs.open.cx/api-reference/authentication
 * - Create Session: https://docs.open.cx/api-reference/chat-sessions/create
 * - List Sessions: https://docs.open.cx/api-reference/chat-sessions/list
 * - Search Sessions: https://docs.open.cx/api-reference/chat-sessions/search
 * - Get Session: https://docs.open.cx/api-reference/chat-sessions/get
 * - Update Session: https://docs.open.cx/api-reference/chat-sessions/update
 * - Send Message: https://docs.open.cx/api-reference/chat-sessions/send
 * - Session History: https://docs.open.cx/api-reference/chat-sessions/list_history
 * - Specification of 2024: `spec.json` in https://github.com/openchatai/opencx-oapi-ts
 *
 * `POST /chat/sessions/filter` is left out: the keys of its `filters` are not public.
 *
 * `searchSessions` must come before `getSession`: routers match in this order, and `{session_id}` matches `search`.
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
    // Our own name: the API's operationId is not public.
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
