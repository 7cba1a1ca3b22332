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
    transport.onmessage = (message, extra) => onmessage?.(this.#keep(message), extra);
  }

  /** The arguments of a call. They are handed out once. */
  take(id: RequestId): unknown {
    const given = this.#byRequest.get(id);
    this.#byRequest.delete(id);
    return given;
  }

  #keep(message: JSONRPCMessage): JSONRPCMessage {
    if (!('method' in message && 'id' in message) || message.method !== 'tools/call') return message;
    const { arguments: given, ...params } = message.params ?? {};
    // The SDK refuses any other call, so nobody would take its arguments.
    if (typeof params['name'] === 'string') this.#byRequest.set(message.id, given);
    return { ...message, params };
  }
}
