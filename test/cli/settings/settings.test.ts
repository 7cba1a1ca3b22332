import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  readConfig,
  stateDirectory,
  unknownVariables,
} from '../../../src/cli/settings/read-settings.ts';
import { defaultOf, settings } from '../../../src/cli/settings/settings.ts';

const problemOf = (
  flags: Record<string, unknown>,
  env: Record<string, string> = {},
  command: 'serve' | 'sandbox' = 'serve',
): string => {
  try {
    readConfig(command, flags, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

describe('the choice of tools', () => {
  it.each(['', ' ', ',', ' , ,'])('--tools %j names none and is refused', (tools) => {
    expect(problemOf({ tools })).toBe('--tools: must name at least one tool.');
  });

  it('an empty OPENCX_TOOLS is unset, one of commas is refused', () => {
    expect(readConfig('serve', {}, { OPENCX_TOOLS: ' ' }).tools).toBeUndefined();
    expect(problemOf({}, { OPENCX_TOOLS: ',' })).toBe('OPENCX_TOOLS: must name at least one tool.');
  });

  it('takes names with spaces around them, and nothing excluded', () => {
    expect(readConfig('serve', { tools: ' a, b,' }, {}).tools).toEqual(['a', 'b']);
    expect(readConfig('serve', { excludeTools: '' }, {}).excludeTools).toEqual([]);
  });
});

describe('paths', () => {
  it('begin in the home folder where they begin with ~/, as clients without a shell hand them on', () => {
    const env = {
      OPENCX_STATE_DIR: '~/state',
      OPENCX_API_KEY_FILE: '~/key',
      OPENCX_SANDBOX: '~/sandbox.db',
    };
    const config = readConfig('serve', {}, env);
    expect(stateDirectory(config, env)).toBe(join(homedir(), 'state'));
    expect(config.apiKeyFile).toBe(join(homedir(), 'key'));
    expect(config.sandbox).toBe(join(homedir(), 'sandbox.db'));
    const alone = readConfig('sandbox', { database: '~/alone.db' }, env);
    expect(alone.database).toBe(join(homedir(), 'alone.db'));
  });

  it('stay as they are otherwise', () => {
    for (const path of ['~robin/x', 'a/~/x', '/x/~', './~x']) {
      expect(readConfig('serve', { sandbox: path }, {}).sandbox).toBe(path);
    }
  });

  it.each(['read-only', 'tools', 'database'])('a sandbox file "%s" is a flag without its dashes', (name) => {
    for (const message of [problemOf({ sandbox: name }), problemOf({}, { OPENCX_SANDBOX: name })]) {
      expect(message).toContain(`did you mean --${name}?`);
      expect(message).toContain(`./${name}`);
    }
    expect(problemOf({ database: name }, {}, 'sandbox')).toMatch(/^--database: /);
    expect(readConfig('serve', { sandbox: `./${name}` }, {}).sandbox).toBe(`./${name}`);
  });
});

describe('what is not given', () => {
  it('is the default that the help and the README tell', () => {
    const { port, sandboxRateLimit } = readConfig('sandbox', {}, {});
    expect({ port, sandboxRateLimit }).toEqual({ port: 4010, sandboxRateLimit: 100 });
    expect(defaultOf(settings.port)).toBe('4010');
    const { callTimeoutMs, rateLimit, allowVerified, readOnly } = readConfig('serve', {}, {});
    expect({ callTimeoutMs, rateLimit, allowVerified, readOnly }).toEqual({
      callTimeoutMs: 50_000,
      rateLimit: 100,
      allowVerified: false,
      readOnly: false,
    });
    expect(defaultOf(settings.callTimeoutMs)).toBe('50000');
  });

  it('is another one where the sandbox is embedded, unless it was given', () => {
    const embedded = readConfig('serve', { sandbox: true }, { OPENCX_RATE_LIMIT: '7' });
    expect(embedded).toMatchObject({ allowVerified: true, sandboxRateLimit: 0, rateLimit: 7 });
    expect(readConfig('serve', { sandbox: true, allowVerified: 'no' }, {}).allowVerified).toBe(false);
    expect(defaultOf(settings.allowVerified)).toBe('off; on with --sandbox');
    expect(defaultOf(settings.rateLimit)).toBe('100; 0 with --sandbox');
  });
});

describe('a bad setting', () => {
  it('matters only to the command that reads it', () => {
    const env = { OPENCX_SANDBOX_KEY: 'short', OPENCX_CALL_TIMEOUT_MS: 'soon' };
    expect(problemOf({}, env)).toMatch(/^OPENCX_CALL_TIMEOUT_MS: must be a whole number/);
    expect(problemOf({}, env, 'sandbox')).toMatch(/^OPENCX_SANDBOX_KEY: must be 8 to 200/);
    expect(readConfig('serve', {}, { OPENCX_SANDBOX_KEY: 'short' })).not.toHaveProperty('sandboxKey');
  });

  it('is told together with the others', () => {
    const lines = problemOf({ readOnly: 'perhaps' }, { OPENCX_LOG_LEVEL: 'loud' }).split('\n');
    expect(lines).toEqual([
      '--read-only: must be true or false.',
      'OPENCX_LOG_LEVEL: must be silent, error, warn, info or debug.',
    ]);
  });
});

describe('an unknown variable', () => {
  it('is told with the one that was meant, or with none where none is close', () => {
    expect(
      unknownVariables({ OPENCX_FOO: '1', OPENCX_READONLY: '1', OPENCX_API_KEYS: '1', OPENCX_TOOLS: 'x' }),
    ).toEqual([
      'OPENCX_FOO is not a setting and is ignored.',
      'OPENCX_READONLY is not a setting; did you mean OPENCX_READ_ONLY?',
      'OPENCX_API_KEYS is not a setting; did you mean OPENCX_API_KEY?',
    ]);
  });
});

describe('the life of the sandbox', () => {
  it.each(['off', 'OFF'])('is switched off by %s', (text) => {
    expect(readConfig('sandbox', {}, { OPENCX_SANDBOX_AUTOPILOT_MS: text }).autopilot).toBe('off');
  });

  it('is on unless something else is said, and its delay is bounded', () => {
    expect(readConfig('serve', {}, {})).toMatchObject({ autopilot: 800, silence: 60 });
    expect(readConfig('serve', {}, { OPENCX_SANDBOX_AUTOPILOT_MS: '0' }).autopilot).toBe(0);
    for (const text of ['600001', '-1', 'on', '1.5']) {
      expect(problemOf({}, { OPENCX_SANDBOX_AUTOPILOT_MS: text })).toContain('from 0 to 600000, or off');
    }
  });
});
