import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigurationError } from '../../../src/cli/settings/configuration-error.ts';
import { readSettings } from '../../../src/cli/settings/read-settings.ts';
import type { Host } from '../../../src/cli/team/open-workspace.ts';
import { parseTeamFile } from '../../../src/cli/team/parse-team-file.ts';
import { serveTeam } from '../../../src/cli/team/serve-team.ts';
import type { Grant } from '../../../src/mcp/http/team.ts';
import { newToken } from '../../../src/mcp/http/tokens.ts';

const { token, sha256 } = newToken();

const good = `{
  // Who may do what.
  "workspaces": { "acme": { "api_key_env": "ACME_KEY" } },
  "roles": {
    "agent": { "confirm_sends": "ask" },
    "reader": { "read_only": true },
  },
  "tokens": [
    { "name": "ada", "sha256": "${sha256}", "workspace": "acme", "role": "agent" },
  ],
}`;

const signIn =
  '"sign_in": { "issuer": "https://id.example", "grants": [{ "claim": "g", "value": "v", "workspace": "acme", "role": "agent" }] }';

function problemsOf(text: string): string {
  try {
    parseTeamFile(text, 'team.jsonc');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'no problem';
}

describe('a team file', () => {
  it('may have comments and trailing commas', () => {
    expect(problemsOf(good)).toBe('no problem');
  });

  it.each([
    [
      '"read_only": true',
      '"read_onyl": true',
      '6: roles.reader.read_onyl: is not a setting; did you mean read_only?',
    ],
    ['"tokens"', '"token"', '8: token: is not a setting; did you mean tokens?'],
    ['"role": "agent"', '"role": "agnet"', '9: tokens.0.role: there is no such role; did you mean agent?'],
    [
      '"workspace": "acme"',
      '"workspace": "acne"',
      '9: tokens.0.workspace: there is no such workspace; did you mean acme?',
    ],
    [
      '"read_only": true',
      '"tools": ["get_sesion"]',
      '6: roles.reader.tools.0: there is no such tool; did you mean get_session?',
    ],
    [
      '"read_only": true',
      '"read_only": "yes"',
      '6: roles.reader.read_only: must be a boolean, not a string.',
    ],
    ['"ask"', '"always"', '5: roles.agent.confirm_sends: must be one of none, ask, outbox.'],
    [
      '"read_only": true',
      '"redact": ["email", "mail"]',
      '6: roles.reader.redact.1: must be one of email, phone, card, iban, name.',
    ],
    [
      '"read_only": true',
      '"read_only": true, "tools": ["get_session"]',
      '6: roles.reader.read_only: tools and read_only exclude each other.',
    ],
    [
      sha256,
      'ocxt_pasted-by-mistake',
      '9: tokens.0.sha256: must be the SHA-256 of a token as 64 hex digits; the command token prints it.',
    ],
    ['"api_key_env": "ACME_KEY"', '', '3: workspaces.acme: needs one of api_key_file and api_key_env.'],
    [
      '"api_key_env": "ACME_KEY"',
      '"api_key_env": "A", "api_url": "http://example.com"',
      '3: workspaces.acme.api_url: ',
    ],
    ['"acme": {', '"Acme Inc": {', '3: workspaces.Acme Inc: the name must be 1 to 40 of a-z'],
    ['"name": "ada", ', '', '9: tokens.0.name: is required.'],
    ['"roles"', '"workspaces"', '4: workspaces is there twice.'],
    ['"reader": {', '"reader" {', '6: colon expected.'],
    [good, '', '1: '],
    ['"read_only": true', '"tools": []', '6: roles.reader.tools: must not be empty.'],
    [good, '[]', '1: must be an object, not an array.'],
    [
      '"tokens": [',
      `${signIn.replace('agent', 'agnet')},\n  "tokens": [`,
      '8: sign_in.grants.0.role: there is no such role; did you mean agent?',
    ],
    [
      '"tokens": [',
      `${signIn.replace('https', 'http')},\n  "tokens": [`,
      '8: sign_in.issuer: must begin with https:// (plain http is allowed for localhost only).',
    ],
    [
      '"tokens": [',
      `${signIn.replace('id.example', 'id.example/?tenant=1')},\n  "tokens": [`,
      '8: sign_in.issuer: must not have a user, query or fragment.',
    ],
    [
      '"tokens"',
      `${signIn.replace('"issuer"', '"client_secret_env": "SECRET", "issuer"')}, "tokens"`,
      '8: sign_in.client_secret_env: needs client_id.',
    ],
    [
      '"tokens"',
      `${signIn.replace('"issuer"', '"client_id": "i", "client_secret_env": "S", "client_secret_file": "s", "issuer"')}, "tokens"`,
      '8: sign_in.client_secret_env: client_secret_file and client_secret_env exclude each other.',
    ],
  ])('with %s changed to %s is refused with line and place', (part, other, problem) => {
    const message = problemsOf(good.replace(part, other));
    expect(message).toContain(`team.jsonc:${problem}`);
    expect(message).not.toContain('pasted');
  });

  it('with the same name or token twice is refused', () => {
    const entry = `{ "name": "ada", "sha256": "${sha256}", "workspace": "acme", "role": "agent" }`;
    expect(problemsOf(good.replace('"tokens": [', `"tokens": [\n${entry},`))).toBe(
      'team.jsonc:10: tokens.1.name: another token has this name.\nteam.jsonc:10: tokens.1.sha256: another token has this hash.',
    );
  });

  it('with many mistakes lists ten', () => {
    const roles = Array.from({ length: 15 }, (_, n) => `"r${n}": { "x": 1 }`).join(',');
    const lines = problemsOf(`{ "workspaces": {}, "roles": { ${roles} } }`).split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[10]).toBe('And 5 more problems.');
  });
});

/** A served team whose file can be rewritten. Nothing listens. */
async function serve(text: string, flags: Record<string, string> = {}, env = { ACME_KEY: 'key-of-acme-1' }) {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-team-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'team.jsonc');
  const write = (content: string) => writeFileSync(file, content);
  write(text);
  const logged: string[] = [];
  const log = (...line: unknown[]) => void logged.push(line.map((part) => JSON.stringify(part)).join());
  const host: Host = {
    settings: readSettings('http', { team: file, ...flags }, { OPENCX_STATE_DIR: folder }),
    env: { OPENCX_STATE_DIR: folder, ...env },
    logger: { error: log, warn: log, info: log, flushed: async () => {} },
    version: '0.0.0',
    audit: undefined,
    services: { close: async () => {} },
    secrets: [],
  };
  const team = await serveTeam(host);
  onTestFinished(() => team.close());
  return { team, write, logged, host, folder };
}

describe('a served team', () => {
  it('knows whose a token is, and no other token', async () => {
    const { team } = await serve(good);
    expect(await team.current().authenticate(token)).toMatchObject({
      issuer: 'token',
      subject: 'ada',
      workspace: { id: 'acme' },
      role: {
        name: 'agent',
        confirmSends: true,
        usesOutbox: false,
        approvesSends: false,
        allowVerified: false,
      },
    });
    expect(await team.current().authenticate(`${token}x`)).toBeUndefined();
    expect(await team.current().authenticate(sha256)).toBeUndefined();
    expect(team.current().anyone).toBeUndefined();
  });

  it('has roles whose messages wait in the outbox, and roles that decide about them', async () => {
    const { team } = await serve(good.replace('"ask"', '"outbox", "approve_sends": true'));
    const { workspace, role } = (await team.current().authenticate(token)) as Grant;
    expect(role).toMatchObject({ confirmSends: false, usesOutbox: true, approvesSends: true });
    expect(await workspace.outbox?.list()).toEqual([]);
  });

  it('is replaced when its file is reloaded, and keeps the connections that did not change', async () => {
    const { team, write } = await serve(good);
    const before = team.current();
    const next = newToken();
    write(good.replace(sha256, next.sha256).replace('"role": "agent"', '"role": "reader"'));
    await team.reload();
    expect(await team.current().authenticate(token)).toBeUndefined();
    expect(await team.current().authenticate(next.token)).toMatchObject({ role: { name: 'reader' } });
    expect(team.current().workspaces.get('acme')).toBe(before.workspaces.get('acme'));
    write(good.replace('"ACME_KEY" }', '"ACME_KEY", "requests_per_minute": 5 }'));
    await team.reload();
    expect(team.current().workspaces.get('acme')).not.toBe(before.workspaces.get('acme'));
  });

  it.each([
    ['is broken', good.replace('"agent"', 'agent')],
    ['has no tokens any more, and more than one role', good.replace(/"tokens": \[[^\]]*\]/, '"tokens": []')],
    ['takes a key from a variable that is not set', good.replace('ACME_KEY', 'GLOBEX_KEY')],
  ])('stays when the new file %s', async (_, text) => {
    const { team, write, logged } = await serve(good);
    const before = team.current();
    write(text);
    await team.reload();
    expect(team.current()).toBe(before);
    expect(logged.at(-1)).toContain('The team file was not reloaded; the old one stays in force.');
  });

  it('stays when the new file meets a bug, and is replaced afterwards', async () => {
    const { team, write, logged, host } = await serve(good);
    const before = team.current();
    const bug = () => {
      throw new Error('a bug');
    };
    Object.assign(host.services, { redis: { rateLimiter: bug } });
    const changed = good.replace('"ACME_KEY" }', '"ACME_KEY", "requests_per_minute": 5 }');
    write(changed);
    await team.reload();
    expect(team.current()).toBe(before);
    expect(logged.at(-1)).toContain('The team file was not reloaded');
    Object.assign(host.services, { redis: undefined });
    await team.reload();
    expect(team.current()).not.toBe(before);
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    [
      'a key file that is missing',
      good.replace('"api_key_env": "ACME_KEY"', '"api_key_file": "acme.key"'),
      {},
      /^workspaces\.acme\.api_key_file: file not found/,
    ],
    [
      'a variable that is not set',
      good.replace('ACME_KEY', 'NO_KEY'),
      {},
      /^workspaces\.acme\.api_key_env: the variable NO_KEY is not set/,
    ],
    [
      'no tokens, beyond this machine',
      good.replace(/"tokens": \[[^\]]*\],/, ''),
      { host: '0.0.0.0' },
      /has neither tokens nor sign_in, and the server would be reachable beyond this machine/,
    ],
    [
      'no tokens, behind a proxy',
      good.replace(/"tokens": \[[^\]]*\],/, ''),
      { publicUrl: 'https://mcp.example.com' },
      /reachable beyond this machine/,
    ],
    [
      'sign-in, and no address to sign in for',
      good.replace('"tokens"', `${signIn}, "tokens"`),
      {},
      /^--public-url is required with sign_in/,
    ],
    [
      'no tokens, and two roles',
      good.replace(/"tokens": \[[^\]]*\],/, ''),
      {},
      /has neither tokens nor sign_in, and more than one workspace or role/,
    ],
  ])('does not start with %s', async (_, text, flags, problem) => {
    await expect(serve(text, flags)).rejects.toThrow(problem);
  });

  it('lets everybody in on this machine if it has no tokens, one workspace and one role, and says so', async () => {
    const text = '{ "workspaces": { "acme": { "api_key_env": "ACME_KEY" } }, "roles": { "all": {} } }';
    const { team, logged } = await serve(text);
    expect(team.current().anyone).toMatchObject({ subject: 'anyone', role: { name: 'all' } });
    expect(logged.join()).toContain('everybody who can reach this port is let in');
  });

  it('redacts the keys of all its workspaces', async () => {
    const { host } = await serve(good);
    expect(host.secrets).toEqual(['key-of-acme-1']);
  });
});
