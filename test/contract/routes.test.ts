import { describe, expect, it } from 'vitest';
import { type Route, routes } from '../../src/contract/routes.ts';

const all: Route[] = Object.values(routes);

describe('routes', () => {
  it('are the documented operations', () => {
    expect(all.map(({ operationId, method, path }) => `${operationId}: ${method} ${path}`)).toEqual([
      'createChatSession: POST /chat/sessions',
      'listChatSessions: GET /chat/sessions',
      'searchChatSessions: GET /chat/sessions/search',
      'getChatSession: GET /chat/sessions/{session_id}',
      'updateChatSession: PATCH /chat/sessions/{session_id}',
      'sendMessage: POST /chat/sessions/{session_id}/send',
      'listChatHistory: GET /chat/sessions/{session_id}/history',
    ]);
  });

  it('need the read scope for GET and the write scope otherwise', () => {
    for (const { method, scope } of all) {
      expect(scope).toBe(method === 'GET' ? 'chat-sessions:read' : 'chat-sessions:write');
    }
  });

  it('list search before the session id, which would match it', () => {
    const paths = all.map(({ path }) => path);
    expect(paths.indexOf('/chat/sessions/search')).toBeLessThan(paths.indexOf('/chat/sessions/{session_id}'));
  });
});
