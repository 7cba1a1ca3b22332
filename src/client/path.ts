import { InvalidRequestError } from './errors.ts';

/** What would let an id reach another path, in us or in a proxy that decodes before it routes. */
const unsafeSegment = /[/\\%?#\p{Cc}\p{Cs}\p{White_Space}]/u;

/**
 * Fills a path template: each `{name}` becomes one encoded segment.
 * @throws InvalidRequestError when a value is empty, `.`, `..`, longer than 200 characters, or holds a slash,
 * percent sign, question mark, hash, white space or control character. Nothing is sent then.
 */
export function fillPath(template: string, params: Readonly<Record<string, string>> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? '';
    if (value === '' || value === '.' || value === '..' || value.length > 200 || unsafeSegment.test(value)) {
      throw new InvalidRequestError(`${name} is not a usable id: it must be one plain path segment.`);
    }
    return encodeURIComponent(value);
  });
}
