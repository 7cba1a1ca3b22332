import { OpenCxError, RateLimitedError } from '../../client/errors.ts';
import { readMessage } from '../../client/http/error-message.ts';
import { lenientReader, UnreadableError } from '../../contract/lenient-schemas.ts';
import { routes } from '../../contract/routes.ts';
import type { z } from '../../contract/zod.ts';
import { clean } from '../../text/clean.ts';
import { type Answer, type Asker, rateOf } from './api-reader.ts';
import type { Finding } from './findings.ts';

/** Beyond this an age such as "3 h ago" misleads, and certificates begin to seem invalid. In milliseconds. */
const tolerableSkew = 30_000;

/** A person waits for several calls in a row. In milliseconds. */
const slow = 2_000;

/** A list and a search: what the key may do, and what the answers tell by the way. Nothing is written. */
export async function checkApi(asker: Asker, apiKey: string): Promise<Finding[]> {
  const read = 'chat-sessions:read';
  let list: Answer;
  try {
    list = await asker.get(routes.listSessions.path);
  } catch (error) {
    return [{ check: read, ...unanswered(error) }];
  }
  const listed = judge(
    list,
    routes.listSessions.response,
    apiKey,
    (page) => `${page.items.length} sessions listed`,
  );
  const findings: Finding[] = [{ check: read, ...listed }];
  if (listed.status !== 'failed') {
    findings.push(...(await checkSearch(asker, apiKey, list)), {
      check: 'chat-sessions:write',
      status: 'skipped',
      seen: 'cannot be known without writing; a key without it is refused at its first write, with 403',
    });
  }
  return [...findings, checkClock(list), checkRate(list)];
}

async function checkSearch(asker: Asker, apiKey: string, list: Answer): Promise<Finding[]> {
  const check = 'search';
  try {
    const answer = await asker.get(routes.searchSessions.path, [['q', 'refund']]);
    const judged = judge(
      answer,
      routes.searchSessions.response,
      apiKey,
      ({ contacts, messages }) =>
        `"refund" is found in ${messages.length} messages, ${contacts.length} contacts`,
    );
    return [{ check, ...judged }, latency(list, answer)];
  } catch (error) {
    return [{ check, ...unanswered(error) }];
  }
}

type Judged = Omit<Finding, 'check'>;

function judge<S extends z.ZodTypeAny>(
  { status, headers, text }: Answer,
  schema: S,
  apiKey: string,
  describe: (body: z.infer<S>) => string,
): Judged {
  if (status !== 200) {
    const message = readMessage(text, apiKey);
    const said = message === undefined ? '' : `: ${JSON.stringify(clean(message))}`;
    return {
      status: status === 429 ? 'warning' : 'failed',
      seen: `answered ${status}${said}`,
      advice: adviceFor(status),
    };
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const type = clean(String(headers['content-type'] ?? 'of no type')).slice(0, 60);
    const advice =
      'That is not the API but something on the way: a login page, a proxy, or another server. Check OPENCX_API_URL.';
    return { status: 'failed', seen: `answered 200 with something that is no JSON (${type})`, advice };
  }
  try {
    return { status: 'ok', seen: describe(lenientReader(schema)(body)) };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const advice =
      'Calls of the tools will fail like this: see whether a newer version of this program is out.';
    const seen = `answered 200, but not as documented (${error.path.join('.')}: ${error.message})`;
    return { status: 'failed', seen, advice };
  }
}

function adviceFor(status: number): string {
  if (status === 401)
    return 'The key is wrong, revoked, or of another organisation: make a new one in the OpenCX dashboard under Settings, Access.';
  if (status === 403)
    return 'The key is good but may not read sessions: make one with the scope chat-sessions:read.';
  if (status === 404)
    return 'There is no such API at this address: check OPENCX_API_URL (https://api.open.cx, without a path).';
  if (status === 429) return 'The rate limit of this key is used up: wait a minute. What else uses the key?';
  if (status >= 300 && status < 400)
    return 'Redirects are not followed, so that the key stays with its host: set OPENCX_API_URL to the address itself.';
  if (status >= 500) return 'A fault of the API, or of a proxy before it: try again in some minutes.';
  return 'The API does not take a plain request to list sessions: check OPENCX_API_URL.';
}

function unanswered(error: unknown): Judged {
  if (!(error instanceof OpenCxError)) throw error;
  const seen = error.message;
  if (error instanceof RateLimitedError) return { status: 'skipped', seen };
  return {
    status: 'failed',
    seen,
    advice: 'Try again; if it stays so, look at network, proxy and OPENCX_API_URL.',
  };
}

function latency(first: Answer, second: Answer): Finding {
  const seen = `${Math.round(first.ms)} ms with the connection, ${Math.round(second.ms)} ms without`;
  if (second.ms < slow) return { check: 'latency', status: 'ok', seen };
  return {
    check: 'latency',
    status: 'warning',
    seen,
    advice: 'Calls will be slow: look at network and proxy.',
  };
}

/** By the `Date` of the answer, whole seconds. */
function checkClock({ headers, at }: Answer): Finding {
  const check = 'clock';
  const theirs = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : Number.NaN;
  if (Number.isNaN(theirs)) return { check, status: 'skipped', seen: 'the API does not tell its time' };
  const skew = at - theirs;
  const seconds = Math.abs(Math.round(skew / 1000));
  // The header is cut to whole seconds.
  if (Math.abs(skew) < 2000) return { check, status: 'ok', seen: "as the API's" };
  const seen = `${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the API's`;
  if (Math.abs(skew) < tolerableSkew) return { check, status: 'ok', seen };
  return {
    check,
    status: 'warning',
    seen,
    advice: 'Set the clock of this machine: ages such as "3 h ago" are wrong.',
  };
}

function checkRate({ headers }: Answer): Finding {
  const check = 'rate budget';
  const { limit, remaining, reset } = rateOf(headers);
  if (remaining === undefined) {
    return {
      check,
      status: 'skipped',
      seen: 'the API does not tell it (OPENCX_RATE_LIMIT holds the server to its own)',
    };
  }
  const seen = `${remaining} requests left${limit === undefined ? '' : ` of ${limit}`}${reset === undefined ? '' : `, new ones in ${reset} s`}`;
  if (remaining > (limit ?? 100) / 10) return { check, status: 'ok', seen };
  return {
    check,
    status: 'warning',
    seen,
    advice: 'Something else uses up the limit of this key: give it a key of its own.',
  };
}
