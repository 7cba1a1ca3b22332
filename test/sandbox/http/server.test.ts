import { createServer, connect as openSocket } from 'node:net';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { atEnd, create, open, read } from '../../support/sandbox/harness.ts';

const listening = async (options: Parameters<typeof open>[0] = {}) => {
  const sandbox = await open(options);
  const { url } = await sandbox.listen({ port: 0 });
  return { sandbox, url, headers: { authorization: `Bearer ${sandbox.key}` } };
};

/** Sends raw text. `answer` resolves to all that is received until the connection closes. */
function talk(url: string, text: string): { answer: Promise<string>; connected: Promise<void> } {
  const { hostname, port } = new URL(url);
  const socket = openSocket(Number(port), hostname);
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes;
  });
  socket.on('error', () => {});
  socket.write(text);
  return {
    answer: new Promise((resolve) => socket.on('close', () => resolve(received))),
    connected: new Promise((resolve) => socket.on('connect', () => resolve())),
  };
}

test('serves on a free loopback port what fetch serves', async () => {
  const { url, headers, sandbox } = await listening();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const id = await create(sandbox);
  const answer = await read(await fetch(`${url}/chat/sessions/${id}`, { headers }));
  expect(answer.status).toBe(200);
  expect(answer.body.id).toBe(id);
  expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now())).toBeLessThan(5000);
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect((await read(await fetch(`${url}/chat/sessions`))).status).toBe(401);
});

test('an update returns an empty body with Content-Length 0', async () => {
  const { url, headers, sandbox } = await listening();
  const id = await create(sandbox);
  const {
    statusCode,
    headers: received,
    body,
  } = await request(`${url}/chat/sessions/${id}`, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{"status":"closed_resolved"}',
  });
  expect(statusCode).toBe(200);
  expect(received['content-length']).toBe('0');
  expect(received['transfer-encoding']).toBeUndefined();
  expect(received['content-type']).toBeUndefined();
  expect(await body.text()).toBe('');
});

test('the Date header and the data use the same clock', async () => {
  const { url, headers } = await listening({ now: () => new Date('2026-03-01T09:00:00.700Z') });
  const answer = await read(await fetch(`${url}/chat/sessions`, { headers }));
  expect(answer.headers.get('date')).toBe('Sun, 01 Mar 2026 09:00:00 GMT');
});

test('file URLs use the origin of the request', async () => {
  const { url, headers, sandbox } = await listening();
  const id = await create(sandbox);
  const message = { type: 'text', text: '', attachments: [{ base64: 'aGk=', mime_type: 'text/plain' }] };
  const options = { headers: { ...headers, 'content-type': 'application/json' } };
  await fetch(`${url}/chat/sessions/${id}/send`, {
    ...options,
    method: 'POST',
    body: JSON.stringify({ sender: 'contact', message }),
  });
  const history = await read(await fetch(`${url}/chat/sessions/${id}/history`, options));
  const file = history.body.items[0].event.attachments[0].url;
  expect(file.startsWith(`${url}/files/`)).toBe(true);
  expect(await (await fetch(file)).text()).toBe('hi');
});

test('a body over 10 MB is a readable 413, with and without Content-Length', async () => {
  const { url, headers } = await listening();
  const big = JSON.stringify({ custom_data: { a: 'x'.repeat(11 * 1024 * 1024) } });
  for (const body of [big, new Blob([big]).stream()]) {
    const response = await fetch(`${url}/chat/sessions`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);
    expect((await read(response)).body).toEqual({
      statusCode: 413,
      message: 'body: must not be larger than 10 MB',
      error: 'Payload Too Large',
    });
  }
  expect((await fetch(`${url}/chat/sessions`, { headers })).status).toBe(200);
});

test('a Content-Length over the limit is answered without waiting for the body', async () => {
  const { url, sandbox } = await listening();
  const head = `POST /chat/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${sandbox.key}\r\nContent-Type: application/json\r\n`;
  expect(await talk(url, `${head}Content-Length: 99999999\r\n\r\n{}`).answer).toMatch(/^HTTP\/1\.1 413 /);
});

test.each([
  '/chat/sessions/%00',
  '/chat/sessions/%zz',
  `/chat/sessions/${'x'.repeat(30_000)}`,
  '/chat/sessions/..',
  '/chat/sessions/%2e%2e/x',
])('the raw path %.40s is a 404', async (path) => {
  const { url, sandbox } = await listening();
  const text = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${sandbox.key}\r\n\r\n`;
  expect(await talk(url, text).answer).toMatch(/^HTTP\/1\.1 404 /);
});

test('HEAD returns no body', async () => {
  const { url, headers } = await listening();
  const response = await fetch(`${url}/chat/sessions`, { method: 'HEAD', headers });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('a port in use is a clear error, and the sandbox can listen on another one', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  atEnd(() => other.close());
  const { port } = other.address() as { port: number };
  const sandbox = await open();
  await expect(sandbox.listen({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is already in use`);
  const { url } = await sandbox.listen({ port: 0 });
  expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
  await expect(sandbox.listen({ port: 0 })).rejects.toThrow('already listens');
});

test('close ends idle and waiting connections at once', async () => {
  const { url, sandbox } = await listening();
  const idle = talk(url, '');
  const waiting = talk(
    url,
    `POST /chat/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${sandbox.key}\r\nContent-Length: 500\r\n\r\n{`,
  );
  await Promise.all([idle.connected, waiting.connected]);
  const before = performance.now();
  await sandbox.close();
  await Promise.all([idle.answer, waiting.answer]);
  expect(performance.now() - before).toBeLessThan(1000);
  await expect(fetch(url)).rejects.toThrow();
  await sandbox.close();
});

test('close during requests neither crashes nor hangs', async () => {
  const { sandbox } = await listening();
  const running = Array.from({ length: 20 }, () =>
    sandbox.fetch(
      new Request('http://x/chat/sessions', {
        method: 'POST',
        headers: { authorization: `Bearer ${sandbox.key}`, 'content-type': 'application/json' },
        body: '{}',
      }),
    ),
  );
  await sandbox.close();
  for (const { status } of await Promise.all(running)) expect([200, 500]).toContain(status);
});

test('a graceful close lets a running request finish and accepts no new one', async () => {
  const { url, sandbox } = await listening();
  const head = `POST /chat/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${sandbox.key}\r\nContent-Type: application/json\r\n`;
  const { hostname, port } = new URL(url);
  const socket = openSocket(Number(port), hostname);
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes;
  });
  const ended = new Promise((resolve) => socket.on('close', resolve));
  // Node sends "100 Continue" once it has accepted the request.
  socket.write(`${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  const closed = sandbox.close(60_000);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  socket.write('{}');
  await closed;
  await ended;
  expect(answer).toMatch(/HTTP\/1\.1 200 /);
  expect(answer).toMatch(/\{"id":"[0-9a-f-]{36}"\}/);
});
