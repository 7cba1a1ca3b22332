import type { Dispatcher } from 'undici';
import { isValidApiKey } from '../api-key.ts';
import { InvalidRequestError, NoKeyError } from '../errors.ts';
import { connectionError } from './connection-error.ts';
import type { Limits } from './deadline.ts';
import { errorFromResponse } from './error-from-response.ts';
import { redact } from './redact.ts';
import { type Incoming, roundTrip } from './transport.ts';

export interface Target {
  readonly apiKey: string | undefined;
  /** Scheme, host and port. */
  readonly origin: string;
  /** What stands before every path: empty, or a path without a slash at its end. */
  readonly prefix: string;
  readonly userAgent: string;
}

interface RequestInput {
  readonly dispatcher: Dispatcher;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

export interface Answer {
  /** Empty where the API sends none. */
  readonly text: string;
  /** How far the server's clock is ahead of ours, in milliseconds; undefined when it did not say. */
  readonly clockOffset: number | undefined;
}

/**
 * One HTTP exchange with the API: bearer key, deadline, abort, bounded body.
 * @returns a 2xx answer, the key redacted wherever it stands in it.
 * @throws OpenCxError of the kind that fits. Redirects are not followed, so the key never leaves its host.
 */
export async function sendRequest(target: Target, input: RequestInput, limits: Limits): Promise<Answer> {
  const { apiKey } = target;
  if (!apiKey) throw new NoKeyError('No API key is configured.');
  if (!isValidApiKey(apiKey)) {
    throw new NoKeyError('The API key holds characters that no HTTP header can carry.');
  }
  const body = input.body === undefined ? null : serialise(input.body);
  const query = input.query === undefined ? '' : String(new URLSearchParams(input.query));
  const path = target.prefix + input.path + (query === '' ? '' : `?${query}`);
  const headers = {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    'user-agent': target.userAgent,
    ...(body === null ? {} : { 'content-type': 'application/json' }),
  };

  let left = false;
  let status: number | undefined;
  try {
    const outgoing = { method: input.method, origin: target.origin, path, headers, body };
    const answer = await roundTrip(input.dispatcher, outgoing, limits, () => {
      left = true;
    });
    status = answer.status;
    if (status >= 200 && status < 300) {
      return { text: redact(answer.text, apiKey), clockOffset: clockOffset(answer) };
    }
    throw errorFromResponse(input.method, status, answer.headers, answer.text, apiKey);
  } catch (error) {
    throw error instanceof Error && 'kind' in error ? error : connectionError(error, left);
  } finally {
    limits.onAnswer?.(status);
  }
}

function serialise(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch {
    throw new InvalidRequestError('The request cannot be written as JSON. Nothing was sent.');
  }
}

function clockOffset({ headers, headAt }: Incoming): number | undefined {
  const { date } = headers;
  const time = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? undefined : time - headAt;
}
