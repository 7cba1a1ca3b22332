import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockCommands, inlineCommands, pages } from '../support/documentation/commands.ts';
import { Reader, type Surroundings } from '../support/documentation/reader.ts';
import { toolNames } from '../support/every-tool/covers-every-tool.ts';

/** On Windows npm is a batch file, which only a shell can start. */
const onWindows = process.platform === 'win32';

interface Locked {
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  hasInstallScript?: boolean;
}

/** Folders in node_modules that npm would install with the package on this machine, according to the lock file. */
const locked = Object.entries(
  (JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }).packages,
);
const fits = (list: string[] | undefined, value: string) => list === undefined || list.includes(value);
const dependencies = locked
  .filter(([path, { dev, os, cpu }]) => path && !dev && fits(os, process.platform) && fits(cpu, process.arch))
  .map(([path]) => path);

/** The unpacked package in an empty folder, with only the dependencies that npm would install. */
const folder = mkdtempSync(join(tmpdir(), 'opencx-pack-'));
const root = join(folder, 'node_modules', 'opencx-sessions-mcp');
const program = join(root, 'dist', 'main.cjs');

/** `npm run check` builds the types before it tests. They take as long as many tests, so `npm test` alone does not. */
const types = ['client.d.ts', 'sandbox.d.ts'].filter((name) => existsSync(join('dist', name)));

beforeAll(() => {
  // Packs the existing build: building again would disturb other tests.
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const tarball =
    execFileSync('npm', args, { encoding: 'utf8', shell: onWindows }).trim().split('\n').at(-1) ?? '';
  mkdirSync(root, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', root, '--strip-components=1']);
  for (const path of dependencies) {
    if (!existsSync(path)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(resolve(path), join(folder, path), 'junction');
  }
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes of all files in a folder, without following links. */
function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => lstatSync(join(path, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

describe('the packed package', () => {
  it('contains only the files it needs', () => {
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => lstatSync(join(root, name)).isFile());
    const chunks = files.filter((name) => name.startsWith(join('dist', 'chunks')));
    expect(files.filter((name) => !chunks.includes(name)).sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'mcp.json',
        'package.json',
        'team.schema.json',
        ...[
          'THIRD-PARTY-LICENSES.txt',
          'client.js',
          'mail-worker.cjs',
          'main.cjs',
          'sandbox.js',
          'start.cjs',
          ...types,
          ...['card.html', 'icon.svg', 'inbox.css', 'inbox.js'].map((name) => join('web', name)),
        ].map((name) => join('dist', name)),
      ].sort(),
    );
    expect(chunks.filter((name) => !/^[\w-]+\.cjs$/.test(basename(name)))).toEqual([]);
    const [shebang] = readFileSync(program, 'utf8').split('\n');
    expect(shebang).toBe('#!/usr/bin/env node');
  });

  it('installs at most 10 packages and 30 MB, without install scripts', () => {
    expect(dependencies.length).toBeGreaterThan(2);
    expect(1 + dependencies.length).toBeLessThanOrEqual(10);
    // Builds keep the chunks of earlier ones for some minutes. A release is built into an empty folder.
    const builtAt = statSync('dist/start.cjs').mtimeMs;
    const earlier = readdirSync('dist/chunks')
      .map((name) => statSync(join('dist/chunks', name)))
      .filter(({ mtimeMs }) => mtimeMs < builtAt - 10_000)
      .reduce((sum, { size }) => sum + size, 0);
    const bytes = dependencies
      .filter((path) => existsSync(path))
      .reduce((sum, path) => sum + sizeOf(path), sizeOf(root) - earlier);
    expect(bytes).toBeLessThan(30_000_000);
    const withScripts = locked.filter(
      ([path, { dev, hasInstallScript }]) => path && !dev && hasInstallScript,
    );
    expect(withScripts).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
  });

  it('lists its tools and calls one with the sandbox', async () => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const args = [program, '--sandbox', ':memory:'];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: folder }));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(toolNames);
    const result = await client.callTool({ name: 'list_sessions', arguments: { limit: 3 } });
    expect(result.structuredContent).toMatchObject({ shown: 3, more: true });
    await client.close();
  });

  it.skipIf(types.length === 0 && !process.env['CI'])(
    'exports types that the examples of the documentation compile with',
    async () => {
      const programs = ['docs/agent-engineers.md', 'docs/testers.md'].map(examplesOf);
      const [program = ''] = programs;
      const [errorsOfBroken, ...errors] = await compileErrors(
        program.replace('sessionPages', 'sessionPagesOf'),
        ...programs,
      );
      expect(errors).toEqual([[], []]);
      // Proves that the compiler checks the code: this method does not exist.
      expect(errorsOfBroken).toHaveLength(1);
      // The compiler is slow on a busy machine.
    },
    60_000,
  );

  it('runs the example of a test', async () => {
    const file = join(folder, 'example.test.mjs');
    writeFileSync(file, examplesOf('docs/testers.md'));
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], { cwd: folder });
    expect(stdout).toMatch(/pass 1\n/);
  });
});

/** Commands that are not run here, and why. */
const notRunHere: Readonly<Record<string, string>> = {
  'npm install && npm run demo': 'needs a clone; test/e2e/cli/cli.test.ts runs the demo, and CI installs it',
  'npm pack': 'this folder is made by it',
  'npm install /path/to/clone/opencx-sessions-mcp-*.tgz': 'needs the registry for the dependencies',
  'node dist/main.cjs outbox --sandbox': 'asks at a terminal; test/e2e/outbox.test.ts runs it at one',
  'OPENCX_API_KEY_FILE=/etc/opencx/acme.key node dist/main.cjs outbox':
    'asks at a terminal; test/e2e/outbox.test.ts runs it at one',
  'claude mcp add --transport http opencx-sessions https://mcp.example.com/mcp --header "Authorization: Bearer ocxt_..."':
    'needs Claude Code',
};

describe.skipIf(onWindows)('the commands of the documentation', () => {
  const dist = join(root, 'dist');
  const blocks = pages.flatMap(blockCommands);
  /** Starts an API that can be asked. */
  const startsSandbox = blocks.find((text) => / sandbox .*--json/.test(text)) ?? '';
  /** Equal commands are run once. */
  const taken = new Set([startsSandbox]);
  const inBlocks = pages.map((page) => {
    const commands = blockCommands(page).filter((command) => !taken.has(command));
    for (const command of commands) taken.add(command);
    return { page, commands };
  });
  const sandbox = new Reader(folder, dist, { env: {} });
  const team = new Reader(folder, dist, { env: { KEY: 'k0123456789abcdef' } });
  let surroundings: Surroundings;
  /** On a busy machine a dozen processes take their time. */
  const busy = 60_000;

  // The API, and a team server that lets everybody in.
  beforeAll(async () => {
    const file = join(folder, 'team.json');
    const workspaces = { acme: { api_key_env: 'KEY' } };
    writeFileSync(file, JSON.stringify({ workspaces, roles: { agent: {} }, tokens: [] }));
    await Promise.all([
      sandbox.run(startsSandbox, 'docs/testers.md'),
      team.run(`node dist/main.cjs http --team ${file}`, 'docs/team.md'),
    ]);
    const { url, key } = JSON.parse(sandbox.banner);
    surroundings = { env: { OPENCX_API_URL: url, OPENCX_API_KEY: key }, teamUrl: team.teamUrl };
  }, busy);
  afterAll(async () => {
    await Promise.all([sandbox.close(), team.close()]);
  }, busy);

  /** Follows commands in order. */
  async function follow(page: string, commands: readonly string[]): Promise<void> {
    const reader = new Reader(folder, dist, surroundings);
    try {
      for (const command of commands) if (!(command in notRunHere)) await reader.run(command, page);
    } finally {
      await reader.close();
    }
  }

  it.concurrent('work beside the examples of the client', async () => {
    const file = join(folder, 'client.mjs');
    writeFileSync(file, examplesOf('docs/agent-engineers.md'));
    const env = { ...process.env, ...surroundings.env };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { env });
    expect(stdout).toMatch(/^#\d+ api$/m);
    expect(stdout.trim().split('\n').length).toBeGreaterThan(25);
    expect(stderr).toBe('');
  });

  it.concurrent.each(inBlocks.filter(({ commands }) => commands.length > 0))(
    'in $page work one after another',
    ({ page, commands }) => follow(page, commands),
    busy,
  );

  const inline = new Map(pages.flatMap((page) => inlineCommands(page).map((command) => [command, page])));
  for (const command of blocks) inline.delete(command);
  it.concurrent.each([...inline])('`%s` works by itself', (command, page) => follow(page, [command]), busy);

  it('are all run, but for those that are named here', () => {
    expect(Object.keys(notRunHere).filter((command) => !blocks.includes(command))).toEqual([]);
  });
});

/** The examples of a page that use this package, as one program. */
function examplesOf(page: string): string {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
    ([, code = '']) => code,
  );
  const first = blocks.findIndex((code) => code.includes("from 'opencx-sessions-mcp/"));
  return blocks.slice(first).join('');
}

/** Compiles programs in strict mode that use this package and `@types/node`. Returns the errors of each. */
async function compileErrors(...codes: string[]): Promise<string[][]> {
  const { default: ts } = await import('typescript');
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [resolve('node_modules/@types')],
    skipLibCheck: true,
  };
  const sources = new Map(codes.map((code, index) => [join(folder, `example-${index}.mts`), code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const code = sources.get(name);
    return code === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, code, version);
  };
  const compiled = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].map((name) => {
    const file = compiled.getSourceFile(name);
    const found = [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}
