import { describe, expect, it } from 'vitest';
import type { McpClient } from '../../../src/cli/init/clients/client.ts';
import { clients } from '../../../src/cli/init/clients/clients.ts';
import { findClient } from '../../../src/cli/init/clients/find-client.ts';
import { launchElsewhere, launchMethod, makeEntry, usualKey } from '../../../src/cli/init/entry.ts';
import { runInit } from '../../../src/cli/init/init.ts';
import { ConfigurationError } from '../../../src/cli/settings/configuration-error.ts';

const npx = { kind: 'npx', distribution: { published: true, version: '1.2.3' } } as const;
const client = (id: string) => findClient(id) as McpClient;

describe('an entry', () => {
  it('contains no key, but the way of each client to pass it', () => {
    for (const one of clients) {
      const text = JSON.stringify(makeEntry(one, 'linux', npx, [], usualKey(one)));
      expect(text, one.id).toContain(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
        one.id === 'vscode' ? '"${input:opencx-key}"' : '"OPENCX_API_KEY_FILE":"~/.opencx/api-key.txt"',
      );
    }
  });

  it('starts npx with cmd on Windows, and a copy with Node everywhere', () => {
    expect(makeEntry(client('zed'), 'win32', npx, ['--read-only'], { kind: 'none' })).toEqual({
      command: 'cmd',
      args: ['/c', 'npx', '-y', 'opencx-sessions-mcp@1.2.3', '--read-only'],
    });
    const copy = { kind: 'copy', node: 'C:\\node.exe', program: 'C:\\main.cjs' } as const;
    expect(makeEntry(client('zed'), 'win32', copy, [], { kind: 'none' })).toEqual({
      command: 'C:\\node.exe',
      args: ['C:\\main.cjs'],
    });
  });

  it.each([
    ['/home/kim/.npm/_npx/0a1b/node_modules/opencx-sessions-mcp/dist/main.cjs', 'npx'],
    [
      'C:\\Users\\kim\\AppData\\Local\\npm-cache\\_npx\\0a1b\\node_modules\\opencx-sessions-mcp\\dist\\main.cjs',
      'npx',
    ],
    ['/home/kim/.cache/pnpm/dlx-1234/node_modules/opencx-sessions-mcp/dist/main.cjs', 'npx'],
    ['/usr/lib/node_modules/opencx-sessions-mcp/dist/main.cjs', 'copy'],
    ['/home/kim/src/opencx-sessions-mcp/dist/main.cjs', 'copy'],
  ])('for %s starts the server by: %s', (program, kind) => {
    const published = { published: true, version: '1.2.3' };
    expect(launchMethod(program, false, published)).toMatchObject({ kind });
    expect(launchMethod(program, true, published)).toMatchObject({ kind: 'npx' });
    // Before, always by this copy.
    const unpublished = { published: false, version: '1.2.3' };
    for (const force of [false, true]) {
      expect(launchMethod(program, force, unpublished)).toEqual({
        kind: 'copy',
        node: process.execPath,
        program,
      });
    }
  });

  it('for another machine has a path to fill in, until the package is published', () => {
    expect(launchElsewhere('win32', { published: false, version: '1' })).toEqual({
      kind: 'copy',
      node: 'node',
      program: 'C:\\path\\to\\opencx-sessions-mcp\\dist\\main.cjs',
    });
    expect(launchElsewhere('linux', { published: true, version: '1' })).toMatchObject({ kind: 'npx' });
  });
});

const otherSystem = process.platform === 'win32' ? 'linux' : 'windows';

describe('an invalid option', () => {
  it.each([
    ['curser', {}, [], 'Did you mean cursor?'],
    ['windsurf', { project: true }, [], 'has no project file'],
    ['zed', { os: 'beos' }, [], 'must be one of linux, macos, windows'],
    ['zed', { os: otherSystem, write: true }, [], '--os and --write cannot be used together'],
    ['zed', { os: otherSystem, remove: true }, [], '--os and --remove cannot be used together'],
    ['zed', { sandbox: true, withKey: true }, [], 'cannot be used together'],
    ['zed', { withKey: true }, [], 'set OPENCX_API_KEY'],
    ['claude-desktop', { url: 'https://mcp.example.com/mcp' }, [], 'Settings, Connectors'],
    ['zed', { url: 'http://mcp.example.com/mcp' }, [], 'plain http exposes the token'],
    ['zed', { url: 'mcp.example.com' }, [], 'must be a URL such as https://mcp.example.com/mcp'],
    ['zed', { url: 'https://mcp.example.com', sandbox: true }, [], 'is for a server that runs elsewhere'],
    ['zed', { url: 'https://mcp.example.com' }, ['--read-only'], 'is for a server that runs elsewhere'],
    ['zed', { url: 'https://mcp.example.com', withToken: true }, [], 'set OPENCX_TOKEN'],
    ['zed', { withToken: true }, [], 'needs --url'],
    ['zed', {}, ['ocx_live_0123456789abcdef'], 'only flags of the server'],
    ['ocx_live_0123456789abcdef', {}, [], 'Unknown client. Clients: '],
    ['zed', {}, ['--tools', ','], '--tools: must name at least one tool.'],
  ])('rejects init %s with %j %j', async (name, options, flags, hint) => {
    const error = await runInit(name, flags, options, 'package.json', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toContain(hint);
    expect((error as Error).message).not.toContain('ocx_live');
  });
});
