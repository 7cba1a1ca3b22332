import { realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { callOf } from '../init/entry.ts';
import { steps } from './demo-steps.ts';

const colour = process.stdout.isTTY === true && !process.env['NO_COLOR'];
const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
const print = (line = '') => process.stdout.write(`${line}\n`);

/** The demo was told to end before its end. */
class Stopped extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super();
    this.exitCode = exitCode;
  }
}

/**
 * A support lead's morning: this program as a server on a temporary sandbox, a real MCP client over stdio, and each
 * answer as the model reads it. Sets exit code 1 when a step does not come out as it should. A signal, or a reader
 * that has read enough, ends it early; nothing is left behind either way.
 */
export async function runDemo(program: string): Promise<void> {
  const stopped = untilStopped();
  const folder = await mkdtemp(join(tmpdir(), 'opencx-demo-'));
  const client = new Client({ name: 'opencx-sessions-demo', version: '1.0.0' });
  try {
    await Promise.race([walk(client, program, folder), stopped]);
  } catch (error) {
    process.exitCode = error instanceof Stopped ? error.exitCode : 1;
    if (!(error instanceof Stopped)) {
      print();
      print(paint(31, `The demo failed: ${(error as Error).message}`));
    }
  } finally {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rejects with Stopped on a signal, or when nobody reads the output any more (as in `demo | head`). */
function untilStopped(): Promise<never> {
  return new Promise((_, reject) => {
    process.stdout.on('error', () => reject(new Stopped(0)));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => reject(new Stopped(128 + constants.signals[signal])));
    }
  });
}

async function walk(client: Client, program: string, folder: string): Promise<void> {
  const started = performance.now();
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, '--sandbox', join(folder, 'sandbox.db')],
      // The record of what was sent belongs to the demo too, not to the user.
      env: { ...getDefaultEnvironment(), OPENCX_STATE_DIR: join(folder, 'state') },
      stderr: 'inherit',
    }),
  );
  const { tools } = await client.listTools();
  print(paint(1, 'A support lead’s morning, on the embedded sandbox'));
  print(`The server started with ${tools.length} tools in ${elapsed(started)}.`);
  for (const [index, step] of steps.entries()) await take(client, index + 1, step);
  print();
  print(paint(32, `All ${steps.length} steps came out right, in ${elapsed(started)}.`));
  print(
    `To use it in your client with this demo data: ${callOf(realpathSync(program))} init cursor --sandbox --write`,
  );
  print('init alone lists the other clients.');
}

async function take(client: Client, number: number, step: (typeof steps)[number]): Promise<void> {
  print();
  print(paint(1, `${number}. ${step.say}`));
  const args = step.arguments();
  print(paint(36, `${step.tool} ${JSON.stringify(args)}`));
  const started = performance.now();
  const result = await client.callTool({ name: step.tool, arguments: args });
  const time = elapsed(started);
  const [content] = result.content as { type: string; text: string }[];
  print(content?.text ?? '');
  print(paint(2, `(${time})`));
  const view = result.structuredContent as Record<string, unknown> | undefined;
  const problem = result.isError || view === undefined ? 'it was answered with an error' : step.wrong(view);
  if (problem) throw new Error(`step ${number}, ${step.tool}: ${problem}.`);
}

function elapsed(since: number): string {
  return `${Math.round(performance.now() - since)} ms`;
}
