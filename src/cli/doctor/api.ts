import { OpenCxError, RateLimitedError } from '../../client/errors.ts';
import { readMessage } from '../../client/http/error-message.ts';
import { lenientReader, UnreadableError } from '../../contract/lenient-schemas.ts';
import { routes } from '../../contract/routes.ts';
import type { z } from '../../contract/zod.ts';
import { clean } from '../../text/clean.ts';
import { type ApiReader, type ApiResponse, readRateLimit } from './api-reader.ts';
import type { Finding } from './findings.ts';

/** A larger clock skew makes ages such as "3 h ago" wrong, and certificates may seem invalid. */
const maxSkewMs = 30_000;

const slowMs = 2_000;

/** The key that the API is asked with. */
interface UsedKey {
  readonly apiKey: string;
  /** What to do with a new one, in words such as `set OPENCX_API_KEY to it`. */
  readonly howToReplace: string;
}

/** Lists and searches sessions. Checks scopes, latency, clock and rate limit from the responses. */
export async function checkApi(api: ApiReader, key: UsedKey): Promise<Finding[]> {
  const check = 'chat-sessions:read';
  let list: ApiResponse;
  try {
    list = await api.get(routes.listSessions.path);
  } catch (error) {
    return [{ check, ...resultOfError(error) }];
  }
  const listed = resultOf(
    list,
    routes.listSessions.response,
    key,
    ({ items }) => `${items.length} sessions listed`,
  );
  const findings: Finding[] = [{ check, ...listed }];
  if (listed.status !== 'failed') {
    findings.push(...(await checkSearch(api, key, list)), {
      check: 'chat-sessions:write',
      status: 'skipped',
      detail: 'cannot be checked without writing; if the scope is missing, the first write fails with 403',
    });
  }
  return [...findings, checkClock(list), checkRateLimit(list)];
}

async function checkSearch(api: ApiReader, key: UsedKey, list: ApiResponse): Promise<Finding[]> {
  const check = 'search';
  try {
    const response = await api.get(routes.searchSessions.path, [['q', 'refund']]);
    const searched = resultOf(
      response,
      routes.searchSessions.response,
      key,
      ({ contacts, messages }) =>
        `"refund" found in ${messages.length} messages and ${contacts.length} contacts`,
    );
    return [{ check, ...searched }, checkLatency(list, response)];
  } catch (error) {
    return [{ check, ...resultOfError(error) }];
  }
}

type Result = Omit<Finding, 'check'>;

function resultOf<S extends z.ZodTypeAny>(
  { status, headers, text }: ApiResponse,
  schema: S,
  { apiKey, howToReplace }: UsedKey,
  describe: (body: z.infer<S>) => string,
): Result {
  if (status !== 200) {
    const message = readMessage(text, apiKey);
    const quoted = message === undefined ? '' : `: ${JSON.stringify(clean(message))}`;
    return {
      status: status === 429 ? 'warning' : 'failed',
      detail: `HTTP ${status}${quoted}`,
      fix: fixForStatus(status, howToReplace),
    };
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const type = clean(String(headers['content-type'] ?? 'no content type')).slice(0, 60);
    const fix =
      'This is not the API, but a login page, a proxy or another server in between. Check OPENCX_API_URL.';
    return { status: 'failed', detail: `HTTP 200, but not JSON (${type})`, fix };
  }
  try {
    return { status: 'ok', detail: describe(lenientReader(schema)(body)) };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const fix = 'Tool calls will fail in the same way. Check for a newer version of this program.';
    const detail = `HTTP 200, but not as documented (${error.path.join('.')}: ${error.message})`;
    return { status: 'failed', detail, fix };
  }
}

function fixForStatus(status: number, howToReplace: string): string {
  if (status === 401)
    return `The key is wrong, revoked, or belongs to another organisation. Create a new one in the OpenCX dashboard under Settings, Access, and ${howToReplace}.`;
  if (status === 403)
    return `The key is valid, but may not read sessions. Create one with the scope chat-sessions:read, and ${howToReplace}.`;
  if (status === 404)
    return 'There is no such API at this address. Check OPENCX_API_URL (https://api.open.cx, without a path).';
  if (status === 429)
    return 'The rate limit of this key is reached. Wait a minute, and check what else uses the key.';
  if (status >= 300 && status < 400)
    return 'Redirects are not followed, to keep the key on its host. Set OPENCX_API_URL to the final address.';
  if (status >= 500) return 'The API, or a proxy in front of it, has failed. Try again in a few minutes.';
  return 'The API rejects a plain request to list sessions. Check OPENCX_API_URL.';
}

function resultOfError(error: unknown): Result {
  if (!(error instanceof OpenCxError)) throw error;
  const detail = error.message;
  if (error instanceof RateLimitedError) return { status: 'skipped', detail };
  const fix = 'Try again. If it still fails, check the network, the proxy and OPENCX_API_URL.';
  return { status: 'failed', detail, fix };
}

function checkLatency(first: ApiResponse, second: ApiResponse): Finding {
  const check = 'latency';
  const detail = `first request ${Math.round(first.ms)} ms (includes connecting), second ${Math.round(second.ms)} ms`;
  if (second.ms < slowMs) return { check, status: 'ok', detail };
  return { check, status: 'warning', detail, fix: 'Calls will be slow. Check the network and the proxy.' };
}

/** Compares the clocks by the Date header, which is truncated to whole seconds. */
function checkClock({ headers, at }: ApiResponse): Finding {
  const check = 'clock';
  const apiTime = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : Number.NaN;
  if (Number.isNaN(apiTime))
    return { check, status: 'skipped', detail: 'the API does not send its time (no Date header)' };
  const skewMs = at - apiTime;
  if (Math.abs(skewMs) < 2000) return { check, status: 'ok', detail: 'same time as the API' };
  const seconds = Math.abs(Math.round(skewMs / 1000));
  const detail = `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the API`;
  if (Math.abs(skewMs) < maxSkewMs) return { check, status: 'ok', detail };
  const fix = 'Set the clock of this machine. Until then, ages such as "3 h ago" are wrong.';
  return { check, status: 'warning', detail, fix };
}

function checkRateLimit({ headers }: ApiResponse): Finding {
  const check = 'rate limit';
  const { limit, remaining, reset } = readRateLimit(headers);
  if (remaining === undefined) {
    const detail = 'not reported by the API (the server limits itself, see OPENCX_RATE_LIMIT)';
    return { check, status: 'skipped', detail };
  }
  const of = limit === undefined ? '' : ` of ${limit}`;
  const detail = `${remaining}${of} requests left${reset === undefined ? '' : `, resets in ${reset} s`}`;
  if (remaining > (limit ?? 100) / 10) return { check, status: 'ok', detail };
  const fix = 'Something else uses up the rate limit of this key. Create a separate key for this server.';
  return { check, status: 'warning', detail, fix };
}
