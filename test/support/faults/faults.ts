import type { Exchange, Fault } from './upstream.ts';

/** An HTML page as sent by proxies and login walls. */
const page = '<!DOCTYPE html><html><body><h1>Bad gateway</h1><script>go("/login")</script></body></html>';

const json = { 'content-type': 'application/json' };

/** An error response in the format of the API. Its message contains the key, as in some APIs. */
export const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  ({ arrival, response }) => {
    const message = `upstream words ${code} for ${arrival.authorization}`;
    response.writeHead(code, { ...json, ...headers }).end(JSON.stringify({ statusCode: code, message }));
  };

/** An error response whose JSON contains an HTML page and a stack trace. */
export const spilt =
  (code: number): Fault =>
  ({ response }) => {
    const message = `${page}<b>Bad</b> field.\n    at check (/srv/api/check.js:1:2)\n    at node:internal/main:3:4`;
    response.writeHead(code, json).end(JSON.stringify({ message, stack: 'Error\n    at x (/srv/x.js:1:1)' }));
  };

/** The message of `status` as it may be quoted. */
export const says = (code: number) => `upstream words ${code} for Bearer [key]`;

/** An HTML page with any status. */
export const html =
  (code: number): Fault =>
  ({ response }) => {
    response.writeHead(code, { 'content-type': 'text/html' }).end(page);
  };

/** Resets the connection without a response. */
export const reset: Fault = ({ request }) => {
  request.socket.resetAndDestroy();
};

/** Closes the connection without a response. */
export const hangUp: Fault = ({ request }) => {
  request.socket.end();
};

/** Sends the head of a response and resets the connection before the first byte of its body. */
export const resetAfterHead: Fault = ({ request, response }) => {
  response.writeHead(200, { ...json, 'content-length': '1000' });
  response.flushHeaders();
  setImmediate(() => request.socket.resetAndDestroy());
};

/** Resets the connection during the response body. */
export const resetInBody: Fault = ({ request, response, good }) => {
  response.writeHead(200, { ...json, 'content-length': '1000' });
  response.write(good.slice(0, 10) || ' ', () => request.socket.resetAndDestroy());
};

/** Accepts the request and never responds. */
export const silence: Fault = () => {};

/** Sends one byte at a time, so the connection is never idle for long and the response never complete. */
export const slowBody: Fault = ({ response }) => {
  response.writeHead(200, { ...json, 'content-length': '100000' });
  const drip = setInterval(() => response.write(' '), 100);
  response.once('close', () => clearInterval(drip));
};

/** Sends an endless body as fast as it is read. */
export const endlessBody: Fault = ({ response }) => {
  const chunk = Buffer.alloc(1_000_000, ' ');
  response.writeHead(200, json);
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', pour);
  pour();
};

/** Endless pages of other messages. */
export const endlessPages: Fault = ({ arrival, response }) => {
  const page = Number(arrival.query['cursor'] ?? 0);
  const items = Array.from({ length: 50 }, (_, index) => ({
    id: `page-${page}-${index}`,
    // Oldest first, so the newest are never reached.
    created_at: new Date(Date.UTC(2020, 0, 1, 0, page, index)).toISOString(),
    event: { type: 'message', sender: { type: 'contact' }, content: { type: 'text', text: 'Other words' } },
  }));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ items, next: String(page + 1) }));
};

/** Half of the response, with the Content-Length of that half. Replaces an empty response by broken JSON. */
export const truncated: Fault = ({ response, good }) => {
  const half = good === '' ? '{"id' : good.slice(0, good.length / 2);
  response.writeHead(200, { ...json, 'content-length': String(Buffer.byteLength(half)) }).end(half);
};

/** The healthy response with the wrong content type. */
export const plainText: Fault = ({ response, good }) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(good);
};

/** A response that is not HTTP. */
export const notHttp: Fault = ({ request }) => {
  request.socket.end('220 mail.example ESMTP\r\n\r\n');
};

/** Redirects to another host. */
export const redirect =
  (location: string, code = 307): Fault =>
  (exchange) =>
    status(code, { location: new URL('/chat/sessions', location).href })(exchange);

/** The fault for the first request with the same `key`, and the healthy response for later ones. */
export function once(fault: Fault, key: (exchange: Exchange) => string): Fault {
  const seen = new Set<string>();
  return (exchange) => {
    const name = key(exchange);
    if (seen.has(name)) return exchange.answer();
    seen.add(name);
    fault(exchange);
  };
}
