import { fieldsOf } from './session.ts';

/** What the host tells, by the method of its notification. */
export type Listener = (method: string, params: Readonly<Record<string, unknown>>) => void;

export interface Bridge {
  /** @throws Error if the host refuses, or does not answer in time. */
  request(method: string, params: object, timeoutMs?: number): Promise<Readonly<Record<string, unknown>>>;
  notify(method: string, params?: object): void;
  close(): void;
}

interface Pending {
  resolve(result: Readonly<Record<string, unknown>>): void;
  reject(error: Error): void;
}

const methodNotFound = -32601;

/**
 * JSON-RPC with the host of the card, as MCP Apps has it: by messages to the window around this one. Only that window is
 * listened to, and, once it has answered, only the origin that it had then.
 * @param onTeardown called before the host removes the card.
 */
export function openBridge(host: Window, listener: Listener, onTeardown: () => void): Bridge {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let origin: string | undefined;

  function post(message: object): void {
    // A page of the file system or in a sandbox has no origin that could be named.
    host.postMessage(
      { jsonrpc: '2.0', ...message },
      origin === undefined || origin === 'null' ? '*' : origin,
    );
  }

  function receive({ source, origin: sender, data }: MessageEvent): void {
    if (source !== host || (origin !== undefined && sender !== origin)) return;
    const { jsonrpc, id, method, params, result, error } = fieldsOf(data);
    if (jsonrpc !== '2.0') return;
    if (typeof method === 'string') {
      if (id === undefined) listener(method, fieldsOf(params));
      else answer(id, method);
      return;
    }
    const waiting = pending.get(id as number);
    if (waiting === undefined) return;
    pending.delete(id as number);
    origin ??= sender;
    if (error === undefined) waiting.resolve(fieldsOf(result));
    else waiting.reject(new Error(String(fieldsOf(error)['message'] ?? 'The request failed.')));
  }

  function answer(id: unknown, method: string): void {
    if (method === 'ui/resource-teardown') onTeardown();
    const isKnown = method === 'ping' || method === 'ui/resource-teardown';
    post(isKnown ? { id, result: {} } : { id, error: { code: methodNotFound, message: 'Method not found' } });
  }

  window.addEventListener('message', receive);
  return {
    request(method, params, timeoutMs) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        post({ id, method, params });
        if (timeoutMs === undefined) return;
        setTimeout(() => {
          pending.delete(id);
          reject(new Error('There was no answer in time.'));
        }, timeoutMs);
      });
    },
    notify: (method, params = {}) => post({ method, params }),
    close: () => window.removeEventListener('message', receive),
  };
}
