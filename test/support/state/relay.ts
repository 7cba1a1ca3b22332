import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port in front of a server, whose connections a test may cut. */
export interface Relay {
  /** The server's address, with the relay's port. */
  readonly url: string;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections again. */
  restore(): Promise<void>;
  /** Keeps connections, but passes nothing on. */
  pause(): void;
  /** Passes on the next thing that a client sends with this text in it, then ends its connection instead of passing on the answer. */
  loseAnswerTo(text: string): void;
  /** The same, but keeps the connection, and the answer. @returns when the server has answered. */
  holdAnswerTo(text: string): Promise<void>;
  close(): Promise<void>;
}

export async function cuttableRelay(serverUrl: string): Promise<Relay> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let awaited: { readonly text: string; onAnswer(client: Socket): void } | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    let onAnswer: ((client: Socket) => void) | undefined;
    client.on('data', (data) => {
      if (awaited !== undefined && data.includes(awaited.text)) {
        onAnswer = awaited.onAnswer;
        awaited = undefined;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (onAnswer) onAnswer(client);
      else client.write(data);
    });
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const relay: Relay = {
    url: url.href,
    async cut() {
      const ends = [...sockets].map((socket) => once(socket, 'close'));
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(ends);
    },
    restore: () => listen(port),
    pause() {
      for (const socket of sockets) socket.pause();
    },
    loseAnswerTo(text) {
      awaited = { text, onAnswer: (client) => client.destroy() };
    },
    holdAnswerTo: (text) =>
      new Promise((resolve) => {
        awaited = { text, onAnswer: () => resolve() };
      }),
    async close() {
      if (server.listening) await relay.cut();
    },
  };
  return relay;
}
