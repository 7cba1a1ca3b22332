import { HttpError } from './errors.ts';

/** Source: assumption `errorBodies`. Bytes. */
const maxBodyBytes = 10 * 1024 * 1024;
/** Deeper data is nobody's; it could not be written back without overflowing the stack. */
const maxDepth = 100;

/**
 * The JSON body of a request, read no further than the limit.
 * @throws HttpError 413 over the limit, 415 for another content type, 400 for what is no JSON object or holds
 * what cannot be stored.
 */
export async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const bytes = await readBounded(request);
  if (bytes.length === 0) throw new HttpError(400, 'body: a JSON object is required');
  requireJson(request.headers);
  const value = parse(bytes);
  inspect(value);
  return value;
}

function tooLarge(): HttpError {
  // The rest of the body was not read, so the connection cannot carry another request.
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
    throw new HttpError(415, 'content-encoding: is not accepted');
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
 * Refuses what the schemas cannot see: `__proto__` as a key, which zod drops without a word; NUL characters,
 * which databases cut or refuse; and bottomless nesting. Walks without recursion for the last one's sake.
 */
function inspect(body: unknown): void {
  const open: { value: unknown; path: readonly string[] }[] = [{ value: body, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    const refuse = (what: string) => new HttpError(400, `${path.slice(0, 10).join('.') || 'body'}: ${what}`);
    if (typeof value === 'string' && value.includes('\0')) throw refuse('must not contain a NUL character');
    if (typeof value !== 'object' || value === null) continue;
    if (path.length > maxDepth) throw refuse('is nested too deeply');
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__' || key.includes('\0'))
        throw refuse(`the key ${JSON.stringify(key)} is not accepted`);
      open.push({ value: inner, path: [...path, key] });
    }
  }
}
