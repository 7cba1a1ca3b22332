import { expect, it } from 'vitest';
import type { Context } from '../../src/conversations/context.ts';
import { readSentFile } from '../../src/inbox/sent-file.ts';
import { Redactor } from '../../src/text/personal-data/redactor.ts';
import { systemClock } from '../../src/time/clock.ts';
import { Deadline } from '../../src/time/deadline.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const redact = new Redactor({ kinds: ['email'], key: new Uint8Array(32) });

/** Reads a file that a message of the session came with. */
async function read(bytes: Buffer, isRedacted: boolean, declaredType = 'text/plain') {
  const file = { id: 'f', name: 'file', url: 'https://files.example.com/f' };
  const item = {
    id: 'm',
    created_at: '2026-03-01T12:00:00Z',
    event: { type: 'message', attachments: [file] },
  };
  const client = {
    getSession: async () => ({}),
    async *historyPages() {
      yield { items: [item] };
    },
    fetchFile: async () => ({ state: 'fetched', bytes, declaredType }),
  };
  const call = { deadline: Deadline.after(10_000) };
  const context = { client, call, clock: systemClock } as unknown as Context;
  const found = await readSentFile('s', 'f', { context, ...(isRedacted && { redact }) });
  return found?.kind === 'text' ? Buffer.from(found.bytes).toString() : found?.kind;
}

it('a file is shown whole to those who may see personal data', async () => {
  expect(await read(Buffer.from('To robin@example.com'), false)).toBe('To robin@example.com');
  expect(await read(png, false, 'image/png')).toBe('image');
  expect(await read(Buffer.from([0, 1, 2, 255]), false, 'application/pdf')).toBe('other');
});

it('others see text without it, also where markup hides it, and nothing else', async () => {
  expect(await read(Buffer.from('To robin@example.com'), true)).toMatch(/^To \[email \w+\]$/);
  const html = Buffer.from('<html><body><p>To ro<b>bin</b>@example.com</p></body></html>');
  expect(await read(html, true, 'text/html')).toMatch(/^To \[email \w+\]$/);
  const long = Buffer.from(`${'x '.repeat(99_995)}robin@example.com`);
  expect(await read(long, true)).not.toContain('robin');
  expect(await read(png, true, 'image/png')).toBe('unread');
  expect(await read(Buffer.from([0, 1, 2, 255]), true, 'application/pdf')).toBe('unread');
});
