import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { whoDecides } from '../../../src/cli/outbox/who-decides.ts';
import { readSettings } from '../../../src/cli/settings/read-settings.ts';

const whoDecidesWith = (flags: Record<string, string>, env: Record<string, string> = {}) =>
  whoDecides(readSettings('serve', flags, env), env, '/opt/opencx/main.cjs');

it.each([
  ['the embedded sandbox', { sandbox: 'true' }, {}, 'inbox --sandbox'],
  ['the key that init saved', {}, { OPENCX_API_KEY_FILE: '~/.opencx/api-key.txt' }, 'inbox'],
  ['flags from variables', {}, { OPENCX_SANDBOX: 'on', OPENCX_API_KEY: 'not-used' }, 'inbox --sandbox'],
  ['a permission that the message may need', { allowVerified: 'true' }, {}, 'inbox --allow-verified'],
  [
    'paths of the folder of the server',
    { sandbox: './demo.db', auditLog: 'audit.jsonl' },
    {},
    `inbox --sandbox ${resolve('demo.db')} --audit-log ${resolve('audit.jsonl')}`,
  ],
] as const)('the command leads to the same drafts: %s', (_, flags, env, command) => {
  expect(whoDecidesWith(flags, env)).toBe(
    `A person decides on a page (run: node /opt/opencx/main.cjs ${command}) or in a terminal (the same with outbox).`,
  );
});

it('variables that a shell of the person may lack are named, without their values', () => {
  const env = { OPENCX_API_KEY: 'ocx_0123456789', OPENCX_DATABASE_URL: 'postgres://user:secret@db/desk' };
  expect(whoDecidesWith({}, env)).toMatch(
    /inbox\) or .+\. Both need OPENCX_API_KEY, OPENCX_DATABASE_URL as this server has them\.$/,
  );
});
