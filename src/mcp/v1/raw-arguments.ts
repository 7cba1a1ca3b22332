import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

/**
 * Keeps the arguments of calls as the client sent them. The SDK refuses a call whose arguments are null or JSON text,
 * as some agent frameworks send them, and drops a key `__proto__` silently; the pipeline accepts the one and refuses
 * the other by name.
 */
export class RawArguments {
  readonly #byRequest = new Map<RequestId, unknown>();

  /** @param transport a connected one. */
  readFrom(transport: Transport): void {
    const { onmessage } = transport;
    transport.onmessage = (message, extra) => onmessage?.(this.keep(message) as JSONRPCMessage, extra);
  }

  /** The arguments of a call. They are handed out once. */
  take(id: RequestId): unknown {
    const given = this.#byRequest.get(id);
    this.#byRequest.delete(id);
    return given;
  }

  /** Takes the arguments out of a message that is a call. */
  keep(message: unknown): unknown {
    const { method, id, params } = Object(message) as Record<string, unknown>;
    if (method !== 'tools/call' || !isId(id)) return message;
    const { arguments: given, ...others } = Object(params) as Record<string, unknown>;
    // The SDK refuses any other call, so nobody would take its arguments.
    if (typeof others['name'] !== 'string') return message;
    this.#byRequest.set(id, given);
    return { ...(message as object), params: others };
  }
}

function isId(id: unknown): id is RequestId {
  return typeof id === 'string' || typeof id === 'number';
}
