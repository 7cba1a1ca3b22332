import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/**
 * Lets calls through whose arguments are null or an object as JSON text, as some agent frameworks send them. The SDK
 * would refuse the request before the pipeline sees it.
 * @param transport a connected one.
 */
export function acceptLooseArguments(transport: Transport): void {
  const { onmessage } = transport;
  transport.onmessage = (message, extra) => onmessage?.(withObjectArguments(message), extra);
}

function withObjectArguments(message: JSONRPCMessage): JSONRPCMessage {
  if (!('method' in message) || message.method !== 'tools/call') return message;
  const { arguments: given, ...rest } = message.params ?? {};
  if (given === null) return { ...message, params: rest };
  if (typeof given !== 'string') return message;
  try {
    return { ...message, params: { ...rest, arguments: JSON.parse(given) } };
  } catch {
    return message;
  }
}
