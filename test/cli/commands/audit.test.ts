import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAudit } from '../../../src/state/files/audit.ts';
import { runHere } from '../../support/program/run-here.ts';

let folder: string;
let file: string;
/** What the last command printed. */
let output: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-audit-command-'));
  file = join(folder, 'audit.jsonl');
  const audit = await openAudit(file);
  for (const outcome of ['one', 'two', 'three']) await audit.write({ tool: 'send_message', outcome });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** @returns the exit code. */
async function verify(...args: string[]): Promise<number> {
  const result = await runHere({ args: ['audit', 'verify', ...args] });
  output = result.stdout + result.stderr;
  return result.code;
}
const hashOf = () => /SHA-256 of the last record: ([0-9a-f]{64})\n/.exec(output)?.[1] ?? '';

describe('audit verify', () => {
  it('says that the chain holds, and what it cannot show', async () => {
    expect(await verify(file)).toBe(0);
    expect(output).toContain('3 records of 1 run.\nThe chain holds.\n');
    expect(output).toContain('The chain cannot show that the last records of a run were removed');
    const before = hashOf();
    expect(await verify(file, '--contains', before)).toBe(0);
  });

  it('says at which line the chain breaks', async () => {
    writeFileSync(file, readFileSync(file, 'utf8').replace('"two"', '"too"'));
    expect(await verify(file)).toBe(1);
    expect(output).toContain(`${file}:3: this record does not follow line 2: one of the two was changed\n`);
    expect(output).toContain('The chain is broken.\n');
  });

  it('misses a record that --contains names', async () => {
    await verify(file);
    const last = hashOf();
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n'));
    expect(await verify(file, '--contains', last)).toBe(1);
    expect(output).toContain('There is no record with the hash given by --contains.\n2 records of 1 run.');
  });

  it('tells of records that were written again', async () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text + text.split('\n')[2]);
    expect(await verify(file)).toBe(0);
    expect(output).toContain('Written again after a failed write, and counted once: 1 record.\n');
  });

  it.each([
    [['no such file'], 'The audit log cannot be read (ENOENT'],
    [['file', '--contains', 'abc'], '--contains needs the SHA-256 of a record: 64 hexadecimal digits.'],
    [[], "missing required argument 'files'"],
  ])('refuses %j', async (args, hint) => {
    expect(await verify(...args.map((arg) => (arg === 'file' ? file : arg)))).toBe(2);
    expect(output).toContain(hint);
  });
});
