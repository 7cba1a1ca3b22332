import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { expect, it } from 'vitest';
import { acceptLooseArguments } from '../../src/mcp/loose-arguments.ts';

/** What the protocol layer receives for a message. */
function receive(message: object): unknown {
  let received: unknown;
  const transport = {
    onmessage: (one: unknown) => {
      received = one;
    },
  } as unknown as Transport;
  acceptLooseArguments(transport);
  transport.onmessage?.(message as JSONRPCMessage);
  return received;
}

const call = (params: object) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });

it.each([
  [
    { name: 't', arguments: '{"a":1}' },
    { name: 't', arguments: { a: 1 } },
  ],
  [{ name: 't', arguments: null }, { name: 't' }],
  [
    { name: 't', arguments: { a: '{}' } },
    { name: 't', arguments: { a: '{}' } },
  ],
  [
    { name: 't', arguments: 'no JSON' },
    { name: 't', arguments: 'no JSON' },
  ],
  [
    { name: 't', arguments: [1] },
    { name: 't', arguments: [1] },
  ],
  [{ name: 't' }, { name: 't' }],
])('passes on a call with %j as %j', (given, expected) => {
  expect(receive(call(given))).toEqual(call(expected));
});

it('leaves other messages unchanged', () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'p', arguments: '{}' } };
  expect(receive(message)).toBe(message);
});
