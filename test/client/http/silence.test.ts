import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient, type SessionsClient } from '../../../src/client/client.ts';
import { smallestSession } from '../../support/fakes/examples.ts';
import { failureOf } from '../../support/fakes/http-server.ts';

const timeoutMs = 40_000;

let server: Server;
let client: SessionsClient;
/** Connections that answer nothing any more. */
const silent = new Set<Socket>();
const sockets: Socket[] = [];
let requests = 0;
let handle: (response: ServerResponse) => void;
const answer = (response: ServerResponse) => response.end(JSON.stringify(smallestSession));

beforeEach(async () => {
  requests = 0;
  silent.clear();
  sockets.length = 0;
  handle = answer;
  server = createServer((request: IncomingMessage, response) => {
    requests += 1;
    server.emit('arrived', response);
    if (!silent.has(request.socket)) handle(response);
  });
  server.on('connection', (socket) => sockets.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  client = createClient({ apiKey: 'k', baseUrl: `http://127.0.0.1:${port}`, timeoutMs });
  await client.prepare();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await client.close();
  server.closeAllConnections();
  server.close();
});

const read = () => client.getSession('s1');
const write = () => client.sendMessage('s1', { sender: 'agent', message: { type: 'text', text: 'Hello' } });

/** Lets the time pass that makes the request under way an old one. */
async function arrivedAndAfter(ms: number): Promise<ServerResponse> {
  const [response] = (await once(server, 'arrived')) as [ServerResponse];
  await turn();
  await vi.advanceTimersByTimeAsync(ms);
  return response;
}

describe('a read on a connection that broke unnoticed', () => {
  it('is repeated on a new connection, although others were kept as well', async () => {
    await Promise.all([read(), read(), read()]);
    await turn();
    expect(sockets).toHaveLength(3);
    for (const socket of sockets) silent.add(socket);
    const session = read();
    await arrivedAndAfter(timeoutMs / 4);
    expect((await session).id).toBe(smallestSession.id);
    expect(requests).toBe(5);
    expect(sockets).toHaveLength(4);
  });

  it('gives each attempt a share of its time, the last one the rest', async () => {
    handle = () => {};
    const error = failureOf(read());
    await arrivedAndAfter(timeoutMs / 4);
    await arrivedAndAfter(timeoutMs / 4 + 100);
    await arrivedAndAfter(timeoutMs / 2 - 2000);
    expect(requests).toBe(3);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await error).toMatchObject({ name: 'TimeoutError', mayHaveArrived: true });
  });

  it('goes on as long as its answer arrives in parts', async () => {
    const text = JSON.stringify(smallestSession);
    handle = () => {};
    const session = read();
    const response = await arrivedAndAfter(timeoutMs / 4 - 1000);
    for (const part of [text.slice(0, 20), text.slice(20, 40)]) {
      const written = new Promise((resolve) => response.write(part, resolve));
      await written;
      // The part has to be read before time goes on.
      for (let n = 0; n < 20; n += 1) await turn();
      await vi.advanceTimersByTimeAsync(timeoutMs / 4 - 1000);
    }
    response.end(text.slice(40));
    expect((await session).id).toBe(smallestSession.id);
    expect(requests).toBe(1);
  });
});

describe('a write', () => {
  it('has all the time of its call, and is never repeated', async () => {
    handle = () => {};
    const sent = write();
    const over = vi.fn();
    sent.finally(over);
    await arrivedAndAfter(timeoutMs - 1000);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await sent).toMatchObject({ outcome: 'unknown', error: { kind: 'timeout' } });
    expect(requests).toBe(1);
  });

  it('leaves no kept connection to the read that looks for it', async () => {
    await read();
    await turn();
    silent.add(sockets[0] as Socket);
    handle = () => {};
    const sent = write();
    await arrivedAndAfter(timeoutMs);
    await sent;
    handle = answer;
    expect((await read()).id).toBe(smallestSession.id);
    expect(requests).toBe(3);
  });

  it('takes a new connection after the computer slept', async () => {
    handle = (response) => response.end();
    await client.updateSession('s1', { status: 'open' });
    await turn();
    await client.updateSession('s1', { status: 'open' });
    await turn();
    expect(sockets).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    await client.updateSession('s1', { status: 'open' });
    expect(sockets).toHaveLength(2);
  });
});
