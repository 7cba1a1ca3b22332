import type { OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { RenewablePool } from './renewable-pool.ts';

/**
 * Keep-alive connections to one host by Node's own HTTP, with the part of undici's dispatcher that this client uses.
 * Loading undici, and compiling its parser from WebAssembly in every process, would be a third of the CPU time of a
 * sitting of twenty calls (304 ms against 195 ms) and half of the first call.
 *
 * `onRequestStart` is called when a request has its connection (name resolved, TLS agreed, certificate accepted), and
 * before the first byte is written.
 */
export async function directPool(
  origin: URL,
  { idleMs, connectTimeoutMs }: { idleMs: number; connectTimeoutMs: number },
): Promise<RenewablePool> {
  const isSecure = origin.protocol === 'https:';
  const { request, Agent } = isSecure ? await import('node:https') : await import('node:http');
  const agent = new Agent({ keepAlive: true, timeout: idleMs });
  const readyEvent = isSecure ? 'secureConnect' : 'connect';
  const connecting = connectFirst(agent as unknown as Connector, readyEvent, connectTimeoutMs);
  let isDestroyed = false;
  // An IPv6 address has brackets in a URL, and none here.
  const target = { hostname: origin.hostname.replace(/[[\]]/g, ''), port: origin.port, agent };

  const pool: Pick<RenewablePool, 'dispatch' | 'dropIdle'> & { destroy(): Promise<void> } = {
    dispatch({ path, method, headers, body }, given) {
      const handler = given as Required<Dispatcher.DispatchHandler>;
      const controller = {
        abort: (reason: Error) => sent.destroy(reason),
      } as unknown as Dispatcher.DispatchController;
      const fail = (error: Error) => handler.onResponseError(controller, error);
      if (isDestroyed) {
        fail(closedError());
        return false;
      }
      const options = { path, method, headers: headers as OutgoingHttpHeaders, ...target };
      const sent = request(options, (response) => {
        handler.onResponseStart(controller, response.statusCode ?? 0, response.headers);
        response.on('data', (chunk) => handler.onResponseData(controller, chunk));
        response.on('end', () => handler.onResponseEnd(controller, {})).on('error', fail);
      });
      sent.on('error', fail).once('socket', () => handler.onRequestStart(controller, undefined));
      sent.end(body as string | null);
      return true;
    },
    dropIdle() {
      for (const socket of Object.values(agent.freeSockets).flat() as Socket[]) socket.destroy();
    },
    destroy: async () => {
      isDestroyed = true;
      // The agent knows only sockets that are ready.
      for (const socket of connecting) socket.destroy(closedError());
      agent.destroy();
    },
  };
  return pool as RenewablePool;
}

interface Connector {
  createConnection(options: object, done: (error: Error | null, socket: Socket) => void): Socket | undefined;
}

/**
 * Makes an agent hand out a new connection only after `event`, and give up after `timeoutMs`.
 * @returns the sockets that are not ready yet.
 */
function connectFirst(
  agent: Connector,
  event: 'connect' | 'secureConnect',
  timeoutMs: number,
): ReadonlySet<Socket> {
  const connecting = new Set<Socket>();
  const create = agent.createConnection;
  agent.createConnection = (options, done) => {
    const socket = create.call(agent, options, () => {}) as Socket;
    connecting.add(socket);
    const finish = (error: Error | null) => {
      clearTimeout(timer);
      connecting.delete(socket);
      socket.off('error', finish).off('close', closed).off(event, connected);
      done(error, socket);
    };
    const connected = () => finish(null);
    const closed = () => finish(connectError('ECONNRESET', 'The connection was closed before it was ready.'));
    const expire = () => socket.destroy(connectError('ETIMEDOUT', 'The connection was not ready in time.'));
    const timer = setTimeout(expire, timeoutMs);
    socket.on('error', finish).on('close', closed).on(event, connected);
    return undefined;
  };
  return connecting;
}

const closedError = () => connectError('ECONNABORTED', 'The client is closed.');

function connectError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
