import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/cli/settings/configuration-error.ts';
import {
  environmentWarnings,
  readSettings,
  stateDirectory,
} from '../../../src/cli/settings/read-settings.ts';
import { type CommandName, defaultOf, type Setting } from '../../../src/cli/settings/setting.ts';
import { settings } from '../../../src/cli/settings/settings.ts';

const problemOf = (
  flags: Record<string, unknown>,
  env: Record<string, string> = {},
  command: CommandName = 'serve',
): string => {
  try {
    readSettings(command, flags, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('no setting was rejected');
};

describe('the tools setting', () => {
  it.each(['', ' ', ',', ' , ,'])('rejects --tools %j, which names no tool', (tools) => {
    expect(problemOf({ tools })).toBe('--tools: must name at least one tool.');
  });

  it('treats an empty OPENCX_TOOLS as unset, and rejects one with only commas', () => {
    expect(readSettings('serve', {}, { OPENCX_TOOLS: ' ' }).tools).toBeUndefined();
    expect(problemOf({}, { OPENCX_TOOLS: ',' })).toBe('OPENCX_TOOLS: must name at least one tool.');
  });

  it('accepts spaces around names, and an empty list of exclusions', () => {
    expect(readSettings('serve', { tools: ' a, b,' }, {}).tools).toEqual(['a', 'b']);
    expect(readSettings('serve', { excludeTools: '' }, {}).excludeTools).toEqual([]);
  });
});

describe('paths', () => {
  it('expand a leading ~/, because clients start the server without a shell', () => {
    const env = {
      OPENCX_STATE_DIR: '~/state',
      OPENCX_API_KEY_FILE: '~/key',
      OPENCX_SANDBOX: '~/sandbox.db',
    };
    const values = readSettings('serve', {}, env);
    expect(stateDirectory(values, env)).toBe(join(homedir(), 'state'));
    expect(values.apiKeyFile).toBe(join(homedir(), 'key'));
    expect(values.sandbox).toBe(join(homedir(), 'sandbox.db'));
    const alone = readSettings('sandbox', { database: '~/alone.db' }, env);
    expect(alone.database).toBe(join(homedir(), 'alone.db'));
  });

  it('keep a ~ in any other position', () => {
    for (const path of ['~robin/x', 'a/~/x', '/x/~', './~x']) {
      expect(readSettings('serve', { sandbox: path }, {}).sandbox).toBe(path);
    }
  });

  it.each(['read-only', 'tools', 'database'])('are not the name of a flag: %s', (name) => {
    for (const message of [problemOf({ sandbox: name }), problemOf({}, { OPENCX_SANDBOX: name })]) {
      expect(message).toContain(`did you mean --${name}?`);
      expect(message).toContain(`./${name}`);
    }
    expect(problemOf({ database: name }, {}, 'sandbox')).toMatch(/^--database: /);
    expect(readSettings('serve', { sandbox: `./${name}` }, {}).sandbox).toBe(`./${name}`);
  });
});

describe('a switch', () => {
  const around = (word: string) => [
    word,
    word.toUpperCase(),
    ` ${word}\r`,
    `"${word}"`,
    `' ${word} '`,
    `\uFEFF${word}\n`,
  ];
  const on = ['1', 'true', 't', 'yes', 'y', 'on'].flatMap(around);
  const off = ['0', 'false', 'f', 'no', 'n', 'off'].flatMap(around);

  it('knows the usual words, however they are written', () => {
    for (const [words, expected] of [
      [on, true],
      [off, false],
    ] as const) {
      for (const word of words) {
        expect(readSettings('serve', {}, { OPENCX_SANDBOX: word }).sandbox, word).toBe(expected);
        expect(readSettings('serve', {}, { OPENCX_READ_ONLY: word }).readOnly, word).toBe(expected);
        expect(readSettings('serve', { sandbox: word }, {}).sandbox, word).toBe(expected);
      }
    }
    expect(readSettings('serve', {}, { OPENCX_SANDBOX: ' "" ' }).sandbox).toBe(false);
    expect(readSettings('sandbox', {}, { OPENCX_SANDBOX_AUTOPILOT_MS: 'False\r' }).autopilot).toBe('off');
  });

  it.each([
    'maybe',
    'flase',
    'none',
    'null',
    'nein',
    '2',
    'n/a',
    'true/false',
    'demodata',
    '1.5',
    '"a.db',
    '$HOME/demo.db',
    '%APPDATA%\\demo.db',
    './data/',
    'ocx_live_0123456789abcdef',
  ])('is not taken for on, off or a file: %j', (word) => {
    for (const message of [problemOf({ sandbox: word }), problemOf({}, { OPENCX_SANDBOX: word })]) {
      expect(message).toMatch(
        /^(?:--sandbox|OPENCX_SANDBOX): must be on, off, :memory:, or the path of a file/,
      );
      expect(message).not.toContain(word);
    }
    expect(problemOf({}, { OPENCX_READ_ONLY: word })).toBe('OPENCX_READ_ONLY: must be true or false.');
  });

  it.each(['demo.db', './demo', 'data/demo', '/x/demo', 'C:\\demo', ':memory:', 'demo.sqlite3'])(
    'may be a file: %s',
    (file) => {
      expect(readSettings('serve', {}, { OPENCX_SANDBOX: `"${file}"` }).sandbox).toBe(file);
    },
  );
});

describe('any value', () => {
  it('is read without white space, quotes and a byte order mark around it', () => {
    const env = {
      OPENCX_API_KEY: ' "ocx_key" \r\n',
      OPENCX_API_URL: "'https://api.example.com/'",
      OPENCX_RATE_LIMIT: '\uFEFF7 ',
      OPENCX_LOG_LEVEL: '"WARN"',
      OPENCX_TOOLS: '"get_session, list_sessions"',
      OPENCX_AUDIT_LOG: '" ./audit.jsonl"',
    };
    expect(readSettings('serve', {}, env)).toMatchObject({
      apiKey: 'ocx_key',
      apiUrl: 'https://api.example.com',
      rateLimit: 7,
      logLevel: 'warn',
      tools: ['get_session', 'list_sessions'],
      auditLog: './audit.jsonl',
    });
  });

  it('of a flag counts more than that of its variable', () => {
    expect(readSettings('serve', { rateLimit: '7' }, { OPENCX_RATE_LIMIT: '50' }).rateLimit).toBe(7);
  });

  const key = 'ocx_live_0123456789abcdef';

  it.each(
    Object.entries<Setting>(settings).filter(
      ([name]) => !/^(?:apiKey|apiKeyFile|sandboxKey|token|tokenFile|outboxSecret)$/.test(name),
    ),
  )(
    'of %s is refused by name and not repeated when it is a key',
    (name, { env, flag, commands: [command = 'serve'] }) => {
      const sources: [Record<string, string>, Record<string, string>, string | undefined][] = [
        [{ [name]: key }, {}, flag],
        [{}, env === undefined ? {} : { [env]: key }, env],
      ];
      for (const [flags, variables, source] of sources) {
        if (source === undefined) continue;
        const message = problemOf(flags, variables, command);
        expect(message).toContain(`${source.split(' ')[0]}: must `);
        expect(message).not.toContain(key);
      }
    },
  );

  it.each(['off', 'true', 'audit', "'a/b"])('of a path is refused when it is no path: %s', (text) => {
    for (const name of ['OPENCX_AUDIT_LOG', 'OPENCX_STATE_DIR']) {
      expect(problemOf({}, { [name]: text })).toBe(`${name}: must be a path, such as ./name.`);
    }
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: the literal placeholder is the point
  it.each(['${OPENCX_READ_ONLY}', ' "$OPENCX_READ_ONLY" ', '%OPENCX_READ_ONLY%'])(
    'counts as unset when it is a placeholder: %s',
    (text) => {
      const env = { OPENCX_READ_ONLY: text };
      expect(readSettings('serve', {}, env).readOnly).toBe(false);
      expect(environmentWarnings(env)).toEqual([expect.stringContaining('did not replace the placeholder')]);
    },
  );

  it('is not shown as the default of a placeholder', () => {
    const [warning] = environmentWarnings({ OPENCX_API_KEY: `\${OPENCX_API_KEY:-${key}}` });
    expect(warning).toContain('OPENCX_API_KEY');
    expect(warning).not.toContain(key);
  });
});

describe('a default', () => {
  it('is the value that help and documentation show', () => {
    const { port, sandboxRateLimit } = readSettings('sandbox', {}, {});
    expect({ port, sandboxRateLimit }).toEqual({ port: 4010, sandboxRateLimit: 100 });
    expect(defaultOf(settings.port)).toBe('4010; 8080 for http; 4020 for inbox');
    expect((['sandbox', 'http', 'inbox'] as const).map((name) => defaultOf(settings.port, name))).toEqual([
      '4010',
      '8080',
      '4020',
    ]);
    const { callTimeoutMs, rateLimit, allowVerified, readOnly } = readSettings('serve', {}, {});
    expect({ callTimeoutMs, rateLimit, allowVerified, readOnly }).toEqual({
      callTimeoutMs: 50_000,
      rateLimit: 100,
      allowVerified: false,
      readOnly: false,
    });
    expect(defaultOf(settings.callTimeoutMs)).toBe('50000');
  });

  it('may differ with the embedded sandbox', () => {
    const embedded = readSettings('serve', { sandbox: true }, { OPENCX_RATE_LIMIT: '7' });
    expect(embedded).toMatchObject({ allowVerified: true, sandboxRateLimit: 0, rateLimit: 7 });
    expect(readSettings('serve', { sandbox: true, allowVerified: 'no' }, {}).allowVerified).toBe(false);
    expect(defaultOf(settings.allowVerified)).toBe('off; on with --sandbox');
    expect(defaultOf(settings.rateLimit)).toBe('100; 0 with --sandbox');
  });
});

describe('an invalid setting', () => {
  it('is ignored by commands that do not use it', () => {
    const env = { OPENCX_SANDBOX_KEY: 'short', OPENCX_CALL_TIMEOUT_MS: 'soon' };
    expect(problemOf({}, env)).toMatch(/^OPENCX_CALL_TIMEOUT_MS: must be a whole number/);
    expect(problemOf({}, env, 'sandbox')).toMatch(/^OPENCX_SANDBOX_KEY: must be 8 to 200/);
    expect(readSettings('serve', {}, { OPENCX_SANDBOX_KEY: 'short' })).not.toHaveProperty('sandboxKey');
  });

  it('is reported together with the others', () => {
    const lines = problemOf({ readOnly: 'perhaps' }, { OPENCX_LOG_LEVEL: 'loud' }).split('\n');
    expect(lines).toEqual([
      '--read-only: must be true or false.',
      'OPENCX_LOG_LEVEL: must be silent, error, warn, info or debug.',
    ]);
  });
});

describe('an unknown variable', () => {
  it('is reported with the closest known one, if any', () => {
    expect(
      environmentWarnings({ OPENCX_FOO: '1', OPENCX_READONLY: '1', OPENCX_API_KEYS: '1', OPENCX_TOOLS: 'x' }),
    ).toEqual([
      'OPENCX_FOO is not a setting and is ignored.',
      'OPENCX_READONLY is not a setting; did you mean OPENCX_READ_ONLY?',
      'OPENCX_API_KEYS is not a setting; did you mean OPENCX_API_KEY?',
    ]);
  });
});

describe('the automation of the sandbox', () => {
  it.each(['off', 'OFF'])('is turned off by %s', (text) => {
    expect(readSettings('sandbox', {}, { OPENCX_SANDBOX_AUTOPILOT_MS: text }).autopilot).toBe('off');
  });

  it('is on by default, with a limited delay', () => {
    expect(readSettings('serve', {}, {})).toMatchObject({ autopilot: 800, silence: 60 });
    expect(readSettings('serve', {}, { OPENCX_SANDBOX_AUTOPILOT_MS: '0' }).autopilot).toBe(0);
    for (const text of ['600001', '-1', 'on', '1.5']) {
      expect(problemOf({}, { OPENCX_SANDBOX_AUTOPILOT_MS: text })).toContain('from 0 to 600000, or off');
    }
  });
});

describe('how a person approves messages', () => {
  const approval = (flags: Record<string, unknown>, env: Record<string, string> = {}) =>
    readSettings('serve', flags, env).confirmSends;

  it.each([
    [{}, 'none'],
    [{ confirmSends: true }, 'ask'],
    [{ confirmSends: 'ask' }, 'ask'],
    [{ confirmSends: 'Outbox' }, 'outbox'],
    [{ confirmSends: 'off' }, 'none'],
    [{ confirmSends: '' }, 'none'],
  ])('by the flag %j is %s', (flags, wanted) => {
    expect(approval(flags)).toBe(wanted);
  });

  it.each([
    ['true', 'ask'],
    ['outbox', 'outbox'],
    ['none', 'none'],
  ])('by the variable "%s" is %s', (value, wanted) => {
    expect(approval({}, { OPENCX_CONFIRM_SENDS: value })).toBe(wanted);
  });

  it('is not guessed', () => {
    expect(() => approval({ confirmSends: 'sometimes' })).toThrow(
      '--confirm-sends: must be ask, outbox or none.',
    );
  });

  it.each(['http://hooks.example.com/x', 'hooks.example.com', 'file:///x'])(
    'is not announced at %s',
    (url) => {
      expect(() => readSettings('serve', {}, { OPENCX_OUTBOX_WEBHOOK: url })).toThrow(
        'OPENCX_OUTBOX_WEBHOOK: must',
      );
    },
  );

  it('may be announced over https, and on this machine', () => {
    for (const url of ['https://hooks.example.com/x', 'http://localhost:9/x'])
      expect(readSettings('http', {}, { OPENCX_OUTBOX_WEBHOOK: url }).outboxWebhook).toBe(url);
  });
});
