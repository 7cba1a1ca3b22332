import { once as nextEvent } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { smallestSession } from '../fakes/examples.ts';

export type Operation =
  | 'listSessions'
  | 'searchSessions'
  | 'getSession'
  | 'listHistory'
  | 'createSession'
  | 'sendMessage'
  | 'updateSession';

/** A request as received, including its body. */
export interface Arrival {
  readonly operation: Operation;
  /** Path of the base URL, empty if it has none. */
  readonly prefix: string;
  readonly sessionId: string;
  readonly query: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every operation
  readonly body: any;
  readonly authorization: string;
  /** Resolves when the request was answered, or when either side broke the connection. */
  readonly over: Promise<void>;
}

/** A message that the upstream stored. */
export interface Stored {
  readonly id: string;
  readonly session: string;
  readonly sender: string;
  readonly text: string;
  readonly at: string;
}

/** What a fault receives: the raw exchange, and the response of a healthy API. */
export interface Exchange {
  readonly arrival: Arrival;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly good: string;
  /** Sends the healthy response. */
  answer(): void;
}

export type Fault = (exchange: Exchange) => void;

/** How the upstream handles one request. */
export interface Plan {
  readonly fault?: Fault | undefined;
  /** Whether a message is stored despite the fault. With a healthy response it is always stored. */
  readonly store?: boolean | undefined;
}

/** An API on loopback that stores messages and fails as planned. */
export interface Upstream {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  readonly stored: readonly Stored[];
  /** Number of requests that are not over. */
  open(): number;
  /** Resolves with the first request that fits, which may already have arrived. */
  arrival(fits: (arrival: Arrival) => boolean): Promise<Arrival>;
  /** Resolves once no request is open. */
  quiet(): Promise<void>;
  /** Ends every connection. Resolves once none is left. */
  hangUp(): Promise<void>;
  /** Stores a message, as if it came from elsewhere. */
  store(session: string, sender: string, text: string, at?: Date): Stored;
  close(): Promise<void>;
}

export interface Behaviour {
  /** Called when a request is complete. Undefined means a healthy response. */
  plan?(arrival: Arrival): Plan | undefined;
  /** Called when the head of a request has arrived, before its body. True resets the connection. */
  resetAtHead?(arrival: Arrival): boolean;
  /** The fields of every session besides its id. */
  readonly session?: object;
  /** Key and certificate, to serve https. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export async function startUpstream(behaviour: Behaviour = {}): Promise<Upstream> {
  const arrivals: Arrival[] = [];
  const stored: Stored[] = [];
  const waiting = new Set<() => void>();
  let open = 0;
  const changed = () => {
    for (const look of waiting) look();
  };
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const store = (session: string, sender: string, text: string, at = new Date()): Stored => {
    const message = { id: uuid(stored.length + 1), session, sender, text, at: at.toISOString() };
    stored.push(message);
    return message;
  };

  const { tls } = behaviour;
  const create = tls ? createSecureServer.bind(undefined, tls) : createServer;
  const server = create((request, response) => {
    open += 1;
    const over = new Promise<void>((resolve) => {
      response.once('close', () => {
        open -= 1;
        resolve();
        changed();
      });
    });
    const head = readHead(request, over);
    if (behaviour.resetAtHead?.(head)) {
      arrivals.push(head);
      request.socket.resetAndDestroy();
      return;
    }
    readBody(request).then((body) => {
      if (body === undefined) return;
      const arrival = { ...head, body };
      arrivals.push(arrival);
      const { fault, store: stores = fault === undefined } = behaviour.plan?.(arrival) ?? {};
      const good = healthy(arrival, behaviour.session ?? smallestSession, stores, stored, store);
      const answer = () => {
        const text = stores
          ? good
          : healthy(arrival, behaviour.session ?? smallestSession, true, stored, store);
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      };
      if (fault) fault({ arrival, request, response, good, answer });
      else answer();
      changed();
    });
  });
  const { url, hangUp, close } = await listen(server);

  return {
    url,
    arrivals,
    stored,
    open: () => open,
    async arrival(fits) {
      let found: Arrival | undefined;
      let at = 0;
      await until(() => {
        while (!found && at < arrivals.length) {
          const arrival = arrivals[at++] as Arrival;
          if (fits(arrival)) found = arrival;
        }
        return found !== undefined;
      });
      return found as unknown as Arrival;
    },
    quiet: () => until(() => open === 0),
    hangUp,
    store,
    close,
  };
}

/** Listens on a free loopback port. `close` ends every connection. */
export async function listen(
  server: Server | SecureServer,
): Promise<{ url: string; hangUp(): Promise<void>; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const hangUp = async () => {
    await Promise.all([...sockets].map((socket) => nextEvent(socket.destroy(), 'close')));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${server instanceof SecureServer ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hangUp,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await hangUp();
      await closed;
    },
  };
}

/** The URL of a loopback port without a listener. */
export async function refusedUrl(): Promise<string> {
  const { url, close } = await listen(createServer());
  await close();
  return url;
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function readHead(request: IncomingMessage, over: Promise<void>): Arrival {
  const url = new URL(request.url ?? '/', 'http://upstream');
  const [, prefix = '', id = '', rest] =
    /^\/?(.*?)\/?chat\/sessions\/?([^/]*)\/?(.*)$/.exec(url.pathname) ?? [];
  return {
    operation: operationOf(request.method, id, rest),
    prefix,
    sessionId: id,
    query: Object.fromEntries(url.searchParams),
    body: undefined,
    authorization: request.headers.authorization ?? '',
    over,
  };
}

function operationOf(method: string | undefined, id: string, rest: string | undefined): Operation {
  if (method === 'PATCH') return 'updateSession';
  if (method === 'POST') return rest === 'send' ? 'sendMessage' : 'createSession';
  if (rest === 'history') return 'listHistory';
  return id === '' ? 'listSessions' : id === 'search' ? 'searchSessions' : 'getSession';
}

/** Returns undefined if the client disconnects before the end. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}

/** The documented response. Stores a sent message if `stores` is true. */
function healthy(
  { operation, sessionId, body }: Arrival,
  session: object,
  stores: boolean,
  stored: readonly Stored[],
  store: Upstream['store'],
): string {
  switch (operation) {
    case 'listSessions':
      return JSON.stringify({ items: [{ ...smallestSession, id: uuid(9) }], next: null });
    case 'searchSessions':
      return JSON.stringify({ contacts: [], messages: [] });
    case 'getSession':
      return JSON.stringify({ ...session, id: sessionId });
    case 'listHistory':
      return JSON.stringify({
        items: stored.filter(({ session }) => session === sessionId).map(asEvent),
        next: null,
      });
    case 'createSession':
      return JSON.stringify({ id: uuid(7) });
    case 'sendMessage': {
      const id = stores ? store(sessionId, body.sender, body.message.text).id : uuid(0);
      return JSON.stringify({ success: true, data: { message: { id } } });
    }
    case 'updateSession':
      return '';
  }
}

function asEvent({ id, at, sender, text }: Stored) {
  return {
    id,
    created_at: at,
    event: { type: 'message', sender: { type: sender }, content: { type: 'text', text } },
  };
}
