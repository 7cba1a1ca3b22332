import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Distribution, distribution } from '../../src/cli/distribution.ts';
import type { McpClient } from '../../src/cli/init/clients/client.ts';
import { findClient } from '../../src/cli/init/clients/find-client.ts';
import { makeEntry, usualKey } from '../../src/cli/init/entry.ts';
import type { Setting } from '../../src/cli/settings/setting.ts';
import { type SettingName, settings } from '../../src/cli/settings/settings.ts';
import { tools } from '../../src/tools/index.ts';

const { name, version, description, mcpName, license, keywords, engines } = packageJson;
/** Named with the first release. */
const { repository } = packageJson as { repository?: { url: string } };
const title = 'OpenCX sessions';

/** The server's variables. Those without a format are text. */
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
  callTimeoutMs: 'number',
  rateLimit: 'number',
  sandboxRateLimit: 'number',
};

/** The entry in the MCP registry. Schema: modelcontextprotocol/registry, docs/reference/server-json. */
const registryEntry = (from: Distribution) => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: mcpName,
  title,
  description: 'Read and answer OpenCX support sessions, with an embedded sandbox to try it out',
  version: from.version,
  ...(repository && {
    repository: { url: repository.url.replace(/^git\+|\.git$/g, ''), source: 'github' },
  }),
  // Clients of the registry start the package by its name.
  ...(from.published && {
    packages: [
      {
        registryType: 'npm',
        identifier: name,
        version: from.version,
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
  }),
});

/** Entries to copy into the file of a client. Before the package is published, they start the build of a clone. */
const mcpFile = (from: Distribution) => {
  const client = findClient('claude-code') as McpClient;
  const clone = { kind: 'copy', node: 'node', program: 'dist/main.cjs' } as const;
  const launch = from.published ? ({ kind: 'npx', distribution: from } as const) : clone;
  return {
    mcpServers: {
      'opencx-sessions': makeEntry(client, 'linux', launch, [], usualKey(client)),
      'opencx-sessions-sandbox': makeEntry(client, 'linux', launch, ['--sandbox'], { kind: 'none' }),
    },
  };
};

/** The most important settings, which the bundle asks its user for. */
const userConfig = {
  api_key: {
    type: 'string',
    title: 'OpenCX API key',
    description: 'Create one in the OpenCX dashboard under Settings, Access. Not needed for demo data.',
    sensitive: true,
    required: false,
  },
  sandbox: {
    type: 'boolean',
    title: 'Demo data',
    description: 'Use demo data from the embedded sandbox. The key is not used.',
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

const placeholder = (key: keyof typeof userConfig) => `\${user_config.${key}}`;

/** The manifest of the .mcpb bundle. Schema: modelcontextprotocol/mcpb, MANIFEST.md. */
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
        OPENCX_API_KEY: placeholder('api_key'),
        OPENCX_SANDBOX: placeholder('sandbox'),
        OPENCX_READ_ONLY: placeholder('read_only'),
        OPENCX_CONFIRM_SENDS: placeholder('confirm_sends'),
      },
    },
  },
  tools: tools.map((tool) => ({ name: tool.name, description: tool.description })),
  prompts_generated: true,
  user_config: userConfig,
  compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: engines.node } },
};

const toFile = (content: unknown) => `${JSON.stringify(content, undefined, 2)}\n`;

describe('package metadata', () => {
  it('server.json is up to date (`npm run generate` updates it)', async () => {
    await expect(toFile(registryEntry(distribution))).toMatchFileSnapshot('../../server.json');
  });

  it('mcp.json is up to date (`npm run generate` updates it)', async () => {
    // As the formatter writes it: short lists stay on one line.
    const text = toFile(mcpFile(distribution)).replace(
      /\[\s+([^\]]*?)\s+\]/g,
      (_, items: string) => `[${items.replace(/\s+/g, ' ')}]`,
    );
    await expect(text).toMatchFileSnapshot('../../mcp.json');
  });

  it('manifest.json is up to date (`npm run generate` updates it)', async () => {
    await expect(toFile(manifest)).toMatchFileSnapshot('../../manifest.json');
  });

  it('follows the rules of the registry', () => {
    expect(mcpName).toMatch(new RegExp(`^io\\.github\\.[\\w-]+/${name}$`));
    const { description, packages } = registryEntry({ published: true, version });
    expect(description.length).toBeLessThanOrEqual(100);
    expect(packages?.[0]?.version).toBe(version);
    const secret = packages?.[0]?.environmentVariables.filter((one) => 'isSecret' in one);
    expect(secret?.map((one) => one.name)).toEqual(['OPENCX_API_KEY']);
    expect(registryEntry({ published: false, version })).not.toHaveProperty('packages');
  });

  it('the manifest uses known variables only', () => {
    const known = variables.map(({ env }) => env);
    for (const env of Object.keys(manifest.server.mcp_config.env)) expect(known).toContain(env);
    expect(userConfig.api_key.sensitive).toBe(true);
  });

  it('has the same version everywhere', () => {
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

  it.skipIf(distribution.published)('the first release finds what it changes', () => {
    const code = `import { firstReleaseEdits } from './scripts/release-edits.mjs';
      console.log(JSON.stringify([...firstReleaseEdits('acme/sessions')]));`;
    const edited = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
    });
    const texts = Object.fromEntries(JSON.parse(edited));
    expect(JSON.parse(texts['package.json'])).toMatchObject({
      mcpName: `io.github.acme/${name}`,
      repository: { url: 'git+https://github.com/acme/sessions.git' },
    });
    expect(texts['src/cli/distribution.ts']).toContain('published: true');
    expect(texts['README.md']).not.toMatch(/not yet on npm|whoever registers/);
  });

  it('the container starts the same file as npm', () => {
    const [bin] = Object.values(packageJson.bin);
    expect(readFileSync('Dockerfile', 'utf8')).toContain(`ENTRYPOINT ["node", "${bin}", "sandbox"`);
  });

  it('workflows run only code that is pinned', () => {
    for (const file of readdirSync('.github/workflows')) {
      const text = readFileSync(`.github/workflows/${file}`, 'utf8');
      const uses = [...text.matchAll(/uses: (\S+)(.*)/g)];
      expect(uses.length).toBeGreaterThan(0);
      for (const [line, action, comment] of uses) {
        expect(action, line).toMatch(/@[\da-f]{40}$/);
        expect(comment, line).toMatch(/^ # v\d/);
      }
      expect(text).not.toMatch(/latest\/download|\| *(?:tar|sh|bash)\b/);
      for (const [found] of text.matchAll(/npx (?!--yes @?[\w/.-]+@\d+\.\d+\.\d+ ).*/g))
        throw new Error(`${file}: ${found}`);
    }
  });

  it('a job that may write or publish runs nothing of this repository or its dependencies', () => {
    const release = readFileSync('.github/workflows/release.yml', 'utf8');
    const jobs = release.split(/^ {2}(?=\w+:$)/m).slice(1);
    const writing = jobs.filter((job) => /: write$/m.test(job));
    const publishing = jobs.filter((job) => /id-token: write/.test(job));
    expect([writing.length, publishing.length]).toEqual([5, 3]);
    for (const job of writing) {
      expect(job).not.toMatch(/npm (?:ci|install|run)|npx|node scripts/);
      for (const [publish] of job.matchAll(/npm publish.*/g)) expect(publish).toContain('--ignore-scripts');
    }
    for (const job of publishing) expect(job).not.toMatch(/checkout|contents:/);
    // What is published is made without install scripts and tests, and is safe before anything else runs.
    const build = jobs.find((job) => job.startsWith('build:')) ?? '';
    const [before = ''] = build.split('name: release');
    expect(before).toContain('npm pack');
    expect(before).not.toMatch(/npx|npm run|npm ci(?! --ignore-scripts)/);
    expect(release).toMatch(/^permissions: \{\}$/m);
  });

  it('workflows use existing scripts', () => {
    const workflows = readdirSync('.github/workflows').map((file) =>
      readFileSync(`.github/workflows/${file}`, 'utf8'),
    );
    const called = workflows.flatMap((text) => [...text.matchAll(/npm run ([\w-]+)|node (scripts\/\S+)/g)]);
    expect(called.length).toBeGreaterThan(4);
    for (const [, script, file] of called) {
      if (file !== undefined) expect(existsSync(file), file).toBe(true);
      else expect(Object.keys(packageJson.scripts)).toContain(script);
    }
    // The oldest supported Node version is tested.
    const ci = readFileSync('.github/workflows/ci.yml', 'utf8');
    const oldest = /\d+/.exec(engines.node)?.[0];
    expect(ci.match(/node: \[.*\]/g)).toEqual(Array(2).fill(`node: [${oldest}, 22, 24]`));
  });
});
