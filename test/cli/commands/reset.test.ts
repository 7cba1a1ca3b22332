import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { runHere } from '../../support/program/run-here.ts';

let folder: string;
let database: string;
/** What the last command printed. */
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-reset-'));
  database = join(folder, 'sandbox.db');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** @returns the exit code. */
async function resetDefault(...args: string[]): Promise<number> {
  const result = await runHere({ args: ['sandbox', 'reset', ...args], env: { OPENCX_STATE_DIR: folder } });
  output = result.stdout + result.stderr;
  return result.code;
}
const reset = (...args: string[]) => resetDefault('--database', database, ...args);

/** Creates a sandbox without sessions. @returns its key. */
async function createSandbox(): Promise<string> {
  const sandbox = await openSandbox({ database, rateLimit: 0, seed: false });
  await sandbox.close();
  return sandbox.key;
}

/** The number of sessions, and whether the key is still accepted. */
async function inspect(key: string) {
  const sandbox = await openSandbox({ database, rateLimit: 0, seed: false });
  const headers = { authorization: `Bearer ${key}` };
  const { status } = await sandbox.fetch(new Request('http://sandbox/chat/sessions', { headers }));
  const sessions = (await sandbox.sessions()).length;
  await sandbox.close();
  return { sessions, status };
}

/** Lets a person answer at a terminal. */
function atTerminal(answer: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never);
  stdin.end(`${answer}\n`);
}

describe('sandbox reset', () => {
  it('with --yes replaces all data without a question, and keeps keys', async () => {
    const key = await createSandbox();
    expect(await reset('--yes', '--seed', '80')).toBe(0);
    expect(output).toBe(`Reset ${database}: 80 demo sessions. API keys were kept.\n`);
    expect(await inspect(key)).toEqual({ sessions: 80, status: 200 });
  });

  it.each(['y', 'yes', ' YES '])('does so if a person at a terminal answers "%s"', async (answer) => {
    const key = await createSandbox();
    atTerminal(answer);
    expect(await reset()).toBe(0);
    expect(output).toContain(`Replace all data in ${database} with demo data? [y/N] `);
    expect((await inspect(key)).sessions).toBe(67);
  });

  it.each(['', 'n', 'yesterday', 'oh yes'])('changes nothing if a person answers "%s"', async (answer) => {
    const key = await createSandbox();
    atTerminal(answer);
    expect(await reset()).toBe(1);
    expect(output).toMatch(/Nothing was changed\.\n$/);
    expect((await inspect(key)).sessions).toBe(0);
  });

  it('changes nothing if there is nobody to ask', async () => {
    const key = await createSandbox();
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(new PassThrough() as never);
    expect(await reset()).toBe(2);
    expect(output).toContain('To confirm, add --yes. Nothing was changed.');
    expect((await inspect(key)).sessions).toBe(0);
  });

  it('creates no database', async () => {
    expect(await reset('--yes')).toBe(2);
    expect(output).toContain('There is no sandbox in this database. Nothing was changed.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('uses the database in the state folder if none is given', async () => {
    await createSandbox();
    expect(await resetDefault('--yes')).toBe(0);
    expect(output).toContain(`Reset ${database}: 67 demo sessions.`);
  });
});
