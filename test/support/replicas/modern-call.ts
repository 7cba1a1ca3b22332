import { type Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a call of version 2026-07-28 was answered with, and its whole body as text. */
export interface ModernAnswer {
  readonly status: number;
  readonly text: string;
  readonly result?: {
    readonly resultType: string;
    readonly isError?: boolean;
    readonly requestState?: string;
    readonly content?: readonly { readonly text?: string }[];
    // biome-ignore lint/suspicious/noExplicitAny: results of every method
    readonly [key: string]: any;
  };
  readonly error?: { readonly code: number; readonly message: string };
}

export interface ModernCaller {
  readonly url: string;
  readonly token?: string;
  readonly agent?: Agent;
}

/** The answer that lets a message be sent. */
export const accept = { approval: { action: 'accept', content: {} } };

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
};

/**
 * One request of version 2026-07-28, made by hand: the SDK's client would take three times as long.
 * @param more of `params`, such as the answer to a question.
 * @throws the error of the connection.
 */
export async function modernRequest(
  { url, token, agent }: ModernCaller,
  method: string,
  params: { readonly name?: string; readonly uri?: string; readonly [key: string]: unknown },
  signal?: AbortSignal,
): Promise<ModernAnswer> {
  const name = params.name ?? params.uri;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': name }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const options = { method: 'POST', headers, ...(agent && { agent }), ...(signal && { signal }) };
    request(url, options, resolve).on('error', reject).end(body);
  });
  const answer = await text(response);
  const json = /^(?:event|data|id|:)/.test(answer) ? answer.split('data: ').at(-1) : answer;
  const parsed = isJson(response) ? (JSON.parse(json || '{}') as object) : {};
  return { status: response.statusCode ?? 0, text: answer, ...parsed };
}

/** Calls a tool. */
export function callTool(caller: ModernCaller, name: string, args: object, more: object = {}) {
  return modernRequest(caller, 'tools/call', { name, arguments: args, ...more });
}

function isJson({ headers }: IncomingMessage): boolean {
  return /json|event-stream/.test(headers['content-type'] ?? '');
}
