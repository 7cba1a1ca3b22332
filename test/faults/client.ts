import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  type CallToolResult,
  ElicitRequestSchema,
  type ElicitResult,
} from '@modelcontextprotocol/sdk/types.js';
import { program } from '../support/program.ts';
import type { Upstream } from './upstream.ts';

/** The key of every server of these tests. */
export const key = 'ocx_faults_0123456789';

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of every tool
  readonly view: any;
}

/** A server whose process can be killed, with a client that notices what it should not be told. */
export interface Server {
  readonly client: Client;
  call(tool: string, args?: Record<string, unknown>, options?: RequestOptions): Promise<Answer>;
  /** Resolves once the server has read all that was written to it so far. */
  caughtUp(): Promise<void>;
  /** Messages that fit nothing the client asked for. */
  readonly stray: readonly string[];
  stderr(): string;
  /** Ends the process without a chance to do anything more. */
  kill(): Promise<void>;
  /** Ends it in good order; all of stderr is there then. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers the server's questions; without it the client cannot be asked. */
  readonly elicit?: ((question: string) => ElicitResult | Promise<ElicitResult>) | undefined;
}

/** Starts the program against an upstream, with the given state folder. */
export async function serve(
  upstream: Pick<Upstream, 'url'>,
  stateDir: string,
  { args = [], env = {}, elicit }: ServerOptions = {},
): Promise<Server> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, ...args],
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
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const stderrEnded = transport.stderr && once(transport.stderr, 'end');
  const stray: string[] = [];
  const client = new Client(
    { name: 'faults', version: '1.0.0' },
    { capabilities: elicit ? { elicitation: {} } : {} },
  );
  client.onerror = (error) => stray.push(error.message);
  if (elicit) client.setRequestHandler(ElicitRequestSchema, ({ params }) => elicit(params.message));
  const closed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  await client.connect(transport);
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
    stray,
    stderr: () => stderr,
    kill: async () => {
      if (transport.pid !== null) process.kill(transport.pid, 'SIGKILL');
      await closed;
    },
    close: async () => {
      await client.close();
      await stderrEnded;
    },
  };
}

/** A fresh folder for what a server keeps. */
export function stateFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'opencx-faults-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
