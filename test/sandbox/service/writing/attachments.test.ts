import { expect, test } from 'vitest';
import { call, create, events, everything, open, send } from '../../../support/sandbox/harness.ts';

const withFiles = (attachments: unknown, text = 'See the file') => ({
  message: { type: 'text', text, attachments },
});

test('a URL is kept, with size 0 because it is unknown', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  const url = 'https://files.example.com/a/b%20c.png?x=1#y';
  await send(sandbox, id, withFiles([{ url, name: 'c.png', mime_type: 'image/png' }, { url }]));
  const [{ event }] = await events(sandbox, id);
  expect(event.attachments).toEqual([
    { id: expect.any(String), name: 'c.png', size: 0, type: 'image/png', url },
    { id: expect.any(String), name: 'b%20c.png', size: 0, type: 'application/octet-stream', url },
  ]);
});

test('content is stored and served as a download, without a key', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  const bytes = Buffer.from([0, 1, 2, 253, 254, 255]);
  const name = 'naïve "quote"\r\nX-Evil: 1.html';
  await send(
    sandbox,
    id,
    withFiles([{ base64: bytes.toString('base64'), name, mime_type: 'Text/HTML' }], ''),
  );
  const [{ event }] = await events(sandbox, id);
  expect(event.attachments).toMatchObject([{ name, size: 6, type: 'text/html' }]);
  const { url } = event.attachments[0];
  expect(url).toMatch(/^http:\/\/sandbox\.test\/files\/[\w-]{32}$/);
  const response = await sandbox.fetch(new Request(url));
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  expect(response.headers.get('content-type')).toBe('text/html');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  // A browser that shows it all the same runs nothing of it, and it loads nothing.
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(response.headers.get('x-evil')).toBeNull();
  expect(response.headers.get('content-disposition')).toBe(
    "attachment; filename*=UTF-8''na%C3%AFve%20%22quote%22%0D%0AX-Evil%3A%201.html",
  );
});

test('a media type that is invalid in a header becomes application/octet-stream', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  await send(sandbox, id, withFiles([{ base64: 'aGk=', mime_type: 'text/html\r\nX-Evil: 1' }]));
  const [{ event }] = await events(sandbox, id);
  expect(event.attachments).toMatchObject([
    { name: 'attachment', type: 'application/octet-stream', size: 2 },
  ]);
});

test('with URL and content, the URL is kept and the content gives the size', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  const url = 'https://files.example.com/a.txt';
  await send(sandbox, id, withFiles([{ url, base64: 'aGk=' }]));
  const [{ event }] = await events(sandbox, id);
  expect(event.attachments).toMatchObject([{ url, size: 2, name: 'a.txt' }]);
});

test.each([
  [[{}], 'message.attachments.0'],
  [[{ name: 'a', mime_type: 'b/c' }], 'message.attachments.0'],
  [[{ url: 'https://example.com/a' }, { base64: 'a' }], 'message.attachments.1.base64'],
  [[{ base64: '' }], 'message.attachments.0.base64'],
  [[{ base64: 'aGk' }], 'message.attachments.0.base64'],
  [[{ base64: 'aG k=' }], 'message.attachments.0.base64'],
  [[{ base64: 'data:text/plain;base64,aGk=' }], 'message.attachments.0.base64'],
  [[{ base64: '====' }], 'message.attachments.0.base64'],
  [[{ url: '' }], 'message.attachments.0.url'],
  [[{ url: 'javascript:alert(1)' }], 'message.attachments.0.url'],
  [[{ url: 'file:///etc/passwd' }], 'message.attachments.0.url'],
  [[{ url: 'a.png' }], 'message.attachments.0.url'],
  [[{ url: 7 }], 'message.attachments.0.url'],
  ['a.png', 'message.attachments'],
])('%j is rejected with the field at fault and writes nothing', async (attachments, field) => {
  const sandbox = await open();
  const id = await create(sandbox);
  const before = await everything(sandbox);
  const body = { sender: 'contact', ...withFiles(attachments) };
  const answer = await call(sandbox, 'POST', `/chat/sessions/${id}/send`, { body });
  expect([answer.status, answer.body.message.split(':')[0]]).toEqual([400, field]);
  expect(await everything(sandbox)).toEqual(before);
});

test.each(['x', 'a'.repeat(32), '..', '%00', '%2e%2e%2fsecret', `${'a'.repeat(31)}%00`])(
  'file %s is a 404',
  async (id) => {
    const sandbox = await open();
    const answer = await call(sandbox, 'GET', `/files/${id}`);
    expect(answer.status).toBe(404);
  },
);
