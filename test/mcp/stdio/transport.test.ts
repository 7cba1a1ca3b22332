import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { stdioTransport } from '../../../src/mcp/stdio/transport.ts';
import { seeded } from '../../support/fakes/fakes.ts';

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

const outcomes = (written: readonly string[]) =>
  written
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map(({ id, error }) => [id, error.code]);

describe('a message received', () => {
  it('is delivered when its line is complete', async () => {
    const { feed } = await open();
    const line = JSON.stringify(ping(1));
    expect(await feed(line.slice(0, 9), line.slice(9), '\n{')).toEqual([ping(1)]);
    expect(await feed(`${JSON.stringify(ping(2)).slice(1)}\n`)).toEqual([ping(1), ping(2)]);
  });

  it('may share a chunk with others, begin with a byte order mark and end with a carriage return', async () => {
    const { feed, seen } = await open();
    const [one, two] = [JSON.stringify(ping(1)), JSON.stringify(ping(2))];
    expect(await feed(`\ufeff${one}\r\n\r\n\n${two}\n[3`)).toEqual([ping(1), ping(2)]);
    expect(seen.errors).toEqual([]);
  });

  it('may have params that are null', async () => {
    const { feed } = await open();
    expect(await feed(`${JSON.stringify({ ...ping(1), params: null })}\n`)).toEqual([ping(1)]);
  });

  it.each([
    ['nonsense', null, -32700],
    ['{"jsonrpc":"2.0","id":1,"method":"ping"', null, -32700],
    ['1', null, -32600],
    ['null', null, -32600],
    ['{}', null, -32600],
    ['{"id":5,"method":"ping"}', 5, -32600],
    ['{"jsonrpc":"2.0","id":"a","method":7}', 'a', -32600],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', null, -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 1, -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}', 1, -32600],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', null, -32600],
    ['{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', null, -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call"}', 1, -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}', 1, -32602],
    ['[]', null, -32600],
  ])('is refused and reported once if it is not one: %s', async (line, id, code) => {
    const { feed, seen } = await open();
    expect(await feed(`${line}\n${JSON.stringify(ping(9))}\n`)).toEqual([ping(9)]);
    expect(outcomes(seen.written)).toEqual([[id, code]]);
    expect(seen.errors).toHaveLength(1);
  });

  it.each([
    '{"jsonrpc":"2.0","id":99,"result":{}}',
    '{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"no"}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}',
    '{"jsonrpc":"2.0","result":{}}',
  ])('is reported and not answered if it is a reply to nothing: %s', async (line) => {
    const { feed, seen } = await open();
    expect(await feed(`${line}\n${JSON.stringify(ping(9))}\n`)).toEqual([ping(9)]);
    expect(seen.written).toEqual([]);
    expect(seen.errors).toEqual(['Ignored a reply of the client to a request that was not made.']);
  });

  it('is delivered once if it is the reply to a request', async () => {
    const { feed, seen, transport } = await open();
    await transport.send(ping(0));
    const reply = { jsonrpc: '2.0', id: 0, result: {} };
    const toNothing = JSON.stringify({ ...reply, id: null });
    expect(await feed(`${toNothing}\n${JSON.stringify(reply)}\n${JSON.stringify(reply)}\n`)).toEqual([reply]);
    expect(seen.errors).toHaveLength(2);
  });

  it('is refused by its id if it is too long, and the connection goes on', async () => {
    const long = { jsonrpc: '2.0', id: 7, method: 'ping', params: { a: '}"]'.repeat(2000), id: 8 } };
    for (const line of [
      JSON.stringify(long),
      JSON.stringify({ params: long.params, method: 'ping', jsonrpc: '2.0', id: 7 }),
    ]) {
      const { feed, seen } = await open();
      const at = 500;
      const answer = await feed(line.slice(0, at), line.slice(at), `\n${JSON.stringify(ping(9))}\n`);
      expect(answer).toEqual([ping(9)]);
      expect(outcomes(seen.written)).toEqual([[7, -32600]]);
      expect(seen.closed).toBe(false);
    }
  });

  it('is refused by its id if it has too many values', async () => {
    const { feed, seen } = await open(10_000_000);
    const line = `{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x","arguments":{"a":[${'{},'.repeat(500_000)}1]}},"id":"z"}`;
    expect(await feed(`${line}\n`)).toEqual([]);
    await turn();
    await turn();
    expect(outcomes(seen.written)).toEqual([['z', -32600]]);
  });

  it('may be a batch, whose replies are sent together', async () => {
    const { transport, feed, seen } = await open();
    const note: JSONRPCMessage = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(await feed(`${JSON.stringify([ping(1), note, { a: 1 }, ping(2)])}\n`)).toEqual([
      ping(1),
      note,
      ping(2),
    ]);
    const result = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, result: {} });
    seen.written.length = 0;
    await transport.send(result(2));
    await turn();
    expect(seen.written).toEqual([]);
    await transport.send(result(1));
    await turn();
    expect(JSON.parse(seen.written.join(''))).toEqual([result(2), result(1)]);
  });

  it('is unchanged, however it is split into chunks', async () => {
    const random = seeded(7);
    for (let round = 0; round < 50; round += 1) {
      const { feed, seen } = await open();
      const messages = Array.from({ length: 5 }, (_, id) => ({
        ...ping(id),
        params: { a: 'ä€😀'.repeat(random.below(9)) },
      }));
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
  it('that is an error repeats nothing that cannot be seen, and no long text', async () => {
    const { transport, seen } = await open();
    const message = `Invalid value 'a\u2028b\u009b31m\u202e${'x'.repeat(9000)}'`;
    const data = { uri: 'opencx://a\u2028b', more: ['c\u202ed', 1] };
    transport.send({ jsonrpc: '2.0', id: 1, error: { code: -32602, message, data } });
    await turn();
    const { error } = JSON.parse(seen.written.join(''));
    expect(error.data).toEqual({ uri: 'opencx://a\nb', more: ['cd', 1] });
    expect(error.message).toMatch(/^Invalid value 'a\nb31mx+…$/);
    expect(error.message.length).toBeLessThan(4100);
  });

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
