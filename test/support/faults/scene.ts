import { onTestFinished } from 'vitest';
import { connectHere, type StartHere } from '../program/connect-here.ts';
import { key, type Server, type ServerOptions, serve, stateFolder } from './client.ts';
import { type Arrival, type Behaviour, type Exchange, startUpstream } from './upstream.ts';

/** The message that the tests send by default. */
export const session = 'session-1';
export const text = 'The refund is on its way.\nIt takes three days.';
export const message = { session_id: session, sender: 'agent', text };

export const isSend = ({ operation }: Arrival) => operation === 'sendMessage';

/** An upstream, a state folder, and servers that use them. All are removed after the test. */
export async function scene(behaviour: Behaviour = {}) {
  const upstream = await startUpstream(behaviour);
  const folder = stateFolder();
  const servers: Server[] = [];
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await upstream.close();
    folder.remove();
  });
  return {
    upstream,
    folder: folder.path,
    /** Number of messages that were sent to the upstream. */
    sends: () => upstream.arrivals.filter(isSend).length,
    async serve(options: ServerOptions = {}): Promise<Server> {
      const server = await serve(upstream, folder.path, options);
      servers.push(server);
      return server;
    },
    /** A server in this process, where the process does not matter. */
    serveHere: ({ env = {}, ...rest }: StartHere = {}) =>
      connectHere({
        ...rest,
        env: {
          OPENCX_API_URL: upstream.url,
          OPENCX_API_KEY: key,
          OPENCX_STATE_DIR: folder.path,
          ...env,
        },
      }),
  };
}

/** Leaves exchanges unanswered until `release` is called. */
export function gate() {
  const held: Exchange[] = [];
  let open = false;
  return {
    fault: (exchange: Exchange) => {
      if (open) exchange.answer();
      else held.push(exchange);
    },
    release: () => {
      open = true;
      for (const exchange of held.splice(0)) exchange.answer();
    },
  };
}
