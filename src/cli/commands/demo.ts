import { realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { createPaint } from '../colour.ts';
import { invocation } from '../init/entry.ts';
import { type Step, steps } from './demo-steps.ts';

const paint = createPaint(process.env);
const print = (line = '') => process.stdout.write(`${line}\n`);

class Interrupted extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super();
    this.exitCode = exitCode;
  }
}

/**
 * Starts this program as a server with a temporary sandbox, calls it through a real MCP client, and prints each result
 * as the model reads it. Sets exit code 1 when a step fails. A signal or a closed stdout stops it early. Removes all its
 * files in any case.
 */
export async function runDemo(program: string): Promise<void> {
  const interrupted = onInterrupt();
  const folder = await mkdtemp(join(tmpdir(), 'opencx-demo-'));
  const client = new Client({ name: 'opencx-sessions-demo', version: '1.0.0' });
  try {
    await Promise.race([runSteps(client, program, folder), interrupted]);
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? error.exitCode : 1;
    if (!(error instanceof Interrupted)) {
      print();
      print(paint(31, `The demo failed: ${(error as Error).message}`));
    }
  } finally {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rejects with Interrupted on a signal, or when stdout is closed (as in `demo | head`). */
function onInterrupt(): Promise<never> {
  return new Promise((_, reject) => {
    process.stdout.on('error', () => reject(new Interrupted(0)));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => reject(new Interrupted(128 + constants.signals[signal])));
    }
  });
}

async function runSteps(client: Client, program: string, folder: string): Promise<void> {
  const started = performance.now();
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, '--sandbox', join(folder, 'sandbox.db')],
      // Keeps the demo's messages out of the user's send log.
      env: { ...getDefaultEnvironment(), OPENCX_STATE_DIR: join(folder, 'state') },
      stderr: 'inherit',
    }),
  );
  const { tools } = await client.listTools();
  print(paint(1, 'A support lead’s morning, on the embedded sandbox'));
  print(`Server started with ${tools.length} tools in ${elapsed(started)}.`);
  for (const [index, step] of steps.entries()) await runStep(client, index + 1, step);
  print();
  print(paint(32, `All ${steps.length} steps passed in ${elapsed(started)}.`));
  const run = invocation(realpathSync(program));
  const init = `${run} init`;
  print(`To see this demo data as a page, run: ${run} inbox --sandbox`);
  print(`To use this demo data in Cursor, run: ${init} cursor --sandbox --write`);
  print(
    'To approve its messages on the page before they are sent, end that command with: -- --confirm-sends=outbox',
  );
  print(`For other clients, run: ${init}`);
}

async function runStep(client: Client, number: number, step: Step): Promise<void> {
  print();
  print(paint(1, `${number}. ${step.title}`));
  const args = step.arguments();
  print(paint(36, `${step.tool} ${JSON.stringify(args)}`));
  const started = performance.now();
  const result = await client.callTool({ name: step.tool, arguments: args });
  const time = elapsed(started);
  const [content] = result.content as { type: string; text: string }[];
  print(content?.text ?? '');
  print(paint(2, `(${time})`));
  const view = result.structuredContent as Record<string, unknown> | undefined;
  const problem = result.isError || view === undefined ? 'the call failed' : step.check(view);
  if (problem) throw new Error(`step ${number}, ${step.tool}: ${problem}.`);
}

function elapsed(since: number): string {
  return `${Math.round(performance.now() - since)} ms`;
}
