import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, readConfig, stateDirectory, unknownVariables } from '../../src/cli/config.ts';

const problemOf = (flags: Record<string, unknown>, env: Record<string, string> = {}): string => {
  try {
    readConfig(flags, env);
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
    expect(readConfig({}, { OPENCX_TOOLS: ' ' }).tools).toBeUndefined();
    expect(problemOf({}, { OPENCX_TOOLS: ',' })).toBe('OPENCX_TOOLS: must name at least one tool.');
  });

  it('takes names with spaces around them, and nothing excluded', () => {
    expect(readConfig({ tools: ' a, b,' }, {}).tools).toEqual(['a', 'b']);
    expect(readConfig({ excludeTools: '' }, {}).excludeTools).toEqual([]);
  });
});

describe('paths', () => {
  it('begin in the home folder where they begin with ~/, as clients without a shell hand them on', () => {
    const env = {
      OPENCX_STATE_DIR: '~/state',
      OPENCX_API_KEY_FILE: '~/key',
      OPENCX_SANDBOX: '~/sandbox.db',
    };
    const config = readConfig({ database: '~/alone.db' }, env);
    expect(stateDirectory(config, env)).toBe(join(homedir(), 'state'));
    expect(config.apiKeyFile).toBe(join(homedir(), 'key'));
    expect(config.sandbox).toBe(join(homedir(), 'sandbox.db'));
    expect(config.database).toBe(join(homedir(), 'alone.db'));
  });

  it('stay as they are otherwise', () => {
    for (const path of ['~robin/x', 'a/~/x', '/x/~', './~x']) {
      expect(readConfig({ sandbox: path }, {}).sandbox).toBe(path);
    }
  });

  it.each(['read-only', 'tools', 'database'])('a sandbox file "%s" is a flag without its dashes', (name) => {
    for (const message of [problemOf({ sandbox: name }), problemOf({}, { OPENCX_SANDBOX: name })]) {
      expect(message).toContain(`did you mean --${name}?`);
      expect(message).toContain(`./${name}`);
    }
    expect(problemOf({ database: name })).toMatch(/^--database: /);
    expect(readConfig({ sandbox: `./${name}` }, {}).sandbox).toBe(`./${name}`);
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
