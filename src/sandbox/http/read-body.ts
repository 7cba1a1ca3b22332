import { HttpError } from './errors.ts';

/** Bytes. Source: assumption `errorBodies`. */
const maxBodyBytes = 10 * 1024 * 1024;
/** Deeper nesting could overflow the stack in `JSON.stringify`. Source: assumption `oddKeys`. */
const maxDepth = 100;

/**
 * Reads the JSON body of a request, up to the size limit.
 * @throws HttpError 413 over the limit, 415 for another content type, 400 for invalid JSON or data that cannot be
 * stored.
 */
export async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const bytes = await readBounded(request);
  if (bytes.length === 0) throw new HttpError(400, 'body: a JSON object is required');
  requireJson(request.headers);
  const value = parse(bytes);
  rejectUnstorable(value);
  return value;
}

function tooLarge(): HttpError {
  // The rest of the body is unread, so the connection cannot be reused.
  return new HttpError(413, `body: must not be larger than ${maxBodyBytes / 1024 / 1024} MB`, {
    connection: 'close',
  });
}

async function readBounded(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (!request.body) return new Uint8Array();
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function requireJson(headers: Headers): void {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/([a-z0-9.-]+\+)?json$/.test(type)) {
    throw new HttpError(415, 'content-type: must be application/json');
  }
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') {
    throw new HttpError(415, 'content-encoding: is not supported');
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new HttpError(400, 'body: must be valid JSON in UTF-8');
  }
}

/**
 * Rejects what the schemas do not check: the key `__proto__`, which zod drops silently; NUL characters, which databases
 * truncate or reject; and deep nesting. Iterative, because recursion could overflow the stack.
 */
function rejectUnstorable(body: unknown): void {
  const stack: { value: unknown; path: readonly string[] }[] = [{ value: body, path: [] }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, path } = next;
    const refusal = (what: string) => new HttpError(400, `${path.slice(0, 10).join('.') || 'body'}: ${what}`);
    if (typeof value === 'string' && value.includes('\0')) throw refusal('must not contain a NUL character');
    if (typeof value !== 'object' || value === null) continue;
    if (path.length > maxDepth) throw refusal('is nested too deeply');
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__' || key.includes('\0'))
        throw refusal(`the key ${JSON.stringify(key)} is not accepted`);
      stack.push({ value: inner, path: [...path, key] });
    }
  }
}
