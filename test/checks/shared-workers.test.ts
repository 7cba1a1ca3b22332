import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The files of a folder that match one expression, and not the other. */
function filesWith(folder: string, expression: RegExp, without = /$./): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return expression.test(text) && !without.test(text);
    });
}

// Files run one after the other in the same worker, see vitest.config.ts.
describe('what a test file changes ends with it', () => {
  it('because support modules, which a worker evaluates only once, register hooks only inside functions', () => {
    expect(
      filesWith('test/support', /^(?:await )?(?:(?:before|after)(?:Each|All)|onTestFinished)\(/m),
    ).toEqual([]);
  });

  it('because support modules change nothing global when they are loaded', () => {
    expect(filesWith('test/support', /^(?:vi\.|process\.(?:env|on)\b|Object\.assign\(global)/m)).toEqual([]);
  });

  it('because nobody replaces modules, which others may have loaded already', () => {
    expect(filesWith('test', /\bvi\.(?:doMock|mock)\(/)).toEqual([]);
  });

  it('because who replaces functions puts them back', () => {
    const putBack = /vi\.restoreAllMocks\(|\.mockRestore\(|\bcliHome\(/;
    expect(filesWith('test', /vi\.spyOn\(|syncBuiltinESMExports\(/, putBack)).toEqual([]);
  });

  it('because who uses fake timers uses real ones afterwards', () => {
    expect(filesWith('test', /vi\.useFakeTimers\(/, /vi\.useRealTimers\(/)).toEqual([]);
  });
});
