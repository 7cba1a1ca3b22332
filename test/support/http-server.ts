import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  /** Path and query, as on the wire. */
  readonly target: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** The body's text; empty where none came. */
  readonly body: string;
}

/** What the upstream does with one request: a plain answer, or anything with the raw response. */
export type Answer =
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** An HTTP server on loopback that answers from a script and keeps what it was asked. */
export interface Upstream {
  readonly url: string;
  readonly requests: readonly Seen[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Connections open now. */
  readonly open: () => number;
  /** Answers for the next requests, in order. A request beyond the script is answered with 501. */
  script(...answers: Answer[]): void;
  close(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const requests: Seen[] = [];
  const sockets = new Set<Socket>();
  const script: Answer[] = [];
  let connections = 0;

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://upstream');
    requests.push({
      method: request.method ?? '',
      target: request.url ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    const answer = script.shift() ?? { status: 501, json: { message: 'nothing scripted' } };
    if (typeof answer === 'function') return answer(request, response);
    const {
      status = 200,
      json,
      text = json === undefined ? '' : JSON.stringify(json),
      headers = {},
    } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    script: (...answers) => script.push(...answers),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Resets the connection without a word. */
export const reset: Answer = (request) => request.socket.resetAndDestroy();

/** Begins an answer of 1,000 bytes and resets the connection in the midst of it. */
export const resetDuringAnswer: Answer = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"items":[', () => request.socket.resetAndDestroy());
};

/** Takes the request and never answers. */
export const silence: Answer = () => {};

/** The address of a port on loopback that nobody listens on. */
export async function refusedUrl(): Promise<string> {
  const upstream = await startUpstream();
  await upstream.close();
  return upstream.url;
}

/** What the promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it was expected to fail');
    },
    (error: unknown) => error,
  );
}
