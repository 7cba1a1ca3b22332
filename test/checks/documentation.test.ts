import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { type Distribution, distribution } from '../../src/cli/distribution.ts';
import type { McpClient } from '../../src/cli/init/clients/client.ts';
import { clients } from '../../src/cli/init/clients/clients.ts';
import { findClient, userFileOf } from '../../src/cli/init/clients/find-client.ts';
import { type KeyChoice, makeEntry, promptFor, usualKey } from '../../src/cli/init/entry.ts';
import { defaultOf } from '../../src/cli/settings/setting.ts';
import { settings } from '../../src/cli/settings/settings.ts';
import { assumptions } from '../../src/contract/assumptions.ts';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';
import { type AnyTool, tools } from '../../src/tools/index.ts';
import { costs } from '../support/budget/costs.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const readme = read('README.md');
const cell = (text: string) => text.replaceAll('|', '\\|');
const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function toolsTable(): string {
  const row = ({ name, description, input, effect }: AnyTool) => {
    const { properties = {}, required = [] } = toJsonSchema(input) as {
      properties?: object;
      required?: string[];
    };
    const parameters = Object.keys(properties).map((key) => (required.includes(key) ? `**${key}**` : key));
    const kind = effect.write ? `write${effect.destructive ? ', destructive' : ''}` : 'read';
    return [`\`${name}\``, cell(description), parameters.join(', '), kind];
  };
  return table(['tool', 'what it does', 'arguments (required in bold)', 'effect'], tools.map(row));
}

function toolsOverview(): string {
  return table(
    ['tool', 'use it to', ''],
    tools.map(({ name, title, effect }) => [
      `\`${name}\``,
      title.charAt(0).toLowerCase() + title.slice(1),
      effect.write ? 'writes' : 'reads',
    ]),
  );
}

/** Rows of the tables in docs/benchmarks.md, by column. `npm run bench` writes that page. */
function measured(server: string): Record<string, string> {
  const figures: Record<string, string> = {};
  let columns: string[] = [];
  for (const line of read('docs/benchmarks.md').split('\n')) {
    const cells = line.split('|').map((text) => text.trim());
    if (cells.length < 3) columns = [];
    else if (columns.length === 0) columns = cells;
    else if (cells[1] === server)
      for (const [index, column] of columns.entries()) figures[column] ??= cells[index] ?? '';
  }
  return figures;
}

function comparisonTable(): string {
  const [ours, minimal] = [measured('opencx-sessions-mcp'), measured('minimal')];
  const row = (what: string, column: string, unit = '') => {
    const cells = [ours, minimal].map((figures) => (figures[column] ?? '').replace(/ \(.*/, ''));
    if (cells.includes('')) throw new Error(`docs/benchmarks.md has no column ${column}`);
    return [what, ...cells.map((figure) => figure + unit)];
  };
  return table(
    ['', 'this server', 'minimal server'],
    [
      row('packages installed', 'packages installed'),
      row('installed size', 'installed MB', ' MB'),
      row('start to `tools/list`', 'start to `tools/list`, ms', ' ms'),
      row('CPU of a start and 20 calls', 'CPU, ms', ' ms'),
      row('tokens: tool list with output schemas', 'tokens: tool list'),
      row('tokens: one session of the sandbox', 'tokens: `get_session`'),
      row('tokens: a page of its session list', 'tokens: page of `list_sessions`'),
    ],
  );
}

/** The sum of docs/tasks.md. */
function taskCosts(): string {
  const page = read('docs/tasks.md');
  const cells = /^\| \*\*all\*\* \|(.*)\|$/m.exec(page)?.[1]?.split('|') ?? [];
  const [calls, text, , plainCalls, plainTokens] = cells.map((cell) => Number(cell).toLocaleString('en'));
  const count = page.match(/^\| [A-Z]/gm)?.length ?? 0;
  return `[${count} support tasks](docs/tasks.md) take ${calls} calls and ${text} tokens of answers. Through a plain bridge of the API they take ${plainCalls} calls and ${plainTokens} tokens.`;
}

function configurationTable(): string {
  const rows = Object.values(settings).map((setting) => {
    const names = ['env' in setting && setting.env, 'flag' in setting && setting.flag].filter(Boolean);
    const where = setting.commands.map((command) => (command === 'serve' ? 'server' : command)).join(', ');
    return [
      names.map((name) => `\`${name}\``).join(' '),
      cell(setting.meaning),
      cell(defaultOf(setting)),
      where,
    ];
  });
  return table(['variable, flag', 'meaning', 'default', 'for'], rows);
}

async function tokensTable(): Promise<string> {
  const number = (value: number | undefined) => value?.toLocaleString('en') ?? '';
  const rows = (await costs()).map(({ what, api, text, json, most }) => [
    what,
    number(api),
    `${number(text)} (at most ${number(most.text)})`,
    json === undefined ? '' : `${number(json)} (at most ${number(most.json)})`,
  ]);
  return table(['', "the API's JSON", 'our text', 'our JSON'], rows);
}

function assumptionsList(): string {
  return Object.values(assumptions)
    .map(({ topic, taken }) => `- **${topic}:** ${taken}`)
    .join('\n');
}

/** The clients with their files on Linux. */
function clientsTable(): string {
  const machine = { platform: 'linux', home: '~', env: {}, elsewhere: true } as const;
  const rows = clients.map((client) => [
    `\`${client.id}\``,
    client.title,
    `\`${userFileOf(client, machine)}\``,
    client.projectFiles === undefined ? '' : `\`${client.projectFiles[0]}\``,
    client.form.remote === undefined ? 'no' : 'yes',
  ]);
  return table(['`init`', 'client', 'file', 'with `--project`', '`--url`'], rows);
}

/** Links that enter the server into a client. They start it by npx, in the form for systems other than Windows. */
function installLinks(from: Distribution): string {
  if (!from.published) return 'One-click links follow when the package is on npm.';
  const link = (id: 'cursor' | 'vscode', sandbox: boolean) => {
    const client = findClient(id) as McpClient;
    const key: KeyChoice = sandbox ? { kind: 'none' } : usualKey(client);
    const launch = { kind: 'npx', distribution: from } as const;
    const entry = makeEntry(client, 'linux', launch, sandbox ? ['--sandbox'] : [], key);
    const query = new URLSearchParams({ name: sandbox ? 'opencx-sessions-sandbox' : 'opencx-sessions' });
    if (key.kind === 'input') query.set('inputs', JSON.stringify([promptFor('input')]));
    const json = JSON.stringify(entry);
    query.set('config', id === 'cursor' ? Buffer.from(json).toString('base64') : json);
    const page =
      id === 'cursor' ? 'https://cursor.com/en/install-mcp' : 'https://vscode.dev/redirect/mcp/install';
    // A plus for a space is not what every reader of a link takes it for.
    return `[install](${page}?${query.toString().replaceAll('+', '%20')})`;
  };
  return `One-click install:\n\n${table(
    ['', 'demo data', 'your organisation'],
    [
      ['Cursor', link('cursor', true), link('cursor', false)],
      ['VS Code', link('vscode', true), link('vscode', false)],
    ],
  )}`;
}

/** A page with one generated section brought up to date. */
function withSection(text: string, name: string, content: string): string {
  const section = new RegExp(`(<!-- ${name}: generated, do not edit -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!section.test(text)) throw new Error(`There is no section ${name}`);
  return text.replace(section, (_, open: string, close: string) => `${open}${content}\n${close}`);
}

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the documentation', () => {
  const generated: Record<string, () => string | Promise<string>> = {
    'README.md': () => {
      const page = withSection(readme, 'links', installLinks(distribution));
      return withSection(
        withSection(page, 'overview', toolsOverview()),
        'comparison',
        `${comparisonTable()}\n\n${taskCosts()}`,
      ).replace(/\*\*Status:\*\* [\d.]+\d/, `**Status:** ${packageJson.version}`);
    },
    'docs/tools.md': async () =>
      withSection(withSection(read('docs/tools.md'), 'tools', toolsTable()), 'tokens', await tokensTable()),
    'docs/configuration.md': () =>
      withSection(read('docs/configuration.md'), 'configuration', configurationTable()),
    'docs/clients.md': () => withSection(read('docs/clients.md'), 'clients', clientsTable()),
    'docs/assumptions.md': () => withSection(read('docs/assumptions.md'), 'assumptions', assumptionsList()),
  };
  it.each(Object.entries(generated))(
    'has up-to-date tables in %s (`npm run generate` updates them)',
    async (file, content) => {
      await expect(await content()).toMatchFileSnapshot(`../../${file}`);
    },
  );

  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md'].concat(
    readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  );

  it('names the two commands in the README', () => {
    expect(readme).toContain('npm install && npm run demo');
    expect(readme).toContain('npm install && npm test');
  });

  it('names scripts of package.json only', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => name),
    );
    expect(named).toContain('check');
    expect(named.filter((name) => !Object.hasOwn(packageJson.scripts, name))).toEqual([]);
  });

  it('starts services of compose.yaml with their profile', () => {
    const { services } = parse(read('compose.yaml'));
    const commands = [...pages, 'compose.yaml'].flatMap((page) => [
      ...read(page).matchAll(/docker compose --profile (\w+) up (\w+)/g),
    ]);
    expect(commands).toHaveLength(2);
    for (const [, profile, service = ''] of commands) expect(services[service].profiles).toContain(profile);
  });

  it('keeps the README short', () => {
    expect(readme.replaceAll(/```[\s\S]*?```|^\|.*$/gm, '').split(/\s+/).length).toBeLessThan(1000);
  });

  it.each(pages)('has links to files and headings that exist in %s', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      ([, link]) => link ?? '',
    );
    for (const link of links) {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? page : join(dirname(page), file);
      expect(existsSync(target), `${page}: ${link}`).toBe(true);
      if (heading !== undefined) expect(headingsOf(read(target)), `${page}: ${link}`).toContain(heading);
    }
  });

  it('has small pictures, light and dark, and shows each', () => {
    const shown = pages.flatMap((page) =>
      [...read(page).matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, file = '']) => join(dirname(page), file)),
    );
    const files = readdirSync('docs/images').map((name) => join('docs', 'images', name));
    expect([...new Set(shown)].sort()).toEqual(files);
    expect(files.filter((file) => statSync(file).size > 64_000)).toEqual([]);
    expect(files.filter((file) => !files.includes(file.replace('light', 'dark')))).toEqual([]);
  });

  it('has links that decode to the entries of init, once the package is published', () => {
    expect(installLinks({ published: false, version: '1.2.3' })).not.toContain('http');
    const links = [
      ...installLinks({ published: true, version: '1.2.3' }).matchAll(/\[install\]\((\S+?)\)/g),
    ].map(([, link]) => new URL(link ?? ''));
    const decode = ({ host, searchParams }: URL) => {
      const config = searchParams.get('config') ?? '';
      return {
        host,
        name: searchParams.get('name') ?? '',
        inputs: JSON.parse(searchParams.get('inputs') ?? '[]'),
        ...JSON.parse(host === 'cursor.com' ? Buffer.from(config, 'base64').toString('utf8') : config),
      };
    };
    const entries = links.map(decode);
    expect(entries.map(({ host, name }) => `${host} ${name}`)).toEqual([
      'cursor.com opencx-sessions-sandbox',
      'cursor.com opencx-sessions',
      'vscode.dev opencx-sessions-sandbox',
      'vscode.dev opencx-sessions',
    ]);
    for (const { name, command, args, env, inputs } of entries) {
      const flags = name.endsWith('sandbox') ? ['--sandbox'] : [];
      expect({ command, args }).toEqual({
        command: 'npx',
        args: ['-y', 'opencx-sessions-mcp@1.2.3', ...flags],
      });
      const asked = /^\$\{input:(.+)\}$/.exec(env?.OPENCX_API_KEY ?? '')?.[1];
      expect(inputs.map(({ id, password }: ReturnType<typeof promptFor>) => ({ id, password }))).toEqual(
        asked === undefined ? [] : [{ id: asked, password: true }],
      );
    }
  });

  it('offers the live API and the sandbox in mcp.json, no key in clear', () => {
    const { mcpServers } = JSON.parse(readFileSync('mcp.json', 'utf8'));
    expect(Object.keys(mcpServers)).toEqual(['opencx-sessions', 'opencx-sessions-sandbox']);
    expect(mcpServers['opencx-sessions'].env).toEqual({ OPENCX_API_KEY_FILE: '~/.opencx/api-key.txt' });
    expect(mcpServers['opencx-sessions-sandbox'].args).toContain('--sandbox');
  });
});
