import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { program } from '../support/program.ts';

/** Runs inside the program. Reports the loaded Node modules when the tools are listed, and when HTTP is loaded. */
const preload = `
const { writeSync } = require('node:fs');
const loaded = () => process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13));
const write = process.stdout.write;
process.stdout.write = function (chunk, ...rest) {
  if (String(chunk).includes('"tools":[')) writeSync(2, JSON.stringify(loaded()) + '\\n');
  return write.call(this, chunk, ...rest);
};
const watch = setInterval(() => {
  if (!loaded().includes('https')) return;
  clearInterval(watch);
  writeSync(2, '"ready"\\n');
}, 5);
`;

it('the server starts without HTTP, crypto and threads, and loads HTTP after listing the tools', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-start-'));
  writeFileSync(join(folder, 'preload.cjs'), preload);
  const env = { ...process.env, OPENCX_API_KEY: 'key-of-a-test', OPENCX_STATE_DIR: folder };
  const child = spawn(process.execPath, ['--require', join(folder, 'preload.cjs'), program], { env });
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  for (const request of [
    { id: 1, method: 'initialize', params },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/list' },
  ]) {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...request })}\n`);
  }
  let output = '';
  for await (const chunk of child.stderr) {
    output += chunk;
    if (output.includes('"ready"')) break;
  }
  child.stdin.end();
  await once(child, 'exit');
  rmSync(folder, { recursive: true });

  const atList: string[] = JSON.parse(output.split('\n')[0] ?? '');
  expect(atList).toContain('fs');
  // Loaded by what a start does not need: requests, the send log, pino, commander.
  for (const name of ['http', 'https', 'crypto', 'worker_threads', 'child_process'])
    expect(atList).not.toContain(name);
});

it('the server starts from a single, small file', () => {
  // A larger file makes every start slower. Load new code on demand, or raise the limit for a reason.
  expect(statSync(join(dirname(program), 'start.cjs')).size).toBeLessThan(530_000);
});
