/**
 * The public client: `import { createClient } from 'opencx-sessions-mcp/client'`.
 * @module opencx-sessions-mcp/client
 */

export type { HistoryItem, Page, SearchResults, Session, SessionContact } from '../contract/entities.ts';
export type { Clock } from '../time/clock.ts';
export { Deadline } from '../time/deadline.ts';
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
export * from './errors.ts';
export type { DownloadProblem } from './files/download.ts';
export type { FileOutcome, FileProblem, FileRequest } from './files/fetch-file.ts';
export type { ApiRequest, ApiRequestEnd, CallOptions } from './http/call-options.ts';
export type { ProxySettings } from './http/connection-pools.ts';
export type { FetchedPage } from './pages.ts';
export type { RateLimiter, SharedRateLimiter } from './rate-limiter.ts';
