import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolRequest,
  type CallToolResult,
  ErrorCode,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';

/** Carries a call out. @throws McpError, or what else is to be the answer's error. */
export type CallHandler = (
  params: CallToolRequest['params'],
  id: RequestId,
  ending: AbortController,
) => Promise<CallToolResult>;

/**
 * Answers well-formed `tools/call` requests before the SDK's protocol layer, which takes each and its answer through
 * nine schemas, three of which are there to fail: a fifth of what a call computes. Everything else goes to it,
 * calls of any other form included. To be used on a transport that is connected.
 */
export function answerCallsDirectly(transport: Transport, handle: CallHandler): void {
  const { onmessage, onclose } = transport;
  const underWay = new Map<RequestId, AbortController>();

  async function answer({ id, params }: Call): Promise<void> {
    const controller = new AbortController();
    underWay.set(id, controller);
    const outcome = await handle(params, id, controller).then((result) => ({ result }), errorOf);
    // Nobody waits for the answer of a call that was cancelled, or of a connection that is closed.
    if (underWay.get(id) !== controller) return;
    underWay.delete(id);
    await transport.send({ jsonrpc: '2.0', id, ...outcome });
  }

  transport.onmessage = (message, extra) => {
    if (isCall(message)) {
      answer(message).catch((error) => transport.onerror?.(error));
      return;
    }
    if ('method' in message && message.method === 'notifications/cancelled') {
      const { requestId, reason } = (message.params ?? {}) as { requestId?: RequestId; reason?: string };
      if (requestId !== undefined) {
        underWay.get(requestId)?.abort(reason);
        underWay.delete(requestId);
      }
    }
    onmessage?.(message, extra);
  };
  transport.onclose = () => {
    for (const controller of underWay.values()) controller.abort();
    underWay.clear();
    onclose?.();
  };
}

type Call = JSONRPCRequest & Pick<CallToolRequest, 'params'>;

function isCall(message: JSONRPCMessage): message is Call {
  if (!('method' in message && message.method === 'tools/call' && 'id' in message)) return false;
  const { jsonrpc, id, params } = message;
  if (jsonrpc !== '2.0' || !isId(id) || !isObject(params) || typeof params['name'] !== 'string') return false;
  // A task is for the SDK to refuse: this server has none.
  const { task, _meta: meta } = params;
  return task === undefined && (meta === undefined || (isObject(meta) && isToken(meta['progressToken'])));
}

const isToken = (value: unknown) => value === undefined || isId(value);

const isId = (value: unknown): value is RequestId => typeof value === 'string' || Number.isSafeInteger(value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As the SDK makes it of what a handler throws. */
function errorOf(error: { code?: unknown; message?: string }) {
  const code = Number.isSafeInteger(error.code) ? (error.code as number) : ErrorCode.InternalError;
  return { error: { code, message: error.message ?? 'Internal error' } };
}
