import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const examples = [...readFileSync('README.md', 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
);

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  strict: true,
  noEmit: true,
  types: ['node'],
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  paths: { 'opencx-sessions-mcp/client': [resolve('src/client/index.ts')] },
};

/** What the compiler says of programs that have this package and `@types/node`, and are as strict as most are. */
function complaints(...codes: string[]): string[][] {
  const sources = new Map(codes.map((code, index) => [resolve(`example-${index}.ts`), code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const code = sources.get(name);
    return code === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, code, version);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].map((name) => {
    const file = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

it('the README’s example for programs compiles', () => {
  expect(examples).toHaveLength(1);
  const [code = ''] = examples;
  const broken = code.replace('sessionPages', 'sessionPagesOf');
  const [ofExample, ofBroken] = complaints(code, broken);
  expect(ofExample).toEqual([]);
  // The compiler did look: this method does not exist.
  expect(ofBroken).toHaveLength(1);
});
