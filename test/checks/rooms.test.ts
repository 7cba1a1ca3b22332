import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it, onTestFinished } from 'vitest';

const { default: rules } = await import(resolve('.dependency-cruiser.mjs'));
const src = resolve('src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** The rules that a file with this import breaks. */
async function broken(file: string, statement: string): Promise<string[]> {
  const baseDir = mkdtempSync(join(tmpdir(), 'rooms-'));
  onTestFinished(() => rmSync(baseDir, { recursive: true, force: true }));
  const target = /'(\.[^']*)'/.exec(statement)?.[1];
  if (target !== undefined) write(join(baseDir, dirname(file), target), 'export const value = 1;');
  write(join(baseDir, file), statement);
  const { output } = await cruise(['src'], {
    ...rules.options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: rules.forbidden ?? [] },
  });
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

function write(path: string, text: string) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe('the import rules', () => {
  it.each([
    ['src/conversations/a.ts', "import { value } from '../presenters/b.ts';", 'imports-of-conversations'],
    ['src/conversations/a.ts', "import type { V } from '../tools/b.ts';", 'imports-of-conversations'],
    [
      'src/conversations/a.ts',
      "import { value } from '../client/b.ts';",
      'imports-of-conversations-types-only',
    ],
    ['src/pipeline/a.ts', "import '@modelcontextprotocol/sdk/types.js';", 'imports-of-pipeline'],
    ['src/tools/a.ts', "import 'undici';", 'imports-of-tools'],
    ['src/presenters/a.ts', "import 'node:fs';", 'imports-of-presenters'],
    ['src/client/a.ts', "import { value } from '../state/b.ts';", 'imports-of-client'],
    ['src/sandbox/a.ts', "import { value } from '../text/b.ts';", 'imports-of-sandbox'],
    ['src/sandbox/store/a.ts', "import { value } from '../http/b.ts';", 'store-below-the-rest'],
    ['src/text/a.ts', "import { value } from './a.ts';", 'no-circles'],
  ])('catch %s with %s', async (file, statement, rule) => {
    expect(await broken(file, statement)).toContain(rule);
  });

  it.each([
    ['src/conversations/a.ts', "import type { V } from '../client/b.ts';"],
    ['src/pipeline/a.ts', "import { value } from '../client/errors.ts';"],
    ['src/mcp/a.ts', "import '@modelcontextprotocol/sdk/types.js';"],
    ['src/state/a.ts', "import 'node:fs/promises';"],
    ['src/presenters/a.ts', "import { value } from '../text/b.ts';"],
  ])('allow %s with %s', async (file, statement) => {
    expect(await broken(file, statement)).toEqual([]);
  });
});

describe('the rooms of src', () => {
  it('read the environment only in the command line', () => {
    const outside = files.filter((file) => !file.startsWith('cli/') && file !== 'main.ts');
    expect(outside.filter((file) => read(file).includes('process.env'))).toEqual([]);
  });

  it('ask for the name of the user in one place, which knows that there may be none', () => {
    expect(files.filter((file) => read(file).includes('userInfo'))).toEqual(['cli/setup/this-user.ts']);
  });

  it('have small files', () => {
    expect(files.filter((file) => read(file).split('\n').length > 320)).toEqual([]);
  });

  it('have small folders and no catch-all names', () => {
    const folders = new Map<string, number>();
    for (const file of files) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
    expect([...folders].filter(([, count]) => count > 13)).toEqual([]);
    expect(
      files.filter((file) => /(?:^|\/)(?:utils?|common|helpers?|lib|types)(?:\/|\.ts$)/.test(file)),
    ).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(join(src, file), 'utf8');
}
