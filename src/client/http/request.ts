import type { Dispatcher } from 'undici';
import { redactPlain } from '../../text/redact.ts';
import { isValidApiKey } from '../api-key.ts';
import { InvalidRequestError, NoKeyError } from '../errors.ts';
import type { Limits } from './call-options.ts';
import { connectionError } from './connection-error.ts';
import { errorFromResponse } from './error-from-response.ts';
import { type HttpResponse, roundTrip } from './transport.ts';

export interface Target {
  readonly apiKey: string | undefined;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Prefix of every path, without a trailing slash; may be empty. */
  readonly prefix: string;
  readonly userAgent: string;
}

interface RequestInput {
  readonly dispatcher: Dispatcher;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** The template of `path`. */
  readonly route: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  /** How often this request was sent before. */
  readonly repeats: number;
}

export interface ApiResponse {
  /** The body; may be empty. */
  readonly text: string;
  /** The server's clock minus ours, in milliseconds; undefined without a `Date` header. */
  readonly clockOffset: number | undefined;
}

/**
 * Sends one request to the API. Redirects are not followed: they could send the key to another host.
 * @returns a 2xx response, with the key redacted if it is spelled plainly.
 * @throws OpenCxError for any other outcome.
 */
export async function sendRequest(target: Target, input: RequestInput, limits: Limits): Promise<ApiResponse> {
  const { apiKey } = target;
  if (!apiKey) throw new NoKeyError('No API key is configured.');
  if (!isValidApiKey(apiKey)) {
    throw new NoKeyError('The API key has characters not allowed in HTTP headers.');
  }
  const body = input.body === undefined ? null : serialize(input.body);
  const query = input.query ? `?${new URLSearchParams(input.query)}` : '';
  const path = target.prefix + input.path + (query === '?' ? '' : query);
  const headers = {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    'user-agent': target.userAgent,
    ...(body === null ? {} : { 'content-type': 'application/json' }),
  };

  const { method, route, repeats } = input;
  const onEnd = limits.onRequest?.({ method, route, origin: target.origin, repeats });
  let requestStarted = false;
  let status: number | undefined;
  let failure: Error | undefined;
  try {
    const request = { method, origin: target.origin, path, headers, body };
    const response = await roundTrip(input.dispatcher, request, limits, () => {
      requestStarted = true;
      limits.onStart?.(method);
    });
    status = response.status;
    if (status < 300) {
      return { text: redactPlain(response.text, apiKey), clockOffset: clockOffset(response) };
    }
    throw errorFromResponse(method, status, response.headers, response.text, apiKey);
  } catch (error) {
    failure = error instanceof Error && 'kind' in error ? error : connectionError(error, requestStarted);
    throw failure;
  } finally {
    onEnd?.({ status, error: failure?.name });
  }
}

function serialize(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch {
    throw new InvalidRequestError('The request cannot be serialized. Nothing was sent.');
  }
}

function clockOffset({ headers, receivedAt }: HttpResponse): number | undefined {
  const time = Date.parse(String(headers['date']));
  return Number.isNaN(time) ? undefined : time - receivedAt;
}
