import { z } from '../../contract/zod.ts';
import { ticketNumberOf } from '../../conversations/analysis/ticket-number.ts';

const uuid = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi;
const plainSegment = /^[A-Za-z0-9._~:-]{1,200}$/;

/** The address of a session among our own resources. */
const resource = /^opencx:\/\/sessions\/([^/?#]+)/i;
/** A UUID that a label, brackets or punctuation are around. */
const labelled =
  /^(?:session|session[ _]id|id)?\s{0,3}[:=]?[\s([{]{0,3}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[\])},.;]{0,3}$/i;
/** A link in Markdown. */
const markdown = /^\[[^\]]{0,200}\]\((https?:\/\/[^\s()]{1,500})\)$/i;
/** What people and models put around an id. */
const quotes = /^[`'"“”‘’<]+|(?<![`'"“”‘’>])[`'"“”‘’>]+$/g;

/**
 * A session id: any plain path segment, because the documents do not promise a UUID. Quotes and backticks around it are
 * removed. From the address of a resource the id is taken, from a URL the last UUID of its path, or
 * else of its query, and from `session_id: <UUID>` and the like the UUID. The URL is never fetched.
 *
 * A ticket number (`#4544`, `4544`, `ticket 4544`) becomes `#4544`, which cannot be an id. The pipeline replaces it by
 * the id of that session before the tool runs.
 */
export const SessionId = z
  .string()
  .transform((value, context) => {
    const given = value.trim().replace(quotes, '').trim();
    const text = resource.exec(given)?.[1] ?? markdown.exec(given)?.[1] ?? labelled.exec(given)?.[1] ?? given;
    const problem = (message: string) => {
      context.addIssue({ code: z.ZodIssueCode.custom, message });
      return z.NEVER;
    };
    const ticketNumber = ticketNumberOf(text);
    if (ticketNumber !== undefined) return `#${ticketNumber}`;
    if (/^https?:\/\//i.test(text)) {
      const { pathname, search } = URL.canParse(text) ? new URL(text) : { pathname: '', search: '' };
      const found = pathname.match(uuid) ?? search.match(uuid);
      return found?.at(-1) ?? problem('this URL holds no session id (a UUID in its path or query)');
    }
    if (!plainSegment.test(text) || text === '.' || text === '..') {
      return problem(
        'must be a session id such as 3c90c3cc-0d44-4b50-8888-8dd25736052a, or a ticket number such as #4521',
      );
    }
    return text;
  })
  .describe('Session id, ticket number (#4521) or URL');
