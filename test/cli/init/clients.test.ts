import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientIds } from '../../../src/cli/init/clients/client-ids.ts';
import { clients } from '../../../src/cli/init/clients/clients.ts';
import {
  getClient,
  isInstalled,
  projectFileOf,
  userFileOf,
} from '../../../src/cli/init/clients/find-client.ts';
import type { Machine } from '../../../src/cli/init/machine.ts';

const machine = (platform: Machine['platform'], env = {}): Machine => ({
  platform,
  home: platform === 'win32' ? 'C:\\Users\\kim' : '/home/kim',
  env,
  elsewhere: true,
});

/** The same in the words of the package add-mcp. */
const theirs = (config: object) => ({ env: { K: 'v' }, ...config });
const local = { command: 'node', args: ['main.cjs'], env: { K: 'v' } };
const remote = { url: 'https://mcp.example.com/mcp', token: 't' };
const place = { name: 'opencx-sessions', isProject: false };

/** Where this table differs from that of add-mcp, and why. */
const differences: Record<string, readonly ('path' | 'local' | 'remote')[]> = {
  // Zed's documentation: ~/.config/zed on macOS; neither source nor type is needed.
  zed: [...(process.platform === 'darwin' ? (['path'] as const) : []), 'local', 'remote'],
  // GitHub's documentation: COPILOT_HOME moves the folder, XDG_CONFIG_HOME does not.
  'github-copilot-cli': process.env['XDG_CONFIG_HOME'] ? ['path'] : [],
  // VS Code writes the type itself.
  vscode: ['local'],
  // Works in all versions; url with a type only in newer ones.
  'gemini-cli': ['remote'],
  // Codex knows no type, and reports what it does not know.
  codex: ['remote'],
  // A description of its own.
  goose: ['local', 'remote'],
};

describe('the table of clients', () => {
  it('says of each client that shows the server that it is gone after a removal', () => {
    for (const { id, reload, reloadWithout } of clients) {
      expect(/\bthe server\b/i.test(reload), id).toBe(reloadWithout !== undefined);
      if (reloadWithout !== undefined) expect(reloadWithout, id).toContain('no longer');
    }
  });

  it('agrees with that of the package add-mcp, with the listed differences', async () => {
    const { agents } = await import('add-mcp');
    expect(clients.map(({ id }) => id)).toEqual(clientIds);
    expect([...clientIds].sort()).toEqual(Object.keys(agents).sort());
    const here: Machine = {
      platform: process.platform as Machine['platform'],
      home: homedir(),
      env: process.env,
      elsewhere: true,
    };
    for (const client of clients) {
      const agent = agents[client.id as keyof typeof agents];
      const servers = typeof client.servers === 'function' ? client.servers({}) : client.servers;
      expect([client.format, servers.join('.')], client.id).toEqual([agent.format, agent.configKey]);
      const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
      const entry = (config: object) => plain(agent.transformConfig(place.name, theirs(config)));
      const header = { Authorization: `Bearer ${remote.token}` };
      const found = [
        userFileOf(client, here) === agent.configPath || 'path',
        isEqual(plain(client.form.local(local, place)), entry(local)) || 'local',
        client.form.remote === undefined
          ? !agent.supportedTransports.includes('http') || 'remote'
          : isEqual(
              plain(client.form.remote(remote, place)),
              client.id === 'fx'
                ? entry({ type: 'http', url: remote.url, bearerTokenEnv: remote.token })
                : entry({ type: 'http', url: remote.url, headers: header }),
            ) || 'remote',
      ].filter((one) => one !== true);
      expect(found, client.id).toEqual(differences[client.id] ?? []);
      expect(client.projectFiles?.length ?? 0, client.id).toBe(
        agent.localConfigPath === undefined ? 0 : (client.projectFiles?.length ?? -1),
      );
      if (agent.localConfigPath) expect(client.projectFiles, client.id).toContain(agent.localConfigPath);
    }
  });

  it('has the documented files on each system', () => {
    const places = clients.map((one) => [
      one.id,
      ...(['linux', 'darwin', 'win32'] as const).map((platform) => userFileOf(one, machine(platform))),
    ]);
    expect(places.map((row) => row.join(' | ')).join('\n')).toMatchInlineSnapshot(`
      "claude-desktop | /home/kim/.config/Claude/claude_desktop_config.json | /home/kim/Library/Application Support/Claude/claude_desktop_config.json | C:\\Users\\kim\\AppData\\Roaming\\Claude\\claude_desktop_config.json
      claude-code | /home/kim/.claude.json | /home/kim/.claude.json | C:\\Users\\kim\\.claude.json
      cursor | /home/kim/.cursor/mcp.json | /home/kim/.cursor/mcp.json | C:\\Users\\kim\\.cursor\\mcp.json
      vscode | /home/kim/.config/Code/User/mcp.json | /home/kim/Library/Application Support/Code/User/mcp.json | C:\\Users\\kim\\AppData\\Roaming\\Code\\User\\mcp.json
      windsurf | /home/kim/.codeium/windsurf/mcp_config.json | /home/kim/.codeium/windsurf/mcp_config.json | C:\\Users\\kim\\.codeium\\windsurf\\mcp_config.json
      zed | /home/kim/.config/zed/settings.json | /home/kim/.config/zed/settings.json | C:\\Users\\kim\\AppData\\Roaming\\Zed\\settings.json
      antigravity | /home/kim/.gemini/config/mcp_config.json | /home/kim/.gemini/config/mcp_config.json | C:\\Users\\kim\\.gemini\\config\\mcp_config.json
      cline | /home/kim/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json | /home/kim/Library/Application Support/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json | C:\\Users\\kim\\AppData\\Roaming\\Code\\User\\globalStorage\\saoudrizwan.claude-dev\\settings\\cline_mcp_settings.json
      cline-cli | /home/kim/.cline/data/settings/cline_mcp_settings.json | /home/kim/.cline/data/settings/cline_mcp_settings.json | C:\\Users\\kim\\.cline\\data\\settings\\cline_mcp_settings.json
      codex | /home/kim/.codex/config.toml | /home/kim/.codex/config.toml | C:\\Users\\kim\\.codex\\config.toml
      fx | /home/kim/.fx/mcp.json | /home/kim/.fx/mcp.json | C:\\Users\\kim\\.fx\\mcp.json
      gemini-cli | /home/kim/.gemini/settings.json | /home/kim/.gemini/settings.json | C:\\Users\\kim\\.gemini\\settings.json
      goose | /home/kim/.config/goose/config.yaml | /home/kim/.config/goose/config.yaml | C:\\Users\\kim\\AppData\\Roaming\\Block\\goose\\config\\config.yaml
      github-copilot-cli | /home/kim/.copilot/mcp-config.json | /home/kim/.copilot/mcp-config.json | C:\\Users\\kim\\.copilot\\mcp-config.json
      grok-build | /home/kim/.grok/config.toml | /home/kim/.grok/config.toml | C:\\Users\\kim\\.grok\\config.toml
      kilo-code | /home/kim/.config/kilo/kilo.json | /home/kim/.config/kilo/kilo.json | C:\\Users\\kim\\.config\\kilo\\kilo.json
      kimi-code | /home/kim/.kimi-code/mcp.json | /home/kim/.kimi-code/mcp.json | C:\\Users\\kim\\.kimi-code\\mcp.json
      kiro-cli | /home/kim/.kiro/settings/mcp.json | /home/kim/.kiro/settings/mcp.json | C:\\Users\\kim\\.kiro\\settings\\mcp.json
      mastracode | /home/kim/.mastracode/mcp.json | /home/kim/.mastracode/mcp.json | C:\\Users\\kim\\.mastracode\\mcp.json
      mcporter | /home/kim/.mcporter/mcporter.json | /home/kim/.mcporter/mcporter.json | C:\\Users\\kim\\.mcporter\\mcporter.json
      opencode | /home/kim/.config/opencode/opencode.jsonc | /home/kim/.config/opencode/opencode.jsonc | C:\\Users\\kim\\.config\\opencode\\opencode.jsonc
      pi | /home/kim/.pi/agent/mcp.json | /home/kim/.pi/agent/mcp.json | C:\\Users\\kim\\.pi\\agent\\mcp.json"
    `);
  });

  it('respects the variables that move them', () => {
    const env = {
      XDG_CONFIG_HOME: '/x',
      CLAUDE_CONFIG_DIR: '/c',
      CODEX_HOME: '/codex',
      GROK_HOME: '/grok',
      COPILOT_HOME: '/copilot',
    };
    const file = (id: string) => userFileOf(getClient(id), machine('linux', env));
    expect(['zed', 'vscode', 'goose', 'claude-code', 'codex', 'grok', 'copilot', 'cursor'].map(file)).toEqual(
      [
        '/x/zed/settings.json',
        '/x/Code/User/mcp.json',
        '/x/goose/config.yaml',
        '/c/.claude.json',
        '/codex/config.toml',
        '/grok/config.toml',
        '/copilot/mcp-config.json',
        '/home/kim/.cursor/mcp.json',
      ],
    );
    expect(userFileOf(getClient('vscode'), machine('win32', { APPDATA: 'D:\\R' }))).toBe(
      'D:\\R\\Code\\User\\mcp.json',
    );
  });

  it('uses the file that exists, and knows by its folder whether a client is installed', () => {
    const home = mkdtempSync(join(tmpdir(), 'opencx-clients-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const here: Machine = { platform: 'linux', home, env: {}, elsewhere: false };
    expect(clients.filter((client) => isInstalled(client, here))).toEqual([]);
    const opencode = getClient('opencode');
    const folder = join(home, '.config', 'opencode');
    expect(userFileOf(opencode, here)).toBe(join(folder, 'opencode.jsonc'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'opencode.json'), '{}');
    expect(userFileOf(opencode, here)).toBe(join(folder, 'opencode.json'));
    // The file of Claude Code is in the home folder itself, which says nothing.
    mkdirSync(join(home, '.claude'));
    expect(clients.filter((client) => isInstalled(client, here)).map(({ id }) => id)).toEqual([
      'claude-code',
      'opencode',
    ]);
  });

  it('gives the project file of those that have one', () => {
    expect(projectFileOf(getClient('codex'), machine('linux'))).toBe('.codex/config.toml');
    expect(projectFileOf(getClient('windsurf'), machine('linux'))).toBeUndefined();
  });
});

/** Whatever the order of the keys. */
function isEqual(a: object, b: object): boolean {
  const sorted = (value: object) =>
    JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}
