import type { Dispatcher } from 'undici';
import type { HistoryItem, Page, SearchResults, Session } from '../contract/entities.ts';
import { lenientReader, UnreadableError } from '../contract/lenient-schemas.ts';
import { requestsPerMinute } from '../contract/rate-limit.ts';
import { type Route, routes } from '../contract/routes.ts';
import type { z } from '../contract/zod.ts';
import { Deadline } from '../time/deadline.ts';
import { baseUrlProblem } from './base-url.ts';
import { defaultBaseUrl, defaultTimeoutMs } from './defaults.ts';
import {
  ConnectionError,
  InvalidRequestError,
  InvalidResponseError,
  OpenCxError,
  RateLimitedError,
} from './errors.ts';
import type { CallOptions } from './http/call-options.ts';
import { type ConnectionPools, createConnectionPools, type ProxySettings } from './http/connection-pools.ts';
import { readMessage } from './http/error-message.ts';
import { sendRequest } from './http/request.ts';
import { withRetries } from './http/retry.ts';
import { type FetchedPage, pages } from './pages.ts';
import { fillPath } from './path.ts';
import { createRateBudget, type RateBudget, rateBudgetOn } from './rate-budget.ts';
import type { RateLimiter } from './rate-limiter.ts';

type Input<S extends z.ZodTypeAny> = z.input<S>;
export type ListSessionsQuery = Input<typeof routes.listSessions.query>;
export type CreateSessionBody = Input<typeof routes.createSession.body>;
export type UpdateSessionBody = Input<typeof routes.updateSession.body>;
export type SendMessageBody = Input<typeof routes.sendMessage.body>;

/**
 * What became of a message. `unknown` means that its answer was lost: it may or may not stand in the session, so
 * it must not simply be sent again.
 */
export type SendOutcome =
  | { readonly outcome: 'sent'; readonly messageId: string | undefined }
  | { readonly outcome: 'rejected'; readonly error: OpenCxError }
  | { readonly outcome: 'unknown'; readonly error: OpenCxError };

/** The session operations of the API, one method each. Every method may throw an `OpenCxError`. */
export interface SessionsClient {
  /** One page of sessions. Source: list document. */
  listSessions(query?: ListSessionsQuery, options?: CallOptions): Promise<Page<Session>>;
  /** All pages from `query.cursor` on, fetched one by one as they are asked for. */
  sessionPages(
    query?: ListSessionsQuery,
    options?: CallOptions,
  ): AsyncGenerator<FetchedPage<Session>, void, undefined>;
  /** Contacts and messages that match a name, an e-mail address, a phone number or a keyword. */
  searchSessions(query: { q: string }, options?: CallOptions): Promise<SearchResults>;
  getSession(sessionId: string, options?: CallOptions): Promise<Session>;
  /** Creates a session; the answer holds its id only. Source: create document. */
  createSession(body: CreateSessionBody, options?: CallOptions): Promise<{ id: string }>;
  /** Changes the status; the API answers without a body. */
  updateSession(sessionId: string, body: UpdateSessionBody, options?: CallOptions): Promise<void>;
  /** Sends one message, never twice. Does not throw for a refusal or a lost answer. Source: send document. */
  sendMessage(sessionId: string, body: SendMessageBody, options?: CallOptions): Promise<SendOutcome>;
  /** One page of a session's history, in the API's own order. */
  listHistory(
    sessionId: string,
    query?: { cursor?: string },
    options?: CallOptions,
  ): Promise<Page<HistoryItem>>;
  /** All pages of a session's history from the first on. */
  historyPages(
    sessionId: string,
    options?: CallOptions,
  ): AsyncGenerator<FetchedPage<HistoryItem>, void, undefined>;
  /**
   * How far the server's clock is ahead of this machine's, in milliseconds, by the `Date` of its newest answer;
   * exact to a second or two. Undefined before the first answer, or when the server sends no `Date`.
   */
  clockOffset(): number | undefined;
  /** Loads what the first request needs, which then need not wait for it. Opens no connection. */
  prepare(): Promise<void>;
  /** Closes every connection at once; requests under way fail. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** The key, as made under Settings, Access. Without one every call throws `NoKeyError`. */
  apiKey?: string | undefined;
  /** Default `https://api.open.cx`. */
  baseUrl?: string | undefined;
  /** Longest time of one call, its repeats and waiting included, in milliseconds. Default 50,000. */
  timeoutMs?: number;
  /** Requests a minute that this client allows itself; 0 = no limit. Default 100, as documented. */
  requestsPerMinute?: number;
  /** Replaces `requestsPerMinute`: a limiter that several clients share. */
  rateLimiter?: RateLimiter;
  userAgent?: string;
  proxy?: ProxySettings;
  /** Used for every request instead of the client's own pools; `close` leaves it open. */
  dispatcher?: Dispatcher;
}

/** After a 429 that does not say for how long. */
const defaultPauseSeconds = 1;

/**
 * Makes a client for the OpenCX sessions API. Opens no connection before the first call.
 * @throws InvalidRequestError for a base URL that is neither https nor on this machine.
 */
export function createClient(options: ClientOptions = {}): SessionsClient {
  const baseUrl = options.baseUrl ?? defaultBaseUrl;
  const problem = baseUrlProblem(baseUrl);
  if (problem !== undefined) throw new InvalidRequestError(`baseUrl ${problem}.`);
  const { origin, pathname } = new URL(baseUrl);
  const target = {
    apiKey: options.apiKey,
    origin,
    prefix: pathname.replace(/\/+$/, ''),
    userAgent: options.userAgent ?? 'opencx-sessions-mcp',
  };
  // What requests go through is loaded with the first of them: a start needs no HTTP.
  let ready: Promise<ConnectionPools & { budget: RateBudget }> | undefined;
  const prepared = () => {
    ready ??= prepare(options, baseUrl);
    return ready;
  };

  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  let clockOffset: number | undefined;
  let closed = false;

  async function exchangeText(
    route: Route,
    input: CallInput,
    callOptions: CallOptions = {},
  ): Promise<string> {
    const wanted = {
      method: route.method,
      path: fillPath(route.path, input.params),
      query: route.query && toQuery(check(route.query, input.query ?? {})),
      body: route.body && check(route.body, input.body),
    };
    const deadline = Deadline.after(timeoutMs).orEarlier(callOptions.deadline);
    const limits = { ...callOptions, deadline };
    if (closed && !options.dispatcher)
      throw new ConnectionError('The client is closed.', { mayHaveArrived: false });
    const { reads, writes, budget } = await prepared();
    const request = { ...wanted, dispatcher: route.method === 'GET' ? reads : writes };
    return withRetries(route.method, limits, async () => {
      await budget.take(limits);
      try {
        const answer = await sendRequest(target, request, limits);
        clockOffset = answer.clockOffset ?? clockOffset;
        return answer.text;
      } catch (error) {
        if (error instanceof RateLimitedError)
          await budget.pause(error.retryAfterSeconds ?? defaultPauseSeconds);
        throw error;
      }
    });
  }

  async function call<T>(route: Route, input: CallInput, callOptions?: CallOptions): Promise<T> {
    const text = await exchangeText(route, input, callOptions);
    if (route.response !== null) return readAnswer<T>(route.response, text);
    // No body is documented, but a login page of something in between is no success either.
    if (text.trim() !== '') parseJson(text);
    return undefined as T;
  }

  const client: SessionsClient = {
    listSessions: (query = {}, callOptions) => call(routes.listSessions, { query }, callOptions),
    sessionPages: ({ cursor, ...filters } = {}, callOptions) =>
      pages(
        (next) =>
          client.listSessions(next === undefined ? filters : { ...filters, cursor: next }, callOptions),
        cursor,
      ),
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
    historyPages: (id, callOptions) =>
      pages((cursor) => client.listHistory(id, cursor === undefined ? {} : { cursor }, callOptions)),
    clockOffset: () => clockOffset,
    prepare: async () => void (await prepared()),
    close: async () => {
      closed = true;
      const opened = options.dispatcher ? undefined : await ready;
      await Promise.all([opened?.reads.destroy(), opened?.writes.destroy()]);
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
    given ? { reads: given, writes: given } : createConnectionPools(baseUrl, options.proxy),
    options.rateLimiter
      ? rateBudgetOn(options.rateLimiter)
      : createRateBudget(options.requestsPerMinute ?? requestsPerMinute),
  ]);
  return { ...dispatchers, budget };
}

interface CallInput {
  params?: Record<string, string>;
  query?: unknown;
  body?: unknown;
}

/** Holds what is about to be sent against the documents: only documented fields leave, and only valid ones. */
function check(schema: z.ZodTypeAny, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new InvalidRequestError(
    `${field === '' ? 'The request' : field}: ${issue?.message}. Nothing was sent.`,
  );
}

function toQuery(query: unknown): Record<string, string> {
  const entries = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

function readAnswer<T>(schema: z.ZodTypeAny, text: string): T {
  const body = parseJson(text);
  try {
    return lenientReader(schema)(body) as T;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new InvalidResponseError(
      `The API answered with success, but its body is not as documented (${error.path.join('.')}: ${error.message}).`,
    );
  }
}

/**
 * A success without the documented id is still a success: the message was taken, we just cannot name it. What
 * `success: false` in a 200 means is not documented; the message may stand there all the same.
 */
function readSent(text: string, apiKey: string): SendOutcome {
  const body = parseJson(text) as { success?: unknown; data?: { message?: { id?: unknown } } } | null;
  if (body?.success === false) {
    const message = 'The API answered 200 with success: false.';
    return {
      outcome: 'unknown',
      error: new InvalidResponseError(message, { apiMessage: readMessage(text, apiKey) }),
    };
  }
  const messageId = body?.data?.message?.id;
  return { outcome: 'sent', messageId: typeof messageId === 'string' ? messageId : undefined };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidResponseError('The API answered with success, but its body is not JSON.');
  }
}
