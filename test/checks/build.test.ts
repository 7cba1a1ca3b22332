import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'opencx-build-'));
const chunks = join(folder, 'chunks');
/** Files of the earlier build that were missing at any time during the new one. */
const missing = new Set<string>();
/** Writes the files of the build that the tests use into the folder. Bundling them again would say nothing new. */
const writeAgain = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { join } from 'node:path';
  import { writeBuild } from './scripts/write-build.mjs';
  const folder = process.argv[1];
  const names = readdirSync('dist', { recursive: true }).filter((name) => /\\.(?:cjs|js|txt|css|svg)$/.test(name));
  writeBuild(folder, names.map((name) => ({ path: join(folder, name), contents: readFileSync(join('dist', name)) })));
`;

beforeAll(async () => {
  mkdirSync(chunks);
  const before = ['main.cjs', 'start.cjs', 'client.js', 'client.d.ts', 'chunks/fresh-AAAAAAAA.cjs'];
  for (const name of before) writeFileSync(join(folder, name), '');
  writeFileSync(join(chunks, 'stale-BBBBBBBB.cjs'), '');
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(join(chunks, 'stale-BBBBBBBB.cjs'), anHourAgo, anHourAgo);
  const args = ['--input-type=module', '--eval', writeAgain, folder];
  const build = spawn(process.execPath, args, { stdio: 'inherit' });
  const watch = setInterval(() => {
    for (const name of before) if (!existsSync(join(folder, name))) missing.add(name);
  }, 1);
  const [code] = await once(build, 'exit');
  clearInterval(watch);
  expect(code).toBe(0);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a build over an earlier one', () => {
  it('keeps the program available at all times, and files that it does not create', () => {
    expect([...missing]).toEqual([]);
    expect(readFileSync(join(folder, 'main.cjs'), 'utf8')).toContain('#!/usr/bin/env node');
    expect(existsSync(join(folder, 'client.d.ts'))).toBe(true);
  });

  it('removes only chunks that are too old to be still loading', () => {
    const names = readdirSync(chunks);
    expect(names).not.toContain('stale-BBBBBBBB.cjs');
    expect(names).toContain('fresh-AAAAAAAA.cjs');
    const written = readdirSync('dist').filter((name) => !name.endsWith('.d.ts'));
    expect(readdirSync(folder).sort()).toEqual([...written, 'client.d.ts'].sort());
  });
});

it('only sign-in loads the package that checks tokens', () => {
  const names = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((name) => /js$/.test(name));
  const withKeys = names.filter((name) => readFileSync(join('dist', name), 'utf8').includes('RemoteJWKSet'));
  // Chunks of earlier builds are still there.
  const chunkNames = withKeys.map((name) => name.replace(/-[\w-]{8}\.cjs$/, ''));
  expect(new Set(chunkNames)).toEqual(new Set([join('chunks', 'sign-in')]));
});

it('the page is small: script and styles have at most 60 KB', () => {
  const bytes = ['inbox.js', 'inbox.css'].map((name) => statSync(join('dist', 'web', name)).size);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(60_000);
});

it('the build lists each bundled package with its version and licence text', () => {
  const text = readFileSync(join('dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of [
    'undici',
    'zod',
    'hono',
    'kysely',
    'pino',
    'commander',
    '@modelcontextprotocol/sdk',
    'preact',
  ]) {
    const { version } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
    const [, section = ''] = text.split(`\n${name} ${version}\n`);
    expect(section.slice(0, 400), name).toMatch(
      /MIT License|\(The MIT License\)|Permission is hereby granted/,
    );
  }
  // Not bundled: a dependency with its own licence file.
  expect(text).not.toMatch(/^libsql /m);
});
