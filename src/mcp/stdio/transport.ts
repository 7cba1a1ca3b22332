import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ErrorCode, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { withinBudget } from '../../contract/bounded-json.ts';
import { cleanText } from '../../text/clean.ts';
import { idIn, MessageOutline, requestId } from './message-outline.ts';

const lineFeed = 0x0a;

/** Budget for the values of a message. The arguments of a call may have far fewer. */
const maxCost = 100_000;

/** More messages in one batch are refused. */
const maxBatch = 100;

/**
 * Sends and receives JSON-RPC messages as lines; the protocol layer checks them. The SDK's own transport copies and
 * searches its whole buffer for every chunk: a message of 7 MB, an attachment of the largest size, costs it 134 ms of
 * CPU, and this one 19 ms.
 *
 * A line that is not a message is refused with the code of JSON-RPC 2.0 and reported to `onerror`. The protocol layer
 * would be silent, and the client would wait. A reply that nothing waits for is reported, and not answered.
 * @param maxBytes a longer message is refused and skipped.
 * @param redact applied to every message that is sent.
 */
export function stdioTransport(
  input: Readable,
  output: Writable,
  maxBytes: number,
  redact = (line: string) => line,
): Transport {
  let parts: Buffer[] = [];
  let size = 0;
  let outgoing = '';
  /** Set while the rest of a line that is too long arrives. */
  let skipped: MessageOutline | undefined;
  /** Requests of batches that are not answered yet. */
  const batches = new Map<unknown, { missing: number; readonly replies: JSONRPCMessage[] }>();
  /** Ids of our own requests that are not answered yet. */
  const asked = new Set<unknown>();

  function read(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(lineFeed, from);
      take(chunk.subarray(from, end < 0 ? undefined : end), end >= 0);
      from = end < 0 ? chunk.length : end + 1;
    }
  }

  function take(piece: Buffer, endsLine: boolean): void {
    size += piece.length;
    if (skipped === undefined && size > maxBytes) {
      skipped = new MessageOutline();
      for (const part of parts) skipped.read(part);
      parts = [];
    }
    if (skipped) skipped.read(piece);
    else parts.push(piece);
    if (!endsLine) return;
    if (skipped) {
      refuse(ErrorCode.InvalidRequest, `The message is longer than ${maxBytes} bytes.`, skipped.requestId());
    } else receive(Buffer.concat(parts, size));
    parts = [];
    size = 0;
    skipped = undefined;
  }

  function receive(bytes: Buffer): void {
    // Some programs begin what they write with a byte order mark.
    const line = bytes.toString('utf8').replace(/^\ufeff/, '');
    if (line.trim() === '') return;
    const affordable = withinBudget(line, maxCost);
    if (affordable?.leftOut !== 0) {
      // In the next turn of the event loop: counting took long enough.
      setImmediate(() => {
        refuse(ErrorCode.InvalidRequest, 'The message has too many values.', idIn(affordable?.text ?? ''));
      });
      return;
    }
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      refuse(ErrorCode.ParseError, 'The line is not JSON.', null);
      return;
    }
    if (Array.isArray(message)) receiveBatch(message);
    else deliver(message);
  }

  /** Batches belong to version 2025-03-26 of the protocol. Their replies are sent together. */
  function receiveBatch(messages: readonly unknown[]): void {
    if (messages.length === 0 || messages.length > maxBatch) {
      refuse(ErrorCode.InvalidRequest, `A batch has 1 to ${maxBatch} messages.`, null);
      return;
    }
    const ids = messages.filter((message) => isRequest(message)).map(requestId);
    const batch = { missing: ids.length, replies: [] };
    for (const id of ids) batches.set(id, batch);
    for (const message of messages) deliver(message);
  }

  function deliver(message: unknown): void {
    if (isReply(message)) {
      // The protocol layer would drop any other one silently. It reads ids as numbers.
      const id = requestId(message);
      if (id !== null && asked.delete(Number(id)))
        transport.onmessage?.(message as unknown as JSONRPCMessage);
      else transport.onerror?.(new Error('Ignored a reply of the client to a request that was not made.'));
      return;
    }
    if (!isMessage(message)) {
      refuse(ErrorCode.InvalidRequest, 'The line is not a JSON-RPC 2.0 message.', requestId(message));
      return;
    }
    // JSON-RPC has no such value for `params`, but means nothing else by it.
    const { params, ...others } = message;
    const { name } = Object(params) as { name?: unknown };
    if (message['method'] === 'tools/call' && typeof name !== 'string') {
      refuse(ErrorCode.InvalidParams, 'A call needs the name of a tool.', requestId(message));
      return;
    }
    transport.onmessage?.((params === null ? others : message) as JSONRPCMessage);
  }

  function refuse(code: ErrorCode, message: string, id: string | number | null): void {
    transport.onerror?.(new Error(`Refused what the client sent: ${message}`));
    // The type of the SDK does not know the id null, which JSON-RPC prescribes where the id cannot be told.
    write({ jsonrpc: '2.0', id, error: { code, message } } as JSONRPCMessage);
  }

  function write(message: JSONRPCMessage): void {
    if ('method' in message && 'id' in message) asked.add(message.id);
    const id = 'method' in message ? null : requestId(message);
    const batch = batches.get(id);
    if (batch === undefined) {
      writeLine(message);
      return;
    }
    batches.delete(id);
    batch.replies.push(message);
    batch.missing -= 1;
    if (batch.missing === 0) writeLine(batch.replies);
  }

  function writeLine(message: JSONRPCMessage | JSONRPCMessage[]): void {
    if (outgoing === '') setImmediate(flush);
    outgoing += `${redact(JSON.stringify(message))}\n`;
  }

  function flush(): void {
    if (outgoing !== '') output.write(outgoing);
    outgoing = '';
  }

  const transport: Transport = {
    start: async () => {
      input.on('data', read);
    },
    send: async (message: JSONRPCMessage) => write('error' in message ? withCleanError(message) : message),
    close: async () => {
      input.off('data', read).pause();
      flush();
      transport.onclose?.();
    },
  };
  return transport;
}

function isRequest(message: unknown): boolean {
  return isMessage(message) && requestId(message) !== null;
}

/** Whether it is an answer to a request. JSON-RPC allows no answer to one, whatever is wrong with it. */
function isReply(message: unknown): message is { id?: unknown } {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return false;
  const { jsonrpc, method } = message as Record<string, unknown>;
  return jsonrpc === '2.0' && method === undefined && ('result' in message || 'error' in message);
}

/** Whether it is a request or a notification. */
function isMessage(message: unknown): message is Record<string, unknown> {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return false;
  const { jsonrpc, method, params, id } = message as Record<string, unknown>;
  // The protocol layer drops a message with any other id silently.
  const hasId = requestId(message) !== null;
  return (
    jsonrpc === '2.0' &&
    typeof method === 'string' &&
    (id === undefined || hasId) &&
    (params === undefined || (typeof params === 'object' && !Array.isArray(params)))
  );
}

/** The SDK repeats what it refuses, such as the name of a prompt or the value of its argument. */
function withCleanError<Message extends { error: { message: string; data?: unknown } }>(
  message: Message,
): Message {
  const { data, ...error } = message.error;
  const cleaned = { ...error, message: cleanText(error.message, 4000) };
  return { ...message, error: data === undefined ? cleaned : { ...cleaned, data: cleanStrings(data) } };
}

function cleanStrings(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data), (_, value) =>
    typeof value === 'string' ? cleanText(value, 4000) : value,
  );
}
