import { randomUUID } from 'node:crypto';
import { canShowCard } from '../card/extension.ts';

const header = 'mcp-session-id';
const prefix = 'card-';

/**
 * In versions before 2026-07-28 a client says only in `initialize` what it can do, and nothing is kept here between
 * requests. So a client that can show the card gets a session id that says so, which it repeats with each request. It
 * grants nothing that the role does not.
 */
export function withCardSession(message: unknown, response: Response): Response {
  const { method, params } = Object(message) as { method?: unknown; params?: unknown };
  const { capabilities } = Object(params) as { capabilities?: unknown };
  if (method === 'initialize' && response.ok && canShowCard(capabilities))
    response.headers.set(header, `${prefix}${randomUUID()}`);
  return response;
}

/** Whether the client of a request in such a version can show the card. */
export function isCardSession(headers: Headers): boolean {
  return headers.get(header)?.startsWith(prefix) === true;
}
