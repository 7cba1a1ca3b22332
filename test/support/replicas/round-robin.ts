import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A load balancer without stickiness. */
export interface RoundRobin {
  readonly url: string;
  /** Addresses that get requests, in turn. */
  readonly targets: string[];
  /** Why requests broke off after they had been passed on, with their target. */
  readonly broken: readonly string[];
  close(): Promise<void>;
}

/**
 * Passes each request on to the next target, over connections that are kept open. One that cannot be connected to is
 * passed over. A request that breaks off is not repeated, because it may have been executed: it is answered with a 502.
 */
export async function roundRobin(targets: readonly string[] = []): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });
  const list = [...targets];
  const broken: string[] = [];
  let turn = 0;

  function pass(incoming: IncomingMessage, body: Buffer, answer: ServerResponse, tries: number): void {
    turn += 1;
    const target = list[turn % list.length];
    if (target === undefined) return void answer.writeHead(503).end();
    const url = new URL(incoming.url ?? '/', target);
    const options = { method: incoming.method ?? 'GET', headers: incoming.headers, agent };
    const passed = request(url, options, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
      response.on('error', (error) => {
        broken.push(`${target}: ${error.message} in its answer`);
        answer.destroy();
      });
    });
    passed.on('error', (error: NodeJS.ErrnoException) => {
      if (answer.headersSent || answer.destroyed) return;
      if (error.code === 'ECONNREFUSED' && tries > 1) return pass(incoming, body, answer, tries - 1);
      broken.push(`${target}: ${error.message}`);
      answer.writeHead(502).end();
    });
    answer.on('close', () => passed.destroy());
    passed.end(body);
  }

  const server = createServer(async (incoming, answer) => {
    const body = Buffer.concat(await incoming.toArray().catch(() => []));
    pass(incoming, body, answer, list.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: list,
    broken,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
