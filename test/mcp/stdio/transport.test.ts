import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { stdioTransport } from '../../../src/mcp/stdio/transport.ts';
import { seeded } from '../../support/fakes.ts';

const ping = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, method: 'ping' });

async function open(maxBytes = 1000) {
  const input = new PassThrough();
  const output = new PassThrough();
  const transport = stdioTransport(input, output, maxBytes);
  const seen = { messages: [] as unknown[], errors: [] as string[], written: [] as string[], closed: false };
  transport.onmessage = (message) => seen.messages.push(message);
  transport.onerror = ({ message }) => seen.errors.push(message);
  transport.onclose = () => {
    seen.closed = true;
  };
  output.on('data', (chunk) => seen.written.push(String(chunk)));
  await transport.start();
  const feed = async (...chunks: (string | Buffer)[]) => {
    for (const chunk of chunks) {
      input.write(chunk);
      await turn();
    }
    return seen.messages;
  };
  return { transport, seen, feed };
}

describe('a message received', () => {
  it('is delivered when its line is complete', async () => {
    const { feed } = await open();
    expect(await feed('1', '2', '3\n4')).toEqual([123]);
    expect(await feed('5\n')).toEqual([123, 45]);
  });

  it('may share a chunk with others and may end with a carriage return', async () => {
    const { feed } = await open();
    expect(await feed('{"a":1}\r\n{"b":2}\n[3')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('is reported and skipped if it is not JSON', async () => {
    const { feed, seen } = await open();
    expect(await feed('nonsense\n\n1\n')).toEqual([1]);
    expect(seen.errors).toHaveLength(2);
    expect(seen.closed).toBe(false);
  });

  it('closes the connection if it is too long, complete or not', async () => {
    for (const chunks of [['12345', '67890', '1'], ['12345678901\n']]) {
      const { feed, seen } = await open(10);
      expect(await feed(...chunks, '\n2\n')).toEqual([]);
      expect(seen.closed).toBe(true);
    }
    const { feed, seen } = await open(10);
    expect(await feed('1\n22222222\n333', '333\n')).toEqual([1, 22222222, 333333]);
    expect(seen.closed).toBe(false);
  });

  it('is unchanged, however it is split into chunks', async () => {
    const random = seeded(7);
    for (let round = 0; round < 50; round += 1) {
      const { feed, seen } = await open();
      const messages = Array.from({ length: 5 }, () => 'ä€😀'.repeat(random.below(9)));
      const bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
      for (let from = 0; from < bytes.length; ) {
        const to = from + random.below(12) + 1;
        await feed(bytes.subarray(from, to));
        from = to;
      }
      expect(seen.messages).toEqual(messages);
    }
  });
});

describe('a message sent', () => {
  it('is written together with the others of the same turn', async () => {
    const { transport, seen } = await open();
    for (const id of [1, 2]) transport.send(ping(id));
    await turn();
    transport.send(ping(3));
    await turn();
    const lines = seen.written.map((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    expect(lines).toEqual([[ping(1), ping(2)], [ping(3)]]);
  });

  it('is not lost if the connection is closed in the same turn', async () => {
    const { transport, seen } = await open();
    transport.send(ping(1));
    await transport.close();
    await turn();
    expect(seen.written.join('')).toBe(`${JSON.stringify(ping(1))}\n`);
  });
});
