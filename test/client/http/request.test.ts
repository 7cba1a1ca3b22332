import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientOptions, createClient, type SessionsClient } from '../../../src/client/client.ts';
import {
  CancelledError,
  ConnectionError,
  InvalidResponseError,
  type OpenCxError,
  TimeoutError,
} from '../../../src/client/errors.ts';
import { smallestSession } from '../../support/examples.ts';
import {
  type Answer,
  failureOf,
  refusedUrl,
  reset,
  resetDuringAnswer,
  silence,
  startUpstream,
  type Upstream,
} from '../../support/http-server.ts';

let upstream: Upstream;
let clients: SessionsClient[];

beforeEach(async () => {
  clients = [];
  upstream = await startUpstream();
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await upstream.close();
});

function clientOf(options: ClientOptions = {}): SessionsClient {
  const client = createClient({ apiKey: 'k', baseUrl: upstream.url, ...options });
  clients.push(client);
  return client;
}

async function failWith(answer: Answer, options?: ClientOptions): Promise<OpenCxError> {
  upstream.script(answer);
  return (await failureOf(clientOf(options).createSession({}))) as OpenCxError;
}

describe('a connection', () => {
  it('that is refused certainly carried nothing', async () => {
    const error = await failureOf(clientOf({ baseUrl: await refusedUrl() }).getSession('s1'));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ kind: 'connection', mayHaveArrived: false, status: undefined });
    expect((error as Error).message).toContain('ECONNREFUSED');
    expect((error as Error).cause).toBeDefined();
  });

  it('that is reset before the answer may have carried the request', async () => {
    expect(await failWith(reset)).toMatchObject({ kind: 'connection', mayHaveArrived: true });
  });

  it('that ends before the answer may have carried the request', async () => {
    expect(await failWith((request) => request.socket.end())).toMatchObject({
      kind: 'connection',
      mayHaveArrived: true,
    });
  });

  it('that is reset during the answer may have carried the request', async () => {
    expect(await failWith(resetDuringAnswer)).toMatchObject({ kind: 'connection', mayHaveArrived: true });
  });

  it('that speaks no HTTP may have carried the request', async () => {
    const server = createServer((socket) =>
      socket.on('error', () => {}).once('data', () => socket.end('hello\r\n\r\n')),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const error = await failureOf(clientOf({ baseUrl: `http://127.0.0.1:${port}` }).getSession('s1'));
    expect(error).toMatchObject({ kind: 'connection', mayHaveArrived: true });
    server.close();
  });

  it('is used again for the next read', async () => {
    const client = clientOf();
    upstream.script({ json: smallestSession }, { status: 404 }, { json: smallestSession });
    await client.getSession('s1');
    // undici marks a connection free one turn after the answer's body ended.
    await setImmediate();
    await failureOf(client.getSession('s2'));
    await setImmediate();
    await client.getSession('s3');
    expect(upstream.requests).toHaveLength(3);
    expect(upstream.connections()).toBe(1);
  });

  it('of reads is not the one of writes', async () => {
    const client = clientOf();
    upstream.script({ json: smallestSession }, { status: 200 });
    await client.getSession('s1');
    await setImmediate();
    await client.updateSession('s1', { status: 'open' });
    expect(upstream.connections()).toBe(2);
  });

  it('ends when the client is closed', async () => {
    const client = clientOf();
    const socketClosed = new Promise<void>((resolve) => {
      upstream.script((request, response) => {
        request.socket.on('close', () => resolve());
        response.end(JSON.stringify(smallestSession));
      });
    });
    await client.getSession('s1');
    expect(upstream.open()).toBe(1);
    await client.close();
    await socketClosed;
    expect(upstream.open()).toBe(0);
  });

  it('with a request under way ends too, and the request fails', async () => {
    const client = clientOf();
    const arrived = arrival();
    const call = failureOf(client.createSession({}));
    await arrived;
    await client.close();
    expect(await call).toMatchObject({ kind: 'connection', mayHaveArrived: true });
  });
});

/** Scripts one request that is never answered; resolves when it has come. */
function arrival(): Promise<IncomingMessage> {
  return new Promise((resolve) => upstream.script((request) => resolve(request)));
}

describe('the deadline', () => {
  it('ends a call that is not answered', async () => {
    // Long enough for the request to leave on a busy machine.
    const error = await failWith(silence, { timeoutMs: 400 });
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ kind: 'timeout', mayHaveArrived: true });
  });

  it('covers the body of the answer', async () => {
    const error = await failWith((_, response) => response.writeHead(200).write('{'), { timeoutMs: 40 });
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it('may come from the caller, as the reason of his signal', async () => {
    upstream.script(silence);
    const error = await failureOf(clientOf().getSession('s1', { signal: AbortSignal.timeout(40) }));
    expect(error).toBeInstanceOf(TimeoutError);
  });
});

describe('the caller', () => {
  it('cancels a call under way, and its connection closes', async () => {
    const controller = new AbortController();
    const arrived = arrival();
    const call = failureOf(clientOf().getSession('s1', { signal: controller.signal }));
    const { socket } = await arrived;
    const closed = once(socket, 'close');
    controller.abort();
    const error = await call;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ kind: 'cancelled', mayHaveArrived: true });
    await closed;
  });

  it('who has cancelled before sends nothing, and that is known', async () => {
    const error = await failureOf(clientOf().getSession('s1', { signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ mayHaveArrived: false });
    expect(upstream.connections()).toBe(0);
  });

  it('whose time is up before sends nothing, and that is known', async () => {
    const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    const error = await failureOf(clientOf().getSession('s1', { signal }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ mayHaveArrived: false });
    expect(upstream.connections()).toBe(0);
  });
});

describe('an answer', () => {
  /** Writes pieces of 100 kB until the reader goes away; counts what was written. */
  function endless(status: number): { answer: Answer; closed: Promise<number> } {
    const piece = Buffer.alloc(100_000, 'x');
    let written = 0;
    let report: (bytes: number) => void = () => {};
    const closed = new Promise<number>((resolve) => {
      report = resolve;
    });
    const answer: Answer = (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.on('close', () => report(written));
      const write = () => {
        while (!response.destroyed) {
          written += piece.length;
          if (!response.write(piece)) return response.once('drain', write);
        }
      };
      write();
    };
    return { answer, closed };
  }

  it('of 10 MB is read', async () => {
    const session = { ...smallestSession, custom_data: { filler: '' } };
    const filler = 'x'.repeat(10_000_000 - JSON.stringify(session).length);
    upstream.script({ json: { ...session, custom_data: { filler } } });
    expect((await clientOf().getSession('s1')).custom_data?.['filler']).toBe(filler);
  });

  it('without end is left at 10 MB', async () => {
    const { answer, closed } = endless(200);
    const error = await failWith(answer);
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toContain('larger than 10 MB');
    // The rest is what stood in the buffers between.
    expect(await closed).toBeLessThan(25_000_000);
  });

  it('without end of an error is left at 1 MB, and the error is still that of its status', async () => {
    const { answer, closed } = endless(503);
    expect(await failWith(answer)).toMatchObject({ kind: 'upstream', status: 503, apiMessage: undefined });
    expect(await closed).toBeLessThan(15_000_000);
  });

  it.each([
    ['broken JSON', '{"id":'],
    ['nothing', ''],
    ['HTML', '<html>'],
    ['a list', '[]'],
    ['a word', '"ok"'],
    ['null', 'null'],
  ])('that is %s is not read as one', async (_, text) => {
    const error = await failWith({ text });
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error).toMatchObject({ kind: 'invalid_response', mayHaveArrived: true });
  });

  async function readFailure(json: unknown): Promise<OpenCxError> {
    upstream.script({ json });
    return (await failureOf(clientOf().getSession('s1'))) as OpenCxError;
  }

  it('tells the clock of the server by the moment of its head, however long its body takes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });
    const dispatcher = {
      dispatch(_: unknown, handler: Dispatcher.DispatchHandler) {
        const controller = {} as Dispatcher.DispatchController;
        handler.onRequestStart?.(controller, {});
        handler.onResponseStart?.(controller, 200, { date: 'Sun, 01 Mar 2026 12:00:07 GMT' });
        vi.setSystemTime('2026-03-01T12:00:30Z');
        handler.onResponseData?.(controller, Buffer.from(JSON.stringify(smallestSession)));
        handler.onResponseEnd?.(controller, {});
        return true;
      },
    } as unknown as Dispatcher;
    const client = createClient({ apiKey: 'k', dispatcher });
    await client.getSession('s1');
    vi.useRealTimers();
    expect(client.clockOffset()).toBe(7000);
  });

  it('of the wrong shape is refused by the name of its member', async () => {
    const error = await readFailure({ ...smallestSession, id: 7 });
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toContain('(id: ');
  });
});

it('a TLS handshake that hangs does not outlast the deadline', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const client = clientOf({ baseUrl: `https://127.0.0.1:${port}`, timeoutMs: 200 });
  const from = performance.now();
  expect(await failureOf(client.getSession('s1'))).toMatchObject({ kind: 'timeout' });
  // The connection itself would be given up after ten seconds only.
  expect(performance.now() - from).toBeLessThan(5000);
  await client.close();
  silent.close();
});
