import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultOf, settings } from '../../src/cli/config.ts';
import { assumptions } from '../../src/contract/assumptions.ts';
import { toJsonSchema } from '../../src/server/json-schema.ts';
import { type AnyTool, tools } from '../../src/tools/index.ts';
import { costs } from '../budget/costs.ts';

const readme = readFileSync('README.md', 'utf8');
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

function configurationTable(): string {
  const rows = Object.values(settings).map((setting) => {
    const names = ['env' in setting && setting.env, 'flag' in setting && setting.flag].filter(Boolean);
    const where = setting.commands.map((command) => (command === 'serve' ? 'server' : 'sandbox')).join(', ');
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

/** The README with one generated section brought up to date. */
function withSection(text: string, name: string, content: string): string {
  const section = new RegExp(`(<!-- ${name}: generated, do not edit -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!section.test(text)) throw new Error(`README.md has no section ${name}`);
  return text.replace(section, (_, open: string, close: string) => `${open}${content}\n${close}`);
}

describe('the documentation', () => {
  it('has up-to-date tables; `npx vitest run test/docs -u` writes them', async () => {
    let updated = withSection(readme, 'tools', toolsTable());
    updated = withSection(updated, 'tokens', await tokensTable());
    updated = withSection(updated, 'configuration', configurationTable());
    updated = withSection(updated, 'assumptions', assumptionsList());
    await expect(updated).toMatchFileSnapshot('../../README.md');
  });

  it('names the two commands, and files that exist', () => {
    expect(readme).toContain('npm install && npm run demo');
    expect(readme).toContain('npm install && npm test');
    const links = [...readme.matchAll(/\]\(([A-Za-z][\w./-]*\.(?:md|json)|LICENSE)\)/g)].map(
      ([, file]) => file ?? '',
    );
    expect(links.length).toBeGreaterThan(4);
    for (const file of links) expect(() => readFileSync(file), file).not.toThrow();
  });

  it('offers the live API and the sandbox in mcp.json, no key in clear', () => {
    const { mcpServers } = JSON.parse(readFileSync('mcp.json', 'utf8'));
    expect(Object.keys(mcpServers)).toEqual(['opencx-sessions', 'opencx-sessions-sandbox']);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: clients fill the placeholder in
    expect(mcpServers['opencx-sessions'].env.OPENCX_API_KEY).toBe('${OPENCX_API_KEY}');
    expect(mcpServers['opencx-sessions-sandbox'].args).toContain('--sandbox');
  });

  it('says the same version everywhere', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(`## ${version}`);
    expect(readme).toContain(`**Status:** ${version}`);
  });
});
