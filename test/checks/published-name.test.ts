import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Distribution, distribution } from '../../src/cli/distribution.ts';
import { clients } from '../../src/cli/init/clients/clients.ts';
import { invocation, launchElsewhere, launchMethod, makeEntry, usualKey } from '../../src/cli/init/entry.ts';

/** Starts the package by its name: with npx and the like, in shell or in JSON, and encoded in links. */
const start =
  /(?<![\w/\\-])(?:npx|bunx|pnpx|dlx|npm(?:["',\s]+)exec)\b[^\n/\\]{0,40}?\bopencx-sessions-mcp(?<version>@[\w.${}-]+)?/g;

function startsIn(text: string): string[] {
  const decoded = [...text.matchAll(/config=([^)\s&]+)/g)].flatMap(([, config = '']) => {
    const plain = decodeURIComponent(config);
    return [plain, Buffer.from(plain, 'base64').toString('utf8')];
  });
  const flat = [text, ...decoded].map((one) => one.replace(/[\s"',[\]]+/g, ' '));
  return flat.flatMap((one) => [...one.matchAll(start)].map(([found]) => found));
}

/** What people, clients and registries read. */
const files = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'AGENTS.md',
  'mcp.json',
  'server.json',
  'manifest.json',
  'Dockerfile',
];
const folders = ['docs', 'src', 'scripts', '.github'];
const texts = [
  ...files,
  ...folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ),
].filter((file) => statSync(file).isFile());

const temporary = '/home/kim/.npm/_npx/0a1b/node_modules/opencx-sessions-mcp/dist/main.cjs';
const installed = '/usr/lib/node_modules/opencx-sessions-mcp/dist/main.cjs';

/** Everything that init and doctor could print. */
function generated(from: Distribution): string[] {
  const platforms = ['linux', 'darwin', 'win32'] as const;
  const entries = clients.flatMap((client) =>
    platforms.flatMap((platform) =>
      [
        launchMethod(temporary, false, from),
        launchMethod(installed, true, from),
        launchElsewhere(platform, from),
      ].map((launch) =>
        JSON.stringify(makeEntry(client, platform, launch, ['--read-only'], usualKey(client))),
      ),
    ),
  );
  return [...entries, invocation(temporary, from), invocation(installed, from)];
}

describe('the name of the package', () => {
  it('is found in every form that starts it', () => {
    const json = '{"command":"npx","args":["-y","opencx-sessions-mcp"]}';
    for (const text of [
      'npx -y opencx-sessions-mcp init',
      json,
      '{\n  "command": "cmd",\n  "args": [\n "/c", "npx",\n "-y",\n "opencx-sessions-mcp"',
      `x?config=${encodeURIComponent(json)}`,
      `x?config=${encodeURIComponent(Buffer.from(json).toString('base64'))})`,
      'pnpm dlx opencx-sessions-mcp@latest',
    ]) {
      expect(startsIn(text), text).not.toEqual([]);
    }
  });

  it('is started by nothing that we publish, until it is ours; then in one version only', () => {
    const found = texts.flatMap((file) =>
      startsIn(readFileSync(file, 'utf8')).map((text) => `${file}: ${text}`),
    );
    const pinned = (text: string) => text.endsWith(`opencx-sessions-mcp@${distribution.version}`);
    expect(distribution.published ? found.filter((text) => !pinned(text)) : found).toEqual([]);
    if (!distribution.published) expect(readFileSync('server.json', 'utf8')).not.toContain('packages');
  });

  it('is not in what init and doctor print before it is published, and has a version afterwards', () => {
    expect(generated({ published: false, version: '1.2.3' }).flatMap(startsIn)).toEqual([]);
    const afterwards = generated({ published: true, version: '1.2.3' }).flatMap(startsIn);
    expect(afterwards.length).toBeGreaterThan(clients.length * 3);
    for (const text of afterwards) expect(text).toMatch(/opencx-sessions-mcp@1\.2\.3$/);
  });
});
