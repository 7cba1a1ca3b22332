import { setImmediate as turn } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { expect, it } from 'vitest';
import { answerCallsDirectly, type CallHandler } from '../../src/mcp/direct-calls.ts';

function open(handle: CallHandler) {
  const passedOn: unknown[] = [];
  const sent: unknown[] = [];
  const transport: Transport = {
    start: async () => {},
    close: async () => {},
    send: async (message) => void sent.push(message),
    onmessage: (message) => passedOn.push(message),
    onclose: () => passedOn.push('closed'),
  };
  answerCallsDirectly(transport, handle);
  const receive = (message: object) =>
    transport.onmessage?.({ jsonrpc: '2.0', ...message } as JSONRPCMessage);
  return { transport, passedOn, sent, receive };
}

const content = [{ type: 'text' as const, text: 'done' }];
const request = (id: unknown, params: object = {}) => ({
  id,
  method: 'tools/call',
  params: { name: 'a', ...params },
});

it('answers a call, and gives its error the code that it carries', async () => {
  const { receive, sent, passedOn } = open(async ({ name }) => {
    if (name === 'a') return { content };
    throw Object.assign(new Error('no'), name === 'b' ? { code: -32602 } : { code: 'EPERM' });
  });
  receive(request(0, { _meta: { progressToken: 1 } }));
  receive(request('x', { name: 'b' }));
  receive(request(2, { name: 'c' }));
  await turn();
  expect(sent).toEqual([
    { jsonrpc: '2.0', id: 0, result: { content } },
    { jsonrpc: '2.0', id: 'x', error: { code: -32602, message: 'no' } },
    { jsonrpc: '2.0', id: 2, error: { code: -32603, message: 'no' } },
  ]);
  expect(passedOn).toEqual([]);
});

it.each([
  ['another method', { id: 1, method: 'tools/list' }],
  ['no id', { method: 'tools/call', params: { name: 'a' } }],
  ['a null id', request(null)],
  ['no params', { id: 1, method: 'tools/call' }],
  ['no name', request(1, { name: 7 })],
  ['a task', request(1, { task: {} })],
  ['a token that is none', request(1, { _meta: { progressToken: null } })],
  ['an older JSON-RPC', { ...request(1), jsonrpc: '1.0' }],
])('leaves to the SDK what has %s', async (_, message) => {
  const { receive, sent, passedOn } = open(async () => ({ content }));
  receive(message);
  await turn();
  expect(sent).toEqual([]);
  expect(passedOn).toEqual([{ jsonrpc: '2.0', ...message }]);
});

it('does not answer what is cancelled, nor anything once the connection is closed', async () => {
  const reasons: unknown[] = [];
  const { receive, transport, sent, passedOn } = open(async (_, id, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    reasons.push([id, signal.reason instanceof Error ? signal.reason.name : signal.reason]);
    return { content };
  });
  receive(request(1));
  receive(request(2));
  const cancellation = {
    method: 'notifications/cancelled',
    params: { requestId: 1, reason: 'enough' },
  };
  receive(cancellation);
  await turn();
  expect(reasons).toEqual([[1, 'enough']]);
  transport.onclose?.();
  await turn();
  expect(reasons).toEqual([
    [1, 'enough'],
    [2, 'AbortError'],
  ]);
  expect(sent).toEqual([]);
  // The SDK has requests of its own to cancel, and an end to see.
  expect(passedOn).toEqual([{ jsonrpc: '2.0', ...cancellation }, 'closed']);
});
