import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { program } from '../support/program.ts';

/** Runs inside the program: tells what of Node is loaded when the tools are written, and when HTTP has come. */
const witness = `
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

it('a start loads neither HTTP nor cryptography nor threads, and gets HTTP ready once the tools are listed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-start-'));
  writeFileSync(join(folder, 'witness.cjs'), witness);
  const env = { ...process.env, OPENCX_API_KEY: 'key-of-a-test', OPENCX_STATE_DIR: folder };
  const child = spawn(process.execPath, ['--require', join(folder, 'witness.cjs'), program], { env });
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  for (const request of [
    { id: 1, method: 'initialize', params },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/list' },
  ]) {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...request })}\n`);
  }
  let told = '';
  for await (const chunk of child.stderr) {
    told += chunk;
    if (told.includes('"ready"')) break;
  }
  child.stdin.end();
  await once(child, 'exit');
  rmSync(folder, { recursive: true });

  const atList: string[] = JSON.parse(told.split('\n')[0] ?? '');
  expect(atList).toContain('fs');
  // Each comes with a package that a start does not need: undici, the record of sends, pino, commander.
  for (const name of ['http', 'https', 'crypto', 'worker_threads', 'child_process'])
    expect(atList).not.toContain(name);
});

it('a start reads one file, which is no larger than it has to be', () => {
  // What makes it larger makes every start slower: load it on demand instead, or move this bound with a reason.
  expect(statSync(join(dirname(program), 'start.cjs')).size).toBeLessThan(525_000);
});
