import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as received. */
export interface ReceivedRequest {
  readonly method: string;
  /** Raw path and query. */
  readonly target: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** Empty if the request has no body. */
  readonly body: string;
}

/** How the upstream handles one request: a response to send, or a handler. */
export type Answer =
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** An HTTP server on loopback that answers from a script and records its requests. */
export interface Upstream {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Connections open now. */
  readonly open: () => number;
  /** Queues answers for the next requests. Requests beyond the script get a 501. */
  script(...answers: Answer[]): void;
  close(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const requests: ReceivedRequest[] = [];
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

/** Resets the connection without an answer. */
export const reset: Answer = (request) => request.socket.resetAndDestroy();

/** Starts an answer of 1,000 bytes and resets the connection before its end. */
export const resetDuringAnswer: Answer = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"items":[', () => request.socket.resetAndDestroy());
};

/** Accepts the request and never answers. */
export const silence: Answer = () => {};

/** The URL of a loopback port without a listener. */
export async function refusedUrl(): Promise<string> {
  const upstream = await startUpstream();
  await upstream.close();
  return upstream.url;
}

/** The reason that `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('Expected the promise to reject');
    },
    (error: unknown) => error,
  );
}
