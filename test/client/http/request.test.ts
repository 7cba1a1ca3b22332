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
import { smallestSession } from '../../support/fakes/examples.ts';
import {
  type Answer,
  failureOf,
  refusedUrl,
  reset,
  resetDuringAnswer,
  silence,
  startUpstream,
  type Upstream,
} from '../../support/fakes/http-server.ts';

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

describe('a request', () => {
  it('was not sent if the connection is refused', async () => {
    const error = await failureOf(clientOf({ baseUrl: await refusedUrl() }).getSession('s1'));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ kind: 'connection', mayHaveArrived: false, status: undefined });
    expect((error as Error).message).toContain('ECONNREFUSED');
    expect((error as Error).cause).toBeDefined();
  });

  it('may have arrived if the connection is reset before the response', async () => {
    expect(await failWith(reset)).toMatchObject({ kind: 'connection', mayHaveArrived: true });
  });

  it('may have arrived if the connection ends before the response', async () => {
    expect(await failWith((request) => request.socket.end())).toMatchObject({
      kind: 'connection',
      mayHaveArrived: true,
    });
  });

  it('may have arrived if the connection is reset during the response', async () => {
    expect(await failWith(resetDuringAnswer)).toMatchObject({ kind: 'connection', mayHaveArrived: true });
  });

  it('may have arrived if the response is not HTTP', async () => {
    const server = createServer((socket) =>
      socket.on('error', () => {}).once('data', () => socket.end('hello\r\n\r\n')),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const error = await failureOf(clientOf({ baseUrl: `http://127.0.0.1:${port}` }).getSession('s1'));
    expect(error).toMatchObject({ kind: 'connection', mayHaveArrived: true });
    server.close();
  });

  it('reuses the connection of an earlier read', async () => {
    const client = clientOf();
    upstream.script({ json: smallestSession }, { status: 404 }, { json: smallestSession });
    await client.getSession('s1');
    // undici frees a connection one turn after the response has ended.
    await setImmediate();
    await failureOf(client.getSession('s2'));
    await setImmediate();
    await client.getSession('s3');
    expect(upstream.requests).toHaveLength(3);
    expect(upstream.connections()).toBe(1);
  });

  it('that writes does not use the connection of a read', async () => {
    const client = clientOf();
    upstream.script({ json: smallestSession }, { status: 200 });
    await client.getSession('s1');
    await setImmediate();
    await client.updateSession('s1', { status: 'open' });
    expect(upstream.connections()).toBe(2);
  });

  it('leaves no open connection once the client is closed', async () => {
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

  it('that waited for the budget is not sent when the client is closed', async () => {
    let free = (_ms: number) => {};
    const turn = new Promise<number>((resolve) => {
      free = resolve;
    });
    const rateLimiter = { take: () => turn, waitMs: async () => 0, block: async () => {} };
    const client = clientOf({ rateLimiter });
    const failure = failureOf(client.getSession('s1'));
    await client.prepare();
    await client.close();
    free(0);
    expect(await failure).toMatchObject({ message: 'The client is closed.' });
    expect(upstream.requests).toHaveLength(0);
  });

  it('in flight fails when the client is closed', async () => {
    const client = clientOf();
    const arrived = arrival();
    const call = failureOf(client.createSession({}));
    await arrived;
    await client.close();
    expect(await call).toMatchObject({ kind: 'connection', mayHaveArrived: true });
  });
});

/** Scripts one request that is never answered. Resolves when it arrives. */
function arrival(): Promise<IncomingMessage> {
  return new Promise((resolve) => upstream.script((request) => resolve(request)));
}

describe('the deadline', () => {
  it('ends a call without a response', async () => {
    // Long enough to send the request on a busy machine.
    const error = await failWith(silence, { timeoutMs: 400 });
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ kind: 'timeout', mayHaveArrived: true });
  });

  it('covers the body of the response', async () => {
    const error = await failWith((_, response) => response.writeHead(200).write('{'), { timeoutMs: 40 });
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it("may be the TimeoutError of the caller's signal", async () => {
    upstream.script(silence);
    const error = await failureOf(clientOf().getSession('s1', { signal: AbortSignal.timeout(40) }));
    expect(error).toBeInstanceOf(TimeoutError);
  });
});

describe('a call', () => {
  it('closes its connection when it is cancelled in flight', async () => {
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

  it('cancelled before it starts sends nothing', async () => {
    const error = await failureOf(clientOf().getSession('s1', { signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ mayHaveArrived: false });
    expect(upstream.connections()).toBe(0);
  });

  it('timed out before it starts sends nothing', async () => {
    const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    const error = await failureOf(clientOf().getSession('s1', { signal }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ mayHaveArrived: false });
    expect(upstream.connections()).toBe(0);
  });
});

describe('a response', () => {
  /** Writes chunks of 100 kB until the client disconnects. `closed` resolves with the bytes written. */
  function endless(status: number): { answer: Answer; closed: Promise<number> } {
    const chunk = Buffer.alloc(100_000, 'x');
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
          written += chunk.length;
          if (!response.write(chunk)) return response.once('drain', write);
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

  it('is aborted at 10 MB', async () => {
    const { answer, closed } = endless(200);
    const error = await failWith(answer);
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toContain('larger than 10 MB');
    // The rest was in socket buffers.
    expect(await closed).toBeLessThan(25_000_000);
  });

  it('with an error status is aborted at 1 MB and keeps its status', async () => {
    const { answer, closed } = endless(503);
    expect(await failWith(answer)).toMatchObject({ kind: 'upstream', status: 503, apiMessage: undefined });
    expect(await closed).toBeLessThan(15_000_000);
  });

  it.each([
    ['broken JSON', '{"id":'],
    ['an empty body', ''],
    ['HTML', '<html>'],
    ['an array', '[]'],
    ['a string', '"ok"'],
    ['null', 'null'],
  ])('of %s is invalid', async (_, text) => {
    const error = await failWith({ text });
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error).toMatchObject({ kind: 'invalid_response', mayHaveArrived: true });
  });

  async function readFailure(json: unknown): Promise<OpenCxError> {
    upstream.script({ json });
    return (await failureOf(clientOf().getSession('s1'))) as OpenCxError;
  }

  it('sets the clock offset when its headers arrive, not its body, until the local clock is set', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });
    let headers: Record<string, string> = { date: 'Sun, 01 Mar 2026 12:00:07 GMT' };
    const dispatcher = {
      dispatch(_: unknown, handler: Dispatcher.DispatchHandler) {
        const controller = {} as Dispatcher.DispatchController;
        handler.onRequestStart?.(controller, {});
        handler.onResponseStart?.(controller, 200, headers);
        vi.setSystemTime('2026-03-01T12:00:30Z');
        handler.onResponseData?.(controller, Buffer.from(JSON.stringify(smallestSession)));
        handler.onResponseEnd?.(controller, {});
        return true;
      },
    } as unknown as Dispatcher;
    const client = createClient({ apiKey: 'k', dispatcher });
    expect(client.clockOffset()).toBeUndefined();
    await client.getSession('s1');
    expect(client.clockOffset()).toBe(7000);
    // A response that does not tell the time changes nothing.
    for (const told of [{}, { date: 'today' }] as Record<string, string>[]) {
      headers = told;
      await client.getSession('s1');
      expect(client.clockOffset()).toBe(7000);
    }
    headers = { date: 'Sun, 01 Mar 2026 12:00:07 GMT' };
    vi.setSystemTime('2026-03-02T12:00:30Z');
    expect(client.clockOffset()).toBeUndefined();
    await client.getSession('s1');
    expect(client.clockOffset()).toBeTypeOf('number');
    vi.useRealTimers();
  });

  it('of the wrong shape is rejected with the name of the field', async () => {
    const error = await readFailure({ ...smallestSession, id: 7 });
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toContain('(id: ');
  });
});

it('a TLS handshake that hangs ends at the deadline', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const client = clientOf({ baseUrl: `https://127.0.0.1:${port}`, timeoutMs: 200 });
  const from = performance.now();
  expect(await failureOf(client.getSession('s1'))).toMatchObject({ kind: 'timeout' });
  // The connect timeout is ten seconds.
  expect(performance.now() - from).toBeLessThan(5000);
  await client.close();
  silent.close();
});
