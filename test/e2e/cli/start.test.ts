import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { program } from '../../support/program/program.ts';

/** Runs inside the program. Reports the loaded Node modules at the first answer, and when HTTP is loaded. */
const preload = `
const { writeSync } = require('node:fs');
const loaded = () => process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13));
const write = process.stdout.write;
process.stdout.write = function (chunk, ...rest) {
  if (String(chunk).includes('"serverInfo"')) writeSync(2, JSON.stringify(loaded()) + '\\n');
  return write.call(this, chunk, ...rest);
};
const watch = setInterval(() => {
  if (!loaded().includes('https')) return;
  clearInterval(watch);
  writeSync(2, '"ready"\\n');
}, 5);
`;

const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
const initialize = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('the server answers its first message before it loads HTTP, crypto or threads', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'preload.cjs'), preload);
  const child = spawn(process.execPath, ['--require', join(folder, 'preload.cjs'), program], {
    env: { ...process.env, OPENCX_API_KEY: 'key-of-a-test', OPENCX_STATE_DIR: folder },
  });
  child.stdin.write(initialize);
  let output = '';
  for await (const chunk of child.stderr) {
    output += chunk;
    if (output.includes('"ready"')) break;
  }
  child.stdin.end();
  await once(child, 'exit');

  const atAnswer: string[] = JSON.parse(output.split('\n')[0] ?? '');
  expect(atAnswer).toContain('fs');
  // Loaded by what a start does not need: requests, the send log, pino, commander.
  for (const name of ['http', 'https', 'crypto', 'worker_threads', 'child_process'])
    expect(atAnswer).not.toContain(name);
});

it.each(['18.20.4', '20.18.9', '16.0.0'])('Node %s is too old, and one line says so', (node) => {
  const preload = join(newFolder(), 'old.cjs');
  writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '${node}' });`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', preload, program], {
    encoding: 'utf8',
    input: initialize,
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    `opencx-sessions-mcp: requires Node 20.19 or newer; this is ${node} (${process.execPath}).\n`,
  );
});

it.skipIf(process.platform === 'win32')('the server starts for a user without a home folder', async () => {
  const preload = join(newFolder(), 'homeless.cjs');
  writeFileSync(preload, "require('node:os').homedir = () => { throw new Error('no home'); };");
  const child = spawn(process.execPath, ['--require', preload, program], {
    env: { ...process.env, XDG_STATE_HOME: '', OPENCX_API_KEY: 'key-of-a-test' },
  });
  child.stdin.end(initialize);
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  expect(output).toContain('"serverInfo"');
});

// Later versions of Node keep compiled code themselves.
describe.skipIf('enableCompileCache' in nodeModule)('compiled code kept for the next start', () => {
  /** Starts the server, and ends it after its first answer. */
  async function start(home: string): Promise<string> {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, HOME: home, USERPROFILE: home, OPENCX_API_KEY: 'key-of-a-test' },
    });
    child.stdin.end(initialize);
    let output = '';
    for await (const chunk of child.stdout) output += chunk;
    return output;
  }
  /** The file that keeps the code of start.cjs. */
  function kept(home: string): string {
    const folder = join(home, '.cache', 'opencx-sessions-mcp');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return join(folder, names.find((name) => basename(name) === 'start.cjs') ?? 'none');
  }

  it('is written at the end of a start, read by the next one, and replaced when it is damaged', async () => {
    const home = newFolder();
    await start(home);
    const file = kept(home);
    const { mtimeMs } = statSync(file);
    expect(await start(home)).toContain('"serverInfo"');
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    writeFileSync(file, 'damaged');
    expect(await start(home)).toContain('"serverInfo"');
    expect(statSync(file).size).toBeGreaterThan(1000);
  });

  it('is not needed: the server also starts where it cannot be written', async () => {
    const home = newFolder();
    writeFileSync(join(home, '.cache'), '');
    expect(await start(home)).toContain('"serverInfo"');
  });
});

it('the server starts from a single, small file', () => {
  // A larger file makes every start slower. Load new code on demand, or raise the limit for a reason.
  expect(statSync(join(dirname(program), 'start.cjs')).size).toBeLessThan(590_000);
});
