import { z } from '../../contract/zod.ts';

const uuid = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi;
const plainSegment = /^[A-Za-z0-9._~:-]{1,200}$/;

/**
 * A session id: any plain path segment, because the documents do not promise a UUID. If a URL was pasted, the last UUID
 * in its path is taken; the URL is never fetched.
 */
export const SessionId = z
  .string()
  .transform((value, context) => {
    const text = value.trim();
    const problem = (message: string) => {
      context.addIssue({ code: z.ZodIssueCode.custom, message });
      return z.NEVER;
    };
    if (text.startsWith('#')) {
      return problem('ticket numbers cannot be looked up; find the id with search_sessions or list_sessions');
    }
    if (/^https?:\/\//i.test(text)) {
      const path = URL.canParse(text) ? new URL(text).pathname : '';
      return path.match(uuid)?.at(-1) ?? problem('this URL holds no session id (a UUID in its path)');
    }
    if (!plainSegment.test(text) || text === '.' || text === '..') {
      return problem(
        'must be a session id such as 3c90c3cc-0d44-4b50-8888-8dd25736052a, without slashes or spaces',
      );
    }
    return text;
  })
  .describe('Session id, or a URL whose path contains it');
