import type { Exchange, Fault } from './upstream.ts';

/** A page as proxies and login walls send it. Nothing of it may reach the model. */
const page = '<!DOCTYPE html><html><body><h1>Bad gateway</h1><script>go("/login")</script></body></html>';

const json = { 'content-type': 'application/json' };

/** An answer of this status, in the API's own form. Its words repeat the key, as those of some APIs do. */
export const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  ({ arrival, response }) => {
    const message = `upstream words ${code} for ${arrival.authorization}`;
    response.writeHead(code, { ...json, ...headers }).end(JSON.stringify({ statusCode: code, message }));
  };

/** Words as an API gives them that lets its own page and stack out in JSON. */
export const spilt =
  (code: number): Fault =>
  ({ response }) => {
    const message = `${page}<b>Bad</b> field.\n    at check (/srv/api/check.js:1:2)\n    at node:internal/main:3:4`;
    response.writeHead(code, json).end(JSON.stringify({ message, stack: 'Error\n    at x (/srv/x.js:1:1)' }));
  };

/** What may be quoted of these words. */
export const says = (code: number) => `upstream words ${code} for Bearer [key]`;

/** HTML under any status. */
export const html =
  (code: number): Fault =>
  ({ response }) => {
    response.writeHead(code, { 'content-type': 'text/html' }).end(page);
  };

/** Resets the connection instead of answering. */
export const reset: Fault = ({ request }) => {
  request.socket.resetAndDestroy();
};

/** Closes the connection in good order, but without an answer. */
export const hangUp: Fault = ({ request }) => {
  request.socket.end();
};

/** Sends the head of an answer and resets the connection before the first byte of its body. */
export const resetAfterHead: Fault = ({ request, response }) => {
  response.writeHead(200, { ...json, 'content-length': '1000' });
  response.flushHeaders();
  setImmediate(() => request.socket.resetAndDestroy());
};

/** Resets the connection in the midst of the answer's body. */
export const resetInBody: Fault = ({ request, response, good }) => {
  response.writeHead(200, { ...json, 'content-length': '1000' });
  response.write(good.slice(0, 10) || ' ', () => request.socket.resetAndDestroy());
};

/** Takes the request and never answers. */
export const silence: Fault = () => {};

/** One byte now and then: never idle for long, and never done. */
export const slowBody: Fault = ({ response }) => {
  response.writeHead(200, { ...json, 'content-length': '100000' });
  const drip = setInterval(() => response.write(' '), 100);
  response.once('close', () => clearInterval(drip));
};

/** JSON that goes on for ever, as fast as it is read. */
export const endlessBody: Fault = ({ response }) => {
  const chunk = Buffer.alloc(1_000_000, ' ');
  response.writeHead(200, json);
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', pour);
  pour();
};

/** Page after page of other words, each with a further one behind it. */
export const endlessPages: Fault = ({ arrival, response }) => {
  const page = Number(arrival.query['cursor'] ?? 0);
  const items = Array.from({ length: 50 }, (_, index) => ({
    id: `page-${page}-${index}`,
    // Oldest first: the newest stand at an end that is not reached.
    created_at: new Date(Date.UTC(2020, 0, 1, 0, page, index)).toISOString(),
    event: { type: 'message', sender: { type: 'contact' }, content: { type: 'text', text: 'Other words' } },
  }));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ items, next: String(page + 1) }));
};

/** Half of the answer, announced as the whole. Where the answer is empty, half of something. */
export const truncated: Fault = ({ response, good }) => {
  const half = good === '' ? '{"id' : good.slice(0, good.length / 2);
  response.writeHead(200, { ...json, 'content-length': String(Buffer.byteLength(half)) }).end(half);
};

/** The right answer under the wrong content type. */
export const plainText: Fault = ({ response, good }) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(good);
};

/** An answer that is no HTTP. */
export const noHttp: Fault = ({ request }) => {
  request.socket.end('220 mail.example ESMTP\r\n\r\n');
};

/** Sends the request on to somebody else. */
export const redirect =
  (location: string, code = 307): Fault =>
  (exchange) =>
    status(code, { location: new URL('/chat/sessions', location).href })(exchange);

/** The fault for the first request that `key` names the same, and the healthy answer for those after it. */
export function once(fault: Fault, key: (exchange: Exchange) => string): Fault {
  const seen = new Set<string>();
  return (exchange) => {
    const name = key(exchange);
    if (seen.has(name)) return exchange.answer();
    seen.add(name);
    fault(exchange);
  };
}
