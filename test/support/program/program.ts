import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { schemaValidator } from './schema-validator.ts';

/** The built program. */
export const program = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));

export interface Start {
  args?: string[];
  env?: Record<string, string>;
  /** What the client declares beyond the protocol. */
  extensions?: Record<string, object>;
}

/** A running server with the SDK's own client connected over stdio. */
export interface Session {
  client: Client;
  /** Calls a tool. Returns results with isError instead of throwing. */
  call(name: string, args?: Record<string, unknown>, options?: RequestOptions): Promise<Answer>;
  stderr(): string;
  /** Ends the server at once, as a crash would. */
  kill(): void;
  close(): Promise<void>;
}

export interface Answer {
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read results of every tool
  view: any;
  isError: boolean;
}

/** Each program has its own state folder, unless the test gives one, so that it neither shares nor uses the home folder. */
const environment = (env: Record<string, string>) => ({
  ...getDefaultEnvironment(),
  ...(env['OPENCX_STATE_DIR'] === undefined && {
    OPENCX_STATE_DIR: mkdtempSync(join(tmpdir(), 'opencx-state-')),
  }),
  // Automatic messages would disturb the tests.
  OPENCX_SANDBOX_AUTOPILOT_MS: 'off',
  ...env,
});

/** Starts the program and connects a client. Only the given OPENCX_ variables are set. */
export async function connect({ args = [], env = {}, extensions }: Start = {}): Promise<Session> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, ...args],
    env: environment(env),
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { capabilities: extensions === undefined ? {} : { extensions }, jsonSchemaValidator: schemaValidator },
  );
  await client.connect(transport);
  return {
    client,
    call: callingTools(client),
    stderr: () => stderr,
    kill: () => process.kill(transport.pid ?? 0, 'SIGKILL'),
    close: () => client.close(),
  };
}

/** Calls tools as a `Session` does. */
export function callingTools(client: Client): Session['call'] {
  return async (name, args = {}, options) => {
    const request = { name, arguments: args };
    const result = (await client.callTool(request, undefined, options)) as CallToolResult;
    const [content] = result.content;
    return {
      text: content?.type === 'text' ? content.text : '',
      view: result.structuredContent,
      isError: result.isError === true,
    };
  };
}

/** Starts the program without a client, for tests that write lines or wait for its end. */
export function start({ args = [], env = {} }: Start = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], { env: environment(env) });
}

/** Runs the program and waits for its end. */
export async function runToEnd(
  options: Start,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(options);
  child.stdin.end();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
