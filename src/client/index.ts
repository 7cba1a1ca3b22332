/**
 * A typed client of the OpenCX sessions API, for programs: `import { createClient } from 'opencx-sessions-mcp/client'`.
 */

export type { HistoryItem, Page, SearchResults, Session, SessionContact } from '../contract/read.ts';
export {
  type ClientOptions,
  type CreateSessionBody,
  createClient,
  type ListSessionsQuery,
  type SendMessageBody,
  type SendOutcome,
  type SessionsClient,
  type UpdateSessionBody,
} from './client.ts';
export type { ProxySettings } from './dispatchers.ts';
export * from './errors.ts';
export type { CallOptions } from './limits.ts';
export type { FetchedPage } from './pages.ts';
