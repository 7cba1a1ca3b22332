// A server under measurement: a process that is spoken to line by line, with as little of our own as possible.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Of the kernel's accounting in /proc/PID/stat: 100 a second on every Linux that Node runs on. */
const msPerTick = 10;

/** @param contender what is started: `args` for node, and `env`, all of the environment that it gets. */
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
    for (const { reject } of waiting.values()) reject(new Error(`${args.join(' ')} ended:\n${stderr}`));
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
    /** Milliseconds that all its threads have computed so far, exact to 10. */
    cpuMs() {
      // The second field is the program's name and may hold anything: counted from behind it.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) * msPerTick;
    },
    memoryMb() {
      const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      return Number(kb) / 1024;
    },
    async end() {
      waiting.clear();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Shakes hands as a client does. @returns the answer to `tools/list`. */
export async function listTools(child) {
  await child.request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1.0.0' },
  });
  child.notify('notifications/initialized');
  return child.request('tools/list');
}
