import { describe, expect, it } from 'vitest';
import { clients, findClient, type McpClient } from '../../../src/cli/init/clients.ts';
import { launchElsewhere, launchMethod, makeEntry, usualKey } from '../../../src/cli/init/entry.ts';
import { runInit } from '../../../src/cli/init/init.ts';
import type { Machine } from '../../../src/cli/init/machine.ts';
import { ConfigurationError } from '../../../src/cli/settings/configuration-error.ts';

const npx = { kind: 'npx', distribution: { published: true, version: '1.2.3' } } as const;
const client = (id: string) => findClient(id) as McpClient;
const machine = (platform: Machine['platform'], env = {}): Machine => ({
  platform,
  home: platform === 'win32' ? 'C:\\Users\\kim' : '/home/kim',
  env,
  elsewhere: true,
});

describe('the configuration file of a client', () => {
  it('is the documented one on each system', () => {
    const places = Object.fromEntries(
      clients.map(({ id, userFile }) => [
        id,
        [machine('linux'), machine('darwin'), machine('win32')].map((one) => userFile(one)),
      ]),
    );
    const mac = '/home/kim/Library/Application Support';
    const windows = 'C:\\Users\\kim';
    expect(places).toEqual({
      'claude-desktop': [
        '/home/kim/.config/Claude/claude_desktop_config.json',
        `${mac}/Claude/claude_desktop_config.json`,
        `${windows}\\AppData\\Roaming\\Claude\\claude_desktop_config.json`,
      ],
      'claude-code': ['/home/kim/.claude.json', '/home/kim/.claude.json', `${windows}\\.claude.json`],
      cursor: ['/home/kim/.cursor/mcp.json', '/home/kim/.cursor/mcp.json', `${windows}\\.cursor\\mcp.json`],
      vscode: [
        '/home/kim/.config/Code/User/mcp.json',
        `${mac}/Code/User/mcp.json`,
        `${windows}\\AppData\\Roaming\\Code\\User\\mcp.json`,
      ],
      windsurf: [
        '/home/kim/.codeium/windsurf/mcp_config.json',
        '/home/kim/.codeium/windsurf/mcp_config.json',
        `${windows}\\.codeium\\windsurf\\mcp_config.json`,
      ],
      zed: [
        '/home/kim/.config/zed/settings.json',
        '/home/kim/.config/zed/settings.json',
        `${windows}\\AppData\\Roaming\\Zed\\settings.json`,
      ],
    });
  });

  it('respects the variables that move it', () => {
    const moved = machine('linux', { XDG_CONFIG_HOME: '/x', CLAUDE_CONFIG_DIR: '/c' });
    expect(client('zed').userFile(moved)).toBe('/x/zed/settings.json');
    expect(client('vscode').userFile(moved)).toBe('/x/Code/User/mcp.json');
    expect(client('claude-code').userFile(moved)).toBe('/c/.claude.json');
    expect(client('vscode').userFile(machine('win32', { APPDATA: 'D:\\R' }))).toBe(
      'D:\\R\\Code\\User\\mcp.json',
    );
  });
});

describe('an entry', () => {
  it('contains no key, but the way of each client to pass it', () => {
    const ways = clients.map((one) => [one.id, makeEntry(one, 'linux', npx, [], usualKey(one)).env]);
    expect(Object.fromEntries(ways)).toEqual({
      'claude-desktop': { OPENCX_API_KEY_FILE: '~/.opencx/api-key.txt' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      'claude-code': { OPENCX_API_KEY: '${OPENCX_API_KEY}' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      cursor: { OPENCX_API_KEY: '${env:OPENCX_API_KEY}' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      vscode: { OPENCX_API_KEY: '${input:opencx-key}' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      windsurf: { OPENCX_API_KEY: '${env:OPENCX_API_KEY}' },
      zed: { OPENCX_API_KEY_FILE: '~/.opencx/api-key.txt' },
    });
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

describe('an invalid option', () => {
  it.each([
    ['curser', {}, [], 'Did you mean cursor?'],
    ['windsurf', { project: true }, [], 'has no project file'],
    ['zed', { os: 'beos' }, [], 'must be one of linux, macos, windows'],
    [
      'zed',
      { os: process.platform === 'win32' ? 'linux' : 'windows', write: true },
      [],
      '--os is for another machine',
    ],
    ['zed', { sandbox: true, withKey: true }, [], 'cannot be used together'],
    ['zed', { withKey: true }, [], 'set OPENCX_API_KEY'],
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
