import { InvalidRequestError } from './errors.ts';

/** Characters that could change the path, here or in a proxy that decodes it before routing. */
const unsafeSegment = /[/\\%?#\p{Cc}\p{Cs}\p{White_Space}]/u;

/**
 * Fills a path template: each `{name}` becomes one encoded segment.
 * @throws InvalidRequestError if a value is missing, empty, `.`, `..`, longer than 200 characters, or contains a slash,
 * backslash, percent sign, question mark, hash, white space, control character or lone surrogate.
 */
export function fillPath(template: string, params: Readonly<Record<string, string>> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value: unknown = params[name];
    if (typeof value !== 'string') throw new InvalidRequestError(`${name} must be a string.`);
    if (value === '' || value === '.' || value === '..' || value.length > 200 || unsafeSegment.test(value)) {
      throw new InvalidRequestError(`${name} is not a valid id: it must be a single path segment.`);
    }
    return encodeURIComponent(value);
  });
}
