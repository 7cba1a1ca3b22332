import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { cleanLine } from '../../text/clean.ts';
import { redact } from '../../text/redact.ts';
import type { Environment } from '../settings/read-settings.ts';

/** npx may have to download first. */
const startTimeoutMs = 30_000;
const endTimeoutMs = 1_000;

type StartResult = { readonly detail: string } | { readonly problem: string };

interface StartOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly timeoutMs?: number;
}

/**
 * Starts a command as a client does, agrees on the protocol and lists the tools. Calls none of them. Written by hand,
 * because it has to say what came when it is not MCP.
 */
export async function startServer(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = startTimeoutMs }: StartOptions,
): Promise<StartResult> {
  // A group of its own, so that what npx starts ends with it.
  const isGroup = process.platform !== 'win32';
  const child = spawn(command, [...args], { cwd, env: { ...env }, stdio: 'pipe', detached: isGroup });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-20_000);
  });
  // Its end is reported below.
  child.stdin.on('error', () => {});
  const said = () => {
    const line = tellingLine(stderr);
    return line === '' ? '' : `: ${redact(cleanLine(line, 300), env['OPENCX_API_KEY']?.trim() ?? '')}`;
  };
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<StartResult>((resolve) => {
    const give = (what: string) => resolve({ problem: `${what}${said()}` });
    child.once('error', (error: NodeJS.ErrnoException) => give(`it cannot be started (${error.code})`));
    child.once('close', (code, signal) => give(`it ended ${signal ? `by ${signal}` : `with code ${code}`}`));
    timer = setTimeout(() => give(`it did not answer within ${Math.ceil(timeoutMs / 1000)} s`), timeoutMs);
  });
  try {
    return await Promise.race([converse(child), over]);
  } finally {
    clearTimeout(timer);
    await end(child, isGroup);
  }
}

async function converse({ stdin, stdout }: ChildProcess): Promise<StartResult> {
  if (!stdin || !stdout) return new Promise(() => {});
  const send = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'opencx-sessions-doctor', version: '1' };
  send({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
  });
  let server = '';
  for await (const line of createInterface({ input: stdout })) {
    const { id, error, result } = parseLine(line) ?? {};
    if (id === undefined && parseLine(line) === undefined) {
      return { problem: `it writes to stdout what is not MCP: ${cleanLine(line, 100)}` };
    }
    if (error !== undefined)
      return { problem: `it refuses to talk: ${cleanLine(String(error.message), 200)}` };
    if (id === 1) {
      const { name = 'it', version = '' } = result?.serverInfo ?? {};
      server = cleanLine(`${name} ${version}`.trim(), 100);
      send({ method: 'notifications/initialized' });
      send({ id: 2, method: 'tools/list' });
    }
    if (id === 2) {
      const tools = result?.tools?.length ?? 0;
      return tools === 0
        ? { problem: `${server} starts, but lists no tools` }
        : { detail: `${server} starts and lists ${tools} tools` };
    }
  }
  // It ended, which says more than its silence.
  return new Promise(() => {});
}

interface Message {
  readonly id?: number;
  readonly error?: { readonly message?: unknown };
  readonly result?: {
    readonly serverInfo?: { readonly name?: string; readonly version?: string };
    readonly tools?: readonly unknown[];
  };
}

function parseLine(line: string): Message | undefined {
  try {
    return Object(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The line of stderr that says most: npm prints many around it. */
function tellingLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /\b404\b|^\w*Error\b|requires Node/.test(line)) ?? lines.at(-1) ?? '';
}

async function end(child: ChildProcess, isGroup: boolean): Promise<void> {
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(isGroup ? -child.pid : child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  child.stdin?.end();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return kill('SIGKILL');
  kill('SIGTERM');
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, endTimeoutMs);
  });
  await Promise.race([once(child, 'exit'), patience]);
  clearTimeout(timer);
  kill('SIGKILL');
}
