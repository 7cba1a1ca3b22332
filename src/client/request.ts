import { type Dispatcher, request } from 'undici';
import { ConnectionError, InvalidRequestError, InvalidResponseError, NoKeyError } from './errors.ts';
import { errorFromResponse } from './failure.ts';
import { bounded, endedBy, type Limits } from './limits.ts';

export interface Target {
  readonly apiKey: string | undefined;
  readonly baseUrl: string;
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
  /** The server's own clock, in milliseconds since 1970; undefined when it did not say. */
  readonly serverTime: number | undefined;
}

/** An answer larger than this is not one the documents describe; reading on would only cost memory. */
const maxBodyBytes = 10_000_000;
const maxErrorBodyBytes = 1_000_000;

/**
 * One HTTP exchange with the API: bearer key, deadline, abort, bounded body.
 * @returns a 2xx answer.
 * @throws OpenCxError of the kind that fits. Redirects are not followed, so the key never leaves its host.
 */
export async function exchange(target: Target, input: RequestInput, limits: Limits): Promise<Answer> {
  if (!target.apiKey) throw new NoKeyError('No API key is configured.');
  if (!/^[\x21-\x7e]+$/.test(target.apiKey)) {
    throw new NoKeyError('The API key holds characters that no HTTP header can carry.');
  }
  const body = input.body === undefined ? null : serialise(input.body);
  const { signal, release } = bounded(limits);
  if (signal.aborted) {
    release();
    throw endedBy(signal.reason, false);
  }
  const url = new URL(target.baseUrl.replace(/\/+$/, '') + input.path);
  for (const [key, value] of Object.entries(input.query ?? {})) url.searchParams.set(key, value);

  let status: number | undefined;
  try {
    const answer = request(url, {
      dispatcher: input.dispatcher,
      method: input.method,
      signal,
      headers: {
        authorization: `Bearer ${target.apiKey}`,
        accept: 'application/json',
        'user-agent': target.userAgent,
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      body,
      // The deadline above is the only clock: undici's own would fire first on a long call.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const response = await orAborted(answer, signal);
    status = response.statusCode;
    if (status >= 200 && status < 300) {
      const text = await readBounded(response.body, maxBodyBytes, false);
      return { text, serverTime: parseDate(response.headers['date']) };
    }
    // The status tells what became of the request, whether or not its explanation arrives whole.
    const explanation = await readBounded(response.body, maxErrorBodyBytes, true).catch(() => '');
    const masked = explanation.replaceAll(target.apiKey, '[key]');
    throw errorFromResponse(input.method, status, response.headers, masked);
  } catch (error) {
    throw asClientError(error, signal, status !== undefined);
  } finally {
    release();
    limits.onAnswer?.(status);
  }
}

/** undici takes no notice of an abort while it connects: a hanging handshake would outlast the deadline. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

function serialise(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch {
    throw new InvalidRequestError('The request cannot be written as JSON. Nothing was sent.');
  }
}

function parseDate(header: string | string[] | undefined): number | undefined {
  const time = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

async function readBounded(
  body: Dispatcher.ResponseData['body'],
  limit: number,
  truncate: boolean,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > limit) {
      body.destroy();
      if (truncate) break;
      throw new InvalidResponseError(
        `The API's answer is larger than ${limit / 1_000_000} MB; it was not read.`,
      );
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Codes that arise before a connection stands: the request cannot have reached anybody. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  // Certificates are checked before the first byte of a request.
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  // Refused by the HTTP library itself, before anything was written.
  'UND_ERR_INVALID_ARG',
]);

function asClientError(error: unknown, signal: AbortSignal, answered: boolean): unknown {
  if (error instanceof Error && 'kind' in error) return error;
  if (signal.aborted) return endedBy(signal.reason, true);
  const { code, syscall, message } = rootCause(error);
  const connecting = syscall === 'connect' || syscall === 'getaddrinfo';
  const tunnelRefused = message.startsWith('Proxy response');
  const sent = answered || !(neverSent.has(code) || connecting || tunnelRefused);
  const what = sent
    ? 'The connection to the API broke before its answer was complete'
    : 'The API could not be reached';
  return new ConnectionError(`${what} (${code}).`, { mayHaveArrived: sent, cause: error });
}

interface RootCause {
  readonly code: string;
  readonly syscall: string | undefined;
  readonly message: string;
}

/** What first went wrong below an error; an AggregateError (several addresses tried) has it in its parts. */
function rootCause(error: unknown): RootCause {
  if (!(error instanceof Error)) return { code: 'unknown', syscall: undefined, message: '' };
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (typeof code === 'string' || inner === undefined) {
    return { code: typeof code === 'string' ? code : error.name, syscall, message };
  }
  return rootCause(inner);
}
