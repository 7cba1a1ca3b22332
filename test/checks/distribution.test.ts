import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Setting, type SettingName, settings } from '../../src/cli/settings/settings.ts';
import { tools } from '../../src/tools/index.ts';

const { name, version, description, mcpName, license, keywords, engines } = packageJson;
const title = 'OpenCX sessions';

/** The server's variables. What is not said to be a number, a switch or a file is a text. */
const variables = (Object.entries(settings) as [SettingName, Setting][]).flatMap(([setting, one]) =>
  one.env !== undefined && one.commands.includes('serve') ? [{ ...one, setting, env: one.env }] : [],
);
const formats: Partial<Record<SettingName, 'boolean' | 'number' | 'filepath'>> = {
  apiKeyFile: 'filepath',
  auditLog: 'filepath',
  stateDir: 'filepath',
  sandbox: 'boolean',
  readOnly: 'boolean',
  allowVerified: 'boolean',
  confirmSends: 'boolean',
  callTimeoutMs: 'number',
  rateLimit: 'number',
  sandboxRateLimit: 'number',
};

/** The entry of the MCP registry; its schema: modelcontextprotocol/registry, docs/reference/server-json. */
const registryEntry = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: mcpName,
  title,
  description: 'Read and answer the support sessions of an OpenCX organisation; with a sandbox to try it in',
  version,
  packages: [
    {
      registryType: 'npm',
      identifier: name,
      version,
      runtimeHint: 'npx',
      transport: { type: 'stdio' },
      environmentVariables: variables.map(({ env, setting, meaning }) => ({
        name: env,
        description: meaning,
        ...(formats[setting] && { format: formats[setting] }),
        ...(setting === 'apiKey' && { isSecret: true }),
      })),
    },
  ],
};

/** What a bundle asks its user for: enough for a person at a desktop; the rest has defaults. */
const asked = {
  api_key: {
    type: 'string',
    title: 'OpenCX API key',
    description: 'Made in the OpenCX dashboard under Settings, Access. Not needed for the demo data.',
    sensitive: true,
    required: false,
  },
  sandbox: {
    type: 'boolean',
    title: 'Demo data',
    description: 'Work on the demo data of the embedded sandbox; the key is not used then.',
    default: false,
  },
  read_only: {
    type: 'boolean',
    title: 'Read only',
    description: settings.readOnly.meaning,
    default: false,
  },
  confirm_sends: {
    type: 'boolean',
    title: 'Ask before sending',
    description: settings.confirmSends.meaning,
    default: false,
  },
} as const;

const filledIn = (key: keyof typeof asked) => `\${user_config.${key}}`;

/** The manifest of the .mcpb bundle; its schema: modelcontextprotocol/mcpb, MANIFEST.md. */
const manifest = {
  manifest_version: '0.3',
  name,
  display_name: title,
  version,
  description,
  author: { name: `the ${name} authors` },
  license,
  keywords,
  server: {
    type: 'node',
    entry_point: 'dist/main.cjs',
    mcp_config: {
      command: 'node',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      args: ['${__dirname}/dist/main.cjs'],
      env: {
        OPENCX_API_KEY: filledIn('api_key'),
        OPENCX_SANDBOX: filledIn('sandbox'),
        OPENCX_READ_ONLY: filledIn('read_only'),
        OPENCX_CONFIRM_SENDS: filledIn('confirm_sends'),
      },
    },
  },
  tools: tools.map((tool) => ({ name: tool.name, description: tool.description })),
  prompts_generated: true,
  user_config: asked,
  compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: engines.node } },
};

const asFile = (content: unknown) => `${JSON.stringify(content, undefined, 2)}\n`;

describe('what others read of this package', () => {
  it('is up to date in server.json; `npx vitest run test/docs -u` writes it', async () => {
    await expect(asFile(registryEntry)).toMatchFileSnapshot('../../server.json');
  });

  it('is up to date in manifest.json; `npx vitest run test/docs -u` writes it', async () => {
    await expect(asFile(manifest)).toMatchFileSnapshot('../../manifest.json');
  });

  it('keeps to what the registry takes', () => {
    expect(mcpName).toMatch(new RegExp(`^io\\.github\\.[\\w-]+/${name}$`));
    expect(registryEntry.description.length).toBeLessThanOrEqual(100);
    const secret = registryEntry.packages[0]?.environmentVariables.filter((one) => 'isSecret' in one);
    expect(secret?.map((one) => one.name)).toEqual(['OPENCX_API_KEY']);
  });

  it('asks for nothing that the server does not know', () => {
    const known = variables.map(({ env }) => env);
    for (const env of Object.keys(manifest.server.mcp_config.env)) expect(known).toContain(env);
    expect(asked.api_key.sensitive).toBe(true);
  });

  it('says one version everywhere', () => {
    const versions = (text: string) => [...text.matchAll(/"version": "([^"]+)"/g)].map(([, found]) => found);
    for (const file of ['package.json', 'server.json', 'manifest.json']) {
      const found = versions(readFileSync(file, 'utf8'));
      expect(found.length, file).toBeGreaterThan(0);
      expect(new Set(found), file).toEqual(new Set([version]));
    }
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
    expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(`\n## ${version}\n`);
    expect(readFileSync('README.md', 'utf8')).toContain(`**Status:** ${version}, `);
  });

  it('is started by the container as by npm', () => {
    const [bin] = Object.values(packageJson.bin);
    expect(readFileSync('Dockerfile', 'utf8')).toContain(`ENTRYPOINT ["node", "${bin}", "sandbox"`);
  });

  it('is published by workflows that call what there is', () => {
    const workflows = readdirSync('.github/workflows').map((file) =>
      readFileSync(`.github/workflows/${file}`, 'utf8'),
    );
    const called = workflows.flatMap((text) => [...text.matchAll(/npm run ([\w-]+)|node (scripts\/\S+)/g)]);
    expect(called.length).toBeGreaterThan(4);
    for (const [, script, file] of called) {
      if (file !== undefined) expect(existsSync(file), file).toBe(true);
      else expect(Object.keys(packageJson.scripts)).toContain(script);
    }
    // The oldest Node that is promised is the oldest that is tested.
    const [ci = ''] = workflows.filter((text) => text.startsWith('# What .ci/run does'));
    const oldest = /\d+/.exec(engines.node)?.[0];
    expect(ci.match(/node: \[.*\]/g)).toEqual(Array(2).fill(`node: [${oldest}, 22, 24]`));
  });
});
