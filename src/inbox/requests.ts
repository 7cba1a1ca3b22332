import { z } from '../contract/zod.ts';
import { PageError } from './problems.ts';

export const SignIn = z.object({ code: z.string().max(200) }).strict();

/** Longest body in bytes, unless more is expected. */
const usualMaxBody = 100_000;

/**
 * Reads the body of a request.
 * @throws PageError if it is not JSON, or not what is expected. The message is for the person at the page.
 */
export async function readBody<S extends z.ZodTypeAny>(
  request: Request,
  schema: S,
  maxBody = usualMaxBody,
): Promise<z.infer<S>> {
  // Pages of other sites can send forms without being asked, but not JSON.
  if (!/^application\/json(?:;|$)/i.test(request.headers.get('content-type') ?? ''))
    throw new PageError(415, 'invalid_request', 'The request must be JSON.');
  if (!(Number(request.headers.get('content-length')) <= maxBody))
    throw new PageError(413, 'too_large', 'The request is too large.');
  let body: unknown;
  try {
    body = JSON.parse(await request.text());
  } catch {
    throw new PageError(400, 'invalid_request', 'The request is not JSON.');
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [{ path, message } = { path: [], message: 'cannot be read' }] = read.error.issues;
  throw new PageError(400, 'invalid_request', `${path.join('.') || 'The request'} ${message}.`);
}
