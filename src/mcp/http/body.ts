import { isJsonContentType, readRequestBody } from '@modelcontextprotocol/server';
import { withinBudget } from '../../contract/bounded-json.ts';
import { RawArguments } from '../v1/raw-arguments.ts';
import { rpcError } from './responses.ts';

/** Longest body. It has room for two attachments of the largest size as base64. */
const maxBodyBytes = 16_000_000;

/** Budget for the values of a message, as on stdio. */
const maxCost = 100_000;

/** The message of a request, and the arguments of its call as they were sent. */
export interface Body {
  readonly message: unknown;
  readonly rawArguments: RawArguments;
}

/** Reads the body of a request, or refuses it. @returns undefined for a request that has none. */
export async function readBody(request: Request): Promise<Body | Response | undefined> {
  // The SDK refuses other types and methods by their headers.
  if (request.method !== 'POST' || !isJsonContentType(request.headers.get('content-type'))) return undefined;
  const text = await readText(request);
  if (text === undefined)
    return rpcError(413, -32600, `The request body is longer than ${maxBodyBytes} bytes.`);
  if (withinBudget(text, maxCost)?.leftOut !== 0)
    return rpcError(400, -32600, 'The request body has too many values.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return rpcError(400, -32700, 'The request body is not JSON.');
  }
  const rawArguments = new RawArguments();
  const keep = (message: unknown) => rawArguments.keep(message);
  return { message: Array.isArray(parsed) ? parsed.map(keep) : keep(parsed), rawArguments };
}

async function readText(request: Request): Promise<string | undefined> {
  const length = request.headers.get('content-length');
  // Node holds a client to the length that it announced, and reads the whole faster than a stream.
  if (length !== null) return Number(length) <= maxBodyBytes ? request.text() : undefined;
  const read = await readRequestBody(request, maxBodyBytes);
  return read.tooLarge ? undefined : read.text;
}
