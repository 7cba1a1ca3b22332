import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { program } from '../program/program.ts';

const monitor = fileURLToPath(new URL('./monitor.mjs', import.meta.url));

/** A body for each operation of the API, or a function that makes it. */
export type ApiBodies = (request: IncomingMessage) => string;

/** What one call did to the program. */
export interface Effect {
  /** The reply as JSON text; undefined if none came. */
  readonly reply: string | undefined;
  readonly longestMs: number;
  /** Above the memory after the start. */
  readonly extraBytes: number;
  /** Whether the process is still there. */
  readonly lives: boolean;
}

export interface WatchedProgram {
  /** Sends one line and waits for its reply. */
  send(line: string, id: number, bodies: ApiBodies): Promise<Effect>;
  close(): Promise<void>;
}

const longestCallMs = 90_000;

/** The built program in front of an API on loopback, and a watch on its event loop and memory. */
export async function watchProgram(): Promise<WatchedProgram> {
  let bodies: ApiBodies = () => '{}';
  const api = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(bodies(request));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const stateDir = mkdtempSync(join(tmpdir(), 'opencx-state-'));
  const child = spawn(process.execPath, ['--import', monitor, program], {
    stdio: ['pipe', 'pipe', 'ignore', 'ipc'],
    env: {
      ...process.env,
      OPENCX_API_KEY: 'key-of-the-overload-test',
      OPENCX_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      OPENCX_RATE_LIMIT: '0',
      // Looks at every character of an answer.
      OPENCX_REDACT: 'all',
      OPENCX_STATE_DIR: stateDir,
    },
  });
  const ended = once(child, 'exit');
  child.stdin?.on('error', () => {});
  const waiting = new Map<number | null, (reply: string) => void>();
  if (child.stdout === null) throw new Error('The program has no stdout.');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const id = (JSON.parse(line) as { id?: number | null }).id ?? null;
    waiting.get(id)?.(line);
  });

  async function exchange(line: string, id: number): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const reply = new Promise<string>((resolve) => waiting.set(id, resolve));
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), longestCallMs);
    });
    child.stdin?.write(`${line}\n`);
    const first = await Promise.race([reply, late, ended.then(() => undefined)]);
    clearTimeout(timer);
    waiting.delete(id);
    return first;
  }

  const lives = () => child.exitCode === null && child.signalCode === null;
  const clientInfo = { name: 'test', version: '1.0.0' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  await exchange(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }), 0);
  child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  let baseline = 0;

  return {
    async send(line, id, next) {
      bodies = next;
      if (lives()) baseline ||= (await measure(child)).peakBytes;
      const reply = await exchange(line, id);
      if (!lives()) return { reply, longestMs: Number.NaN, extraBytes: Number.NaN, lives: false };
      const { longestMs, peakBytes } = await measure(child);
      return { reply, longestMs, extraBytes: peakBytes - baseline, lives: true };
    },
    async close() {
      child.stdin?.end();
      if (lives()) child.kill('SIGKILL');
      await ended;
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

async function measure(child: ChildProcess): Promise<{ longestMs: number; peakBytes: number }> {
  const answer = once(child, 'message');
  child.send('measure');
  return (await answer)[0];
}
