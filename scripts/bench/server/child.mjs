// Runs a server in a child process and exchanges JSON-RPC lines with it, with as little overhead as possible.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** @param contender `args` for node, and `env`, the whole environment of the process. */
export function startChild({ args, env }) {
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map();
  let lastId = 0;
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-2000);
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${args.join(' ')} exited:\n${stderr}`));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line);
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

  return {
    notify: (method) => send({ method }),
    request(method, params = {}) {
      lastId += 1;
      const answer = new Promise((resolve, reject) => waiting.set(lastId, { resolve, reject }));
      send({ id: lastId, method, params });
      return answer;
    },
    /** CPU time of all threads so far, in milliseconds. Linux only. */
    cpuMs() {
      const threads = readdirSync(`/proc/${child.pid}/task`);
      const ns = threads.map((thread) => {
        return Number(readFileSync(`/proc/${child.pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
      });
      return ns.reduce((sum, one) => sum + one) / 1_000_000;
    },
    memoryMb() {
      const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      return Number(kb) / 1024;
    },
    async end() {
      waiting.clear();
      child.stdin.end();
      setTimeout(() => child.kill('SIGKILL'), 1000).unref();
      await ended;
    },
  };
}

/** Initializes the connection like a client. @returns the result of `tools/list`. */
export async function listTools(child) {
  await child.request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1.0.0' },
  });
  child.notify('notifications/initialized');
  return child.request('tools/list');
}
