import { connectionError } from '../../../client/http/connection-error.ts';
import { createConnectionPools, type ProxySettings } from '../../../client/http/connection-pools.ts';
import { type HttpResponse, roundTrip } from '../../../client/http/transport.ts';
import { Deadline } from '../../../time/deadline.ts';

const requestTimeoutMs = 15_000;

/** Sends requests to a team server. Each throws OpenCxError if no response arrives. Redirects are not followed. */
export interface TeamRequests {
  get(path: string, token?: string): Promise<HttpResponse>;
  /** Sends a message of the protocol to the address of the server. */
  post(message: object, headers: Readonly<Record<string, string>>, token?: string): Promise<HttpResponse>;
  close(): Promise<void>;
}

export async function openTeamRequests(
  address: string,
  proxy: ProxySettings,
  userAgent: string,
): Promise<TeamRequests> {
  const { origin, pathname } = new URL(address);
  const { reads, writes } = await createConnectionPools(address, proxy);
  async function send(
    method: 'GET' | 'POST',
    path: string,
    more: Readonly<Record<string, string>>,
    token: string | undefined,
    body: string | null,
  ): Promise<HttpResponse> {
    const headers = {
      ...more,
      'user-agent': userAgent,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const limits = { deadline: Deadline.after(requestTimeoutMs) };
    let hasStarted = false;
    try {
      return await roundTrip(reads, { method, origin, path, headers, body }, limits, () => {
        hasStarted = true;
      });
    } catch (error) {
      throw connectionError(error, hasStarted);
    }
  }
  return {
    get: (path, token) => send('GET', path, { accept: 'application/json' }, token, null),
    post: (message, headers, token) =>
      send(
        'POST',
        pathname,
        { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
        token,
        JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
      ),
    async close() {
      await Promise.all([reads.destroy(), writes.destroy()]);
    },
  };
}

type Json = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body as a JSON object; the message, if it is a stream of events. Undefined if it is neither. */
export function jsonOf({ headers, text }: HttpResponse): Json | undefined {
  const isStream = String(headers['content-type']).startsWith('text/event-stream');
  const texts = isStream ? [...text.matchAll(/^data: ?(.*)$/gm)].map(([, data = '']) => data) : [text];
  for (const one of texts) {
    try {
      const value: unknown = JSON.parse(one);
      // Others are notifications.
      if (isJsonObject(value) && (!isStream || 'id' in value)) return value;
    } catch {
      // An event without data, or no JSON at all.
    }
  }
  return undefined;
}
