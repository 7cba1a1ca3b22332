import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

/**
 * What the check of regular expressions says about a file. The whole of src/, which it accepts, takes too long for a test;
 * `npm run check` does that.
 */
async function checked(text: string): Promise<{ code: number | string | null | undefined; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'regular-expressions-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'planted.ts'), text);
  return await new Promise((resolve) =>
    execFile(process.execPath, ['scripts/check-regexps.mjs', folder], (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    ),
  );
}

it('reports expressions that take more than linear time, or cannot be checked, with file and line', async () => {
  const planted = String.raw`
    const exponential = /(a+)+$/;
    const polynomial = new RegExp(['\\s*', ';'].join('') + '$', 'u');
    const unknown = (word: string) => RegExp(word + '+');
    const linear = /^\w+$/;
  `;
  const { code, stderr } = await checked(planted);
  expect(code).toBe(1);
  expect(stderr).toMatch(/planted\.ts:2 \/\(a\+\)\+\$\/: vulnerable/);
  expect(stderr).toMatch(/planted\.ts:3 new RegExp.*: vulnerable/);
  expect(stderr).toMatch(/planted\.ts:4 RegExp\(word \+ '\+'\): not constant/);
  expect(stderr).not.toContain('planted.ts:5');
});
