import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  type ClientCapabilities,
  ElicitRequestSchema,
  type ElicitResult,
} from '@modelcontextprotocol/sdk/types.js';
import { program } from '../program/program.ts';
import { schemaValidator } from '../program/schema-validator.ts';
import { type Holdings, inspect, inspectorAddress, inspectorOption } from './inspector.ts';
import type { Upstream } from './upstream.ts';

/** The key of every server of these tests. */
export const key = 'ocx_faults_0123456789';

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of every tool
  readonly view: any;
}

/** A server whose process can be killed, with a client that records unexpected messages. */
export interface Server {
  readonly client: Client;
  call(tool: string, args?: Record<string, unknown>, options?: RequestOptions): Promise<Answer>;
  /** Resolves once the server has read everything written to it so far. */
  caughtUp(): Promise<void>;
  /** Messages that the client did not expect, except answers to calls that it cancelled. */
  readonly stray: readonly string[];
  /** Every tool call that was made, by its JSON-RPC id. */
  readonly calls: ReadonlyMap<number | string, Readonly<CallRecord>>;
  /** What its process holds. Requires the option `inspect`. */
  look(): Promise<Holdings>;
  stderr(): string;
  /** Ends the process with SIGKILL. */
  kill(): Promise<void>;
  /** Ends the process with a signal. Resolves once stderr is complete. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Disconnects, so that the server shuts down. Resolves once stderr is complete. */
  close(): Promise<void>;
}

/** One call as seen on the wire. */
interface CallRecord {
  answers: number;
  cancelled: boolean;
}

export interface ServerOptions {
  /** Starts the process with an inspector, for `look`. */
  readonly inspect?: boolean;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers the server's questions. Without it, the client does not support elicitation. */
  readonly elicit?: ((question: string) => ElicitResult | Promise<ElicitResult>) | undefined;
  /** The capabilities that the client declares. */
  readonly capabilities?: ClientCapabilities;
}

/** Starts the program against an upstream, with the given state folder. */
export async function serve(
  upstream: Pick<Upstream, 'url'>,
  stateDir: string,
  {
    args = [],
    env = {},
    elicit,
    capabilities = elicit ? { elicitation: {} } : {},
    inspect: inspected = false,
  }: ServerOptions = {},
): Promise<Server> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...(inspected ? [inspectorOption] : []), program, ...args],
    env: {
      ...getDefaultEnvironment(),
      OPENCX_API_URL: upstream.url,
      OPENCX_API_KEY: key,
      OPENCX_STATE_DIR: stateDir,
      ...env,
    },
    stderr: 'pipe',
  });
  let stderr = '';
  let inspectAt: (address: string) => void = () => {};
  const inspectorAt = new Promise<string>((resolve) => {
    inspectAt = resolve;
  });
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    const [address] = inspectorAddress.exec(stderr) ?? [];
    if (address) inspectAt(address);
  });
  const stderrEnded = transport.stderr && once(transport.stderr, 'end');
  const stray: string[] = [];
  const client = new Client(
    { name: 'faults', version: '1.0.0' },
    { capabilities, jsonSchemaValidator: schemaValidator },
  );
  client.onerror = (error) => stray.push(error.message);
  if (elicit) client.setRequestHandler(ElicitRequestSchema, ({ params }) => elicit(params.message));
  const closed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  await client.connect(transport);
  const calls = watchCalls(transport);
  const inspector = inspected ? await inspect(await inspectorAt) : undefined;
  return {
    client,
    async call(name, given = {}, options) {
      const result = (await client.callTool(
        { name, arguments: given },
        undefined,
        options,
      )) as CallToolResult;
      const [content] = result.content;
      return {
        isError: result.isError === true,
        text: content?.type === 'text' ? content.text : '',
        view: result.structuredContent,
      };
    },
    caughtUp: async () => {
      await client.ping();
    },
    get stray() {
      return stray.filter((message) => !answersCancelled(message, calls));
    },
    calls,
    look: () => inspector?.look() ?? Promise.reject(new Error('started without inspect')),
    stderr: () => stderr,
    end: async (signal) => {
      if (transport.pid !== null) process.kill(transport.pid, signal);
      await Promise.all([closed, stderrEnded]);
    },
    kill: async () => {
      if (transport.pid !== null) process.kill(transport.pid, 'SIGKILL');
      await closed;
    },
    close: async () => {
      await inspector?.close();
      await client.close();
      await stderrEnded;
    },
  };
}

/** Records the tool calls sent over a transport and counts their answers. */
function watchCalls(transport: Transport): Map<number | string, CallRecord> {
  const calls = new Map<number | string, CallRecord>();
  const send = transport.send.bind(transport);
  transport.send = (message) => {
    if ('method' in message && message.method === 'tools/call' && 'id' in message) {
      calls.set(message.id, { answers: 0, cancelled: false });
    }
    if ('method' in message && message.method === 'notifications/cancelled') {
      const call = calls.get((message.params as { requestId: number }).requestId);
      if (call) call.cancelled = true;
    }
    return send(message);
  };
  const { onmessage } = transport;
  transport.onmessage = (message, extra) => {
    const call = 'method' in message ? undefined : calls.get(message.id ?? '');
    if (call) call.answers += 1;
    onmessage?.(message, extra);
  };
  return calls;
}

/** Whether the message is about an answer that crossed the cancellation of its call. */
function answersCancelled(message: string, calls: ReadonlyMap<number | string, CallRecord>): boolean {
  const id = /^Received a response for an unknown message ID: .*"id":(\d+)/.exec(message)?.[1];
  return id !== undefined && calls.get(Number(id))?.cancelled === true;
}

/** Creates a state folder. */
export function stateFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'opencx-faults-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
