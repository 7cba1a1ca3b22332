import type { OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';

const hangUp = 'The connection was closed before it stood.';

/**
 * Keep-alive connections to one host by Node's own HTTP, in as much of a dispatcher's form as transfer.ts and client.ts
 * use. undici would be a third of all that a sitting of twenty calls computes: 360 KB to load, and a parser in WebAssembly
 * that V8 compiles in every process, and once more when it finds it busy.
 *
 * A request gets its connection only when that stands (TLS agreed, the certificate accepted); `onRequestStart` comes
 * then, and only after it the first byte is written.
 */
export async function directPool(
  origin: URL,
  { idleMs, connectTimeoutMs }: { idleMs: number; connectTimeoutMs: number },
): Promise<Dispatcher> {
  const secure = origin.protocol === 'https:';
  // What is for TLS is loaded where there is TLS.
  const { request, Agent } = secure ? await import('node:https') : await import('node:http');
  const agent = new Agent({ keepAlive: true, timeout: idleMs });
  waitForConnections(agent as unknown as Opener, secure ? 'secureConnect' : 'connect', connectTimeoutMs);

  const pool: Pick<Dispatcher, 'dispatch'> & { destroy(): Promise<void> } = {
    dispatch({ path, method, headers, body }, handler) {
      const controller = {
        abort: (reason: Error) => sent.destroy(reason),
      } as unknown as Dispatcher.DispatchController;
      const fail = (error: Error) => handler.onResponseError?.(controller, error);
      const hostname = origin.hostname.replace(/^\[|\]$/g, '');
      const target = { hostname, port: origin.port, path, method, headers: headers as OutgoingHttpHeaders };
      const sent = request({ ...target, agent }, (response) => {
        handler.onResponseStart?.(controller, response.statusCode ?? 0, response.headers);
        response.on('data', (chunk) => handler.onResponseData?.(controller, chunk));
        response.on('end', () => handler.onResponseEnd?.(controller, {})).on('error', fail);
      });
      sent.on('error', fail).once('socket', () => handler.onRequestStart?.(controller, undefined));
      sent.end(body as string | null);
      return true;
    },
    destroy: async () => agent.destroy(),
  };
  return pool as Dispatcher;
}

interface Opener {
  createConnection(options: object, done: (error: Error | null, socket: Socket) => void): Socket | undefined;
}

/** Makes an agent wait for `event` before it gives a new connection to a request, and not longer than `ms`. */
function waitForConnections(agent: Opener, event: 'connect' | 'secureConnect', ms: number): void {
  const open = agent.createConnection;
  agent.createConnection = (options, done) => {
    const socket = open.call(agent, options, () => {}) as Socket;
    const end = (error: Error | null) => {
      clearTimeout(timer);
      socket.off('error', end).off('close', closed).off(event, stands);
      done(error, socket);
    };
    const stands = () => end(null);
    const closed = () => end(Object.assign(new Error(hangUp), { code: 'ECONNRESET' }));
    const late = () =>
      socket.destroy(Object.assign(new Error('No connection in time.'), { code: 'ETIMEDOUT' }));
    const timer = setTimeout(late, ms);
    socket.on('error', end).on('close', closed).on(event, stands);
    return undefined;
  };
}
