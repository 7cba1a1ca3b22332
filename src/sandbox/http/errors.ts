import { STATUS_CODES } from 'node:http';
import { z } from '../../contract/zod.ts';
import { Refusal } from '../service/refusal.ts';

/** A refusal of the HTTP layer itself, with the headers that belong to it. */
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
 * The one place where an error becomes an answer: `{statusCode, message, error}`. What is not a refusal is a 500
 * without detail. Source: `ErrorDto`; assumption `errorBodies`.
 */
export function errorAnswer(error: unknown): Response {
  if (error instanceof HttpError) return answer(error.status, error.message, error.headers);
  if (error instanceof Refusal) return answer(error.status, error.message);
  return answer(500, 'Internal Server Error');
}

function answer(status: number, message: string, headers?: Readonly<Record<string, string>>): Response {
  const body = { statusCode: status, message, error: STATUS_CODES[status] ?? 'Error' };
  return Response.json(body, { status, ...(headers && { headers }) });
}

/** At most this many faults of one request are named. */
const maxFaults = 5;

/**
 * Checks a value of the request against its schema.
 * @throws HttpError 400 that names every field at fault.
 */
export function validated<S extends z.ZodTypeAny>(schema: S, value: unknown, root: string): z.output<S> {
  const result = schema.safeParse(value, { errorMap: plainWords });
  if (result.success) return result.data as z.output<S>;
  const faults = result.error.issues.slice(0, maxFaults).map((issue) => {
    const field = issue.path.length === 0 ? root : issue.path.join('.');
    return `${field}: ${issue.message}`;
  });
  throw new HttpError(400, faults.join('; '));
}

/**
 * Messages of our own where a schema brings none. Zod asks this map last, so a message that is not zod's own
 * default comes from the schema and stays.
 */
const plainWords: z.ZodErrorMap = (issue, context) => {
  const standard = z.defaultErrorMap(issue, { data: context.data, defaultError: '' }).message;
  const words = context.defaultError === standard ? describe(issue) : undefined;
  return { message: words ?? context.defaultError };
};

function describe(issue: z.ZodIssueOptionalMessage): string | undefined {
  switch (issue.code) {
    case z.ZodIssueCode.invalid_type:
      return issue.received === 'undefined' ? 'is required' : `must be ${withArticle(issue.expected)}`;
    case z.ZodIssueCode.invalid_enum_value:
      return `must be one of ${issue.options.join(', ')}`;
    case z.ZodIssueCode.invalid_union_discriminator:
      return `must be one of ${issue.options.join(', ')}`;
    case z.ZodIssueCode.unrecognized_keys:
      return `takes no ${issue.keys.join(', ')}`;
    case z.ZodIssueCode.invalid_literal:
      return `must be ${JSON.stringify(issue.expected)}`;
    case z.ZodIssueCode.too_small:
      if (issue.type === 'string') return 'must not be empty';
      return issue.type === 'number' ? `must be at least ${issue.minimum}` : undefined;
    case z.ZodIssueCode.too_big:
      return issue.type === 'number' ? `must be at most ${issue.maximum}` : undefined;
    case z.ZodIssueCode.not_finite:
      return 'must be a finite number';
    default:
      return undefined;
  }
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
