import { STATUS_CODES } from 'node:http';
import type { z } from '../../contract/zod.ts';
import { Refusal } from '../service/refusal.ts';

/** An error response of the HTTP layer, with its headers. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * Turns an error into a response `{statusCode, message, error}`. An unexpected error becomes a 500 without detail.
 * Source: docs.open.cx/api-reference, `ErrorDto`; assumption `errorBodies`.
 */
export function errorResponse(error: unknown): Response {
  if (error instanceof HttpError) return respond(error.status, error.message, error.headers);
  if (error instanceof Refusal) return respond(error.status, error.message);
  return respond(500, 'Internal Server Error');
}

function respond(status: number, message: string, headers?: Readonly<Record<string, string>>): Response {
  const body = { statusCode: status, message, error: STATUS_CODES[status] ?? 'Error' };
  return Response.json(body, { status, ...(headers && { headers }) });
}

/** Invalid fields that one message names. */
const maxIssues = 5;

/**
 * Parses a part of the request by its schema.
 * @throws HttpError 400 that names the invalid fields.
 */
export function validate<S extends z.ZodTypeAny>(schema: S, value: unknown, root: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data as z.output<S>;
  const messages = result.error.issues.slice(0, maxIssues).map((issue) => {
    const field = issue.path.length === 0 ? root : issue.path.join('.');
    return `${field}: ${issue.message}`;
  });
  throw new HttpError(400, messages.join('; '));
}
