import { type Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a request was answered with, and its whole body as text. */
export interface Answer {
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

export interface Caller {
  readonly url: string;
  readonly token?: string;
  readonly agent?: Agent;
  /** Whether to speak version 2025-11-25 of the protocol instead of 2026-07-28. */
  readonly isLegacy?: boolean;
}

/** The answer that lets a message be sent. */
export const accept = { approval: { action: 'accept', content: {} } };

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
};

/**
 * One request, made by hand: the SDK's client would take three times as long.
 * @param more of `params`, such as the answer to a question.
 * @throws the error of the connection.
 */
export async function mcpRequest(
  { url, token, agent, isLegacy = false }: Caller,
  method: string,
  params: { readonly name?: string; readonly uri?: string; readonly [key: string]: unknown },
  signal?: AbortSignal,
): Promise<Answer> {
  const name = params.name ?? params.uri;
  const allParams = isLegacy ? params : { ...params, _meta: meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: allParams });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': isLegacy ? '2025-11-25' : '2026-07-28',
      ...(!isLegacy && { 'mcp-method': method, ...(name !== undefined && { 'mcp-name': name }) }),
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
export function callTool(
  caller: Caller,
  name: string,
  args: object,
  { signal, ...more }: { readonly signal?: AbortSignal; readonly [key: string]: unknown } = {},
): Promise<Answer> {
  return mcpRequest(caller, 'tools/call', { name, arguments: args, ...more }, signal);
}

/** Whether the tool did what it was asked to. */
export function isAnswer({ status, result }: Answer): boolean {
  return status === 200 && result !== undefined && result.isError !== true;
}

function isJson({ headers }: IncomingMessage): boolean {
  return /json|event-stream/.test(headers['content-type'] ?? '');
}
