import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import type { HistoryItem, Page, SearchResults, Session } from '../contract/entities.ts';
import { requestsPerMinute } from '../contract/rate-limit.ts';
import { type Route, routes } from '../contract/routes.ts';
import type { z } from '../contract/zod.ts';
import { Deadline } from '../time/deadline.ts';
import { clockWatch, sleepDetector } from '../time/sleep-detector.ts';
import { parseBody, readAnswer, readSent, type SendOutcome } from './answers.ts';
import { baseUrlProblem, isLoopback } from './base-url.ts';
import { checkInput, isPlainObject, toQuery } from './check-input.ts';
import { defaultBaseUrl, defaultTimeoutMs } from './defaults.ts';
import { ClosedError, InvalidRequestError, OpenCxError, RateLimitedError, TimeoutError } from './errors.ts';
import type { FileOutcome, FileRequest } from './files/fetch-file.ts';
import { type CallOptions, checkCallOptions } from './http/call-options.ts';
import { type ConnectionPools, createConnectionPools, type ProxySettings } from './http/connection-pools.ts';
import { sendRequest } from './http/request.ts';
import { withRetries } from './http/retry.ts';
import { type ClientOptions, checkOptions } from './options.ts';
import { type FetchedPage, pages } from './pages.ts';
import { fillPath } from './path.ts';
import { createRateBudget, type RateBudget, rateBudgetOn, sharedRateBudget } from './rate-budget.ts';

export type { SendOutcome };

type Input<S extends z.ZodTypeAny> = z.input<S>;
/**
 * Filters of a list of sessions, and its cursor.
 * @interface
 */
export type ListSessionsQuery = Input<typeof routes.listSessions.query>;
/**
 * A new session.
 * @interface
 */
export type CreateSessionBody = Input<typeof routes.createSession.body>;
/**
 * A change of a session's status.
 * @interface
 */
export type UpdateSessionBody = Input<typeof routes.updateSession.body>;
/**
 * A message, and what else it changes.
 * @interface
 */
export type SendMessageBody = Input<typeof routes.sendMessage.body>;

/**
 * The session operations of the API, one method each. Every method may throw an `OpenCxError`.
 * @see https://docs.open.cx/llms.txt lists the pages of the API's documentation.
 */
export interface SessionsClient {
  /** Fetches one page of sessions. @see https://docs.open.cx/api-reference/chat-sessions/list */
  listSessions(query?: ListSessionsQuery, options?: CallOptions): Promise<Page<Session>>;
  /** Iterates over all pages from `query.cursor` on. Fetches each page when it is requested. */
  sessionPages(
    query?: ListSessionsQuery,
    options?: CallOptions,
  ): AsyncGenerator<FetchedPage<Session>, void, undefined>;
  /**
   * Searches contacts and messages by name, email address, phone number or keyword.
   * @see https://docs.open.cx/api-reference/chat-sessions/search
   */
  searchSessions(query: { q: string }, options?: CallOptions): Promise<SearchResults>;
  /** Fetches one session. @see https://docs.open.cx/api-reference/chat-sessions/get */
  getSession(sessionId: string, options?: CallOptions): Promise<Session>;
  /** Creates a session and returns its id. @see https://docs.open.cx/api-reference/chat-sessions/create */
  createSession(body: CreateSessionBody, options?: CallOptions): Promise<{ id: string }>;
  /** Changes the status of a session. @see https://docs.open.cx/api-reference/chat-sessions/update */
  updateSession(sessionId: string, body: UpdateSessionBody, options?: CallOptions): Promise<void>;
  /**
   * Sends one message, at most once. Returns errors of the API in the outcome instead of throwing them.
   * @see https://docs.open.cx/api-reference/chat-sessions/send
   */
  sendMessage(sessionId: string, body: SendMessageBody, options?: CallOptions): Promise<SendOutcome>;
  /**
   * Fetches one page of a session's history, in the order of the API.
   * @see https://docs.open.cx/api-reference/chat-sessions/list_history
   */
  listHistory(
    sessionId: string,
    query?: { cursor?: string | undefined },
    options?: CallOptions,
  ): Promise<Page<HistoryItem>>;
  /** Iterates over all pages of a session's history, from `start` on. Fetches each page when it is requested. */
  historyPages(
    sessionId: string,
    options?: CallOptions,
    start?: string,
  ): AsyncGenerator<FetchedPage<HistoryItem>, void, undefined>;
  /**
   * Fetches a file from an address that a message names, without the key. Problems are outcomes, not errors.
   * @throws CancelledError when the caller aborts.
   */
  fetchFile(request: FileRequest, options?: CallOptions): Promise<FileOutcome>;
  /**
   * The server's clock minus the local clock, in milliseconds, from the `Date` header of the latest response. Accurate
   * to a second or two. Undefined before the first `Date` header, and when the local clock was set after it.
   */
  clockOffset(): number | undefined;
  /** Requests that the client sends in a minute at most; undefined for no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** Loads the HTTP code ahead of the first request. Opens no connection. */
  prepare(): Promise<void>;
  /** Closes all connections. Requests in flight fail. */
  close(): Promise<void>;
}

export type { ClientOptions } from './options.ts';

/** Pause after a 429 without `Retry-After`. */
const defaultPauseSeconds = 1;

/**
 * Creates a client for the OpenCX sessions API. Opens no connection before the first call.
 * @throws InvalidRequestError if the base URL is neither https nor http on localhost, or an option does not exist: a
 *   misspelt `baseUrl` would lead to the live API.
 */
export function createClient(options: ClientOptions = {}): SessionsClient {
  checkOptions(options);
  const baseUrl = options.baseUrl ?? defaultBaseUrl;
  const problem = baseUrlProblem(baseUrl);
  if (problem !== undefined) throw new InvalidRequestError(`baseUrl ${problem}.`);
  const { origin, pathname } = new URL(baseUrl);
  const target = {
    apiKey: options.apiKey,
    origin,
    prefix: pathname.replace(/(?<!\/)\/+$/, ''),
    userAgent: options.userAgent ?? 'opencx-sessions-mcp',
  };
  // Loaded with the first request, to keep the start fast.
  let ready: Promise<ConnectionPools & { budget: RateBudget }> | undefined;
  const prepared = () => {
    ready ??= prepare(options, baseUrl);
    return ready;
  };

  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const hasSlept = sleepDetector();
  let clock: { offset: number; wasSet: () => boolean } | undefined;
  const perMinute = options.requestsPerMinute ?? requestsPerMinute;
  let closed = false;

  function refuseIfClosed() {
    if (closed && !options.dispatcher) throw new ClosedError('The client is closed.');
  }

  let filePool: Promise<Dispatcher> | undefined;
  function files(): Promise<Dispatcher> {
    filePool ??= options.fileDispatcher
      ? Promise.resolve(options.fileDispatcher)
      : openFilePool(options.proxy);
    return filePool;
  }

  async function exchangeText(
    route: Route,
    input: CallInput,
    callOptions: CallOptions = {},
  ): Promise<string> {
    checkCallOptions(callOptions);
    const wanted = {
      method: route.method,
      route: route.path,
      path: fillPath(route.path, input.params),
      query: route.query && toQuery(checkInput(route.query, input.query)),
      body: route.body && checkInput(route.body, input.body),
    };
    const deadline = Deadline.after(timeoutMs).orEarlier(callOptions.deadline);
    const limits = { ...callOptions, deadline };
    refuseIfClosed();
    const { reads, writes, budget, dropIdle } = await prepared();
    const request = { dispatcher: route.method === 'GET' ? reads : writes, ...wanted };
    let attempts = 0;
    return withRetries(route.method, limits, async (attemptLimits) => {
      await budget.take(limits);
      refuseIfClosed();
      // A write must not be lost on a connection that broke meanwhile.
      if (hasSlept()) dropIdle();
      try {
        const answer = await sendRequest(target, { repeats: attempts++, ...request }, attemptLimits);
        if (answer.clockOffset !== undefined) clock = { offset: answer.clockOffset, wasSet: clockWatch() };
        return answer.text;
      } catch (error) {
        // If one connection is silent, those that were kept as long may be too.
        if (error instanceof TimeoutError) dropIdle();
        if (error instanceof RateLimitedError)
          await budget.pause(error.retryAfterSeconds ?? defaultPauseSeconds);
        throw error;
      }
    });
  }

  async function call<T>(route: Route, input: CallInput, callOptions?: CallOptions): Promise<T> {
    const text = await exchangeText(route, input, callOptions);
    if (route.response !== null) return await readAnswer<T>(route.response, text);
    // An empty body is documented. HTML, such as a proxy's login page, is not a success.
    if (text.trim() !== '') parseBody(text);
    return undefined as T;
  }

  const client: SessionsClient = {
    listSessions: (query = {}, callOptions) => call(routes.listSessions, { query }, callOptions),
    sessionPages: (query = {}, callOptions) => {
      // Taken apart, what is no plain object would lose its filters before they are checked.
      if (!isPlainObject(query)) return pages(() => client.listSessions(query, callOptions));
      const { cursor, ...filters } = query;
      return pages((next) => client.listSessions({ ...filters, cursor: next }, callOptions), cursor);
    },
    searchSessions: (query, callOptions) => call(routes.searchSessions, { query }, callOptions),
    getSession: (id, callOptions) => call(routes.getSession, { params: { session_id: id } }, callOptions),
    createSession: (body, callOptions) => call(routes.createSession, { body }, callOptions),
    updateSession: (id, body, callOptions) =>
      call(routes.updateSession, { params: { session_id: id }, body }, callOptions),
    sendMessage: async (id, body, callOptions) => {
      try {
        const input = { params: { session_id: id }, body };
        return readSent(await exchangeText(routes.sendMessage, input, callOptions), options.apiKey ?? '');
      } catch (error) {
        if (!(error instanceof OpenCxError)) throw error;
        return { outcome: error.mayHaveArrived ? 'unknown' : 'rejected', error };
      }
    },
    listHistory: (id, query = {}, callOptions) =>
      call(routes.listHistory, { params: { session_id: id }, query }, callOptions),
    historyPages: (id, callOptions, start) =>
      pages((cursor) => client.listHistory(id, { cursor }, callOptions), start),
    fetchFile: async (request, callOptions = {}) => {
      checkCallOptions(callOptions);
      refuseIfClosed();
      const deadline = Deadline.after(timeoutMs).orEarlier(callOptions.deadline);
      const { fetchFile } = await import('./files/fetch-file.ts');
      const { reads } = await prepared();
      const own = isLoopback(baseUrl) ? { origin, dispatcher: reads } : undefined;
      const connections = { pool: files, own, userAgent: target.userAgent };
      return fetchFile(request, connections, { ...callOptions, deadline });
    },
    clockOffset: () => (clock?.wasSet() ? undefined : clock?.offset),
    requestsPerMinute: perMinute === 0 ? undefined : perMinute,
    prepare: async () => void (await prepared()),
    close: async () => {
      closed = true;
      const opened = options.dispatcher ? undefined : await ready;
      const openedFiles = options.fileDispatcher ? undefined : await filePool;
      await Promise.all([opened?.destroy(), openedFiles?.destroy()]);
    },
  };
  return client;
}

async function prepare(
  options: ClientOptions,
  baseUrl: string,
): Promise<ConnectionPools & { budget: RateBudget }> {
  const { dispatcher: given } = options;
  const [dispatchers, budget] = await Promise.all([
    given
      ? { reads: given, writes: given, dropIdle() {}, async destroy() {} }
      : createConnectionPools(baseUrl, options.proxy),
    budgetOf(options),
  ]);
  return { ...dispatchers, budget };
}

function budgetOf({
  sharedRateLimiter,
  rateLimiter,
  ...options
}: ClientOptions): RateBudget | Promise<RateBudget> {
  if (sharedRateLimiter) return sharedRateBudget(sharedRateLimiter);
  if (rateLimiter) return rateBudgetOn(rateLimiter);
  return createRateBudget(options.requestsPerMinute ?? requestsPerMinute);
}

/** Opened with the first file from another host: few sessions of the server need it. */
async function openFilePool(proxy: ProxySettings = {}): Promise<Dispatcher> {
  const [{ createFilePool, publicLookup }, { lookup }] = await Promise.all([
    import('./files/file-pool.ts'),
    import('node:dns'),
  ]);
  return createFilePool(proxy, { lookup: publicLookup(lookup as LookupFunction) });
}

interface CallInput {
  params?: Record<string, string>;
  query?: unknown;
  body?: unknown;
}
