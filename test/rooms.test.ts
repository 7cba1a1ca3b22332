import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = resolve('src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

interface Rule {
  rooms: string[];
  /** Rooms of which only types may be imported. */
  types?: string[];
  packages: string[];
  /** Node's own modules; all of them where absent. */
  builtins?: string[];
}

/** Who may import what. `cli/` and `main.ts` put everything together and are not listed. */
const table: Record<string, Rule> = {
  contract: { rooms: [], packages: [], builtins: [] },
  client: {
    rooms: ['contract'],
    packages: ['undici', 'rate-limiter-flexible'],
    builtins: ['node:http', 'node:https', 'node:net', 'node:timers/promises'],
  },
  ledger: { rooms: ['contract'], packages: [], builtins: ['node:fs/promises', 'node:crypto', 'node:path'] },
  presenters: { rooms: ['contract'], packages: ['html-to-text'], builtins: [] },
  tools: { rooms: ['contract', 'presenters'], types: ['client', 'ledger'], packages: [], builtins: [] },
  server: {
    rooms: ['contract', 'presenters', 'tools'],
    types: ['client', 'ledger'],
    packages: ['@modelcontextprotocol/sdk', 'zod-to-json-schema', 'fastest-levenshtein'],
  },
  sandbox: {
    rooms: ['contract'],
    packages: [
      'hono',
      '@hono/node-server',
      'kysely',
      'libsql',
      'pg',
      'rate-limiter-flexible',
      'sentiment',
      'zod-to-json-schema',
    ],
  },
};

interface Import {
  file: string;
  room: string;
  target: string;
  typeOnly: boolean;
}

const pattern = /(?:(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?|import\()'([^']+)'/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const room = file.includes('/') ? (file.split('/')[0] ?? '') : '';
  return [...text.matchAll(pattern)].map(([statement, type, specifier = '']) => {
    const target = specifier.startsWith('.')
      ? relative(src, resolve(dirname(join(src, file)), specifier))
      : specifier;
    const named = /\{([^}]*)\}/.exec(statement)?.[1]?.split(',') ?? [];
    const allTypes =
      named.length > 0 && named.every((name) => name.trim() === '' || name.trim().startsWith('type '));
    return { file, room, target, typeOnly: type !== undefined || allTypes };
  });
}

function isAllowed({ file, room, target, typeOnly }: Import): boolean {
  const rule = table[room];
  if (rule === undefined) return true;
  if (target.startsWith('node:')) return rule.builtins === undefined || rule.builtins.includes(target);
  if (target.endsWith('.ts')) {
    const other = target.split('/')[0] ?? '';
    return other === room || rule.rooms.includes(other) || (typeOnly && (rule.types ?? []).includes(other));
  }
  if (target === 'zod/v3') return file === 'contract/zod.ts';
  return rule.packages.some((name) => target === name || target.startsWith(`${name}/`));
}

describe('the rooms of src', () => {
  it('finds the imports that it is about', () => {
    const all = files.flatMap(importsOf);
    expect(all.some(({ target }) => target === 'undici')).toBe(true);
    expect(all.some(({ room, target }) => room === 'server' && target.startsWith('tools/'))).toBe(true);
    expect(
      isAllowed({ file: 'tools/x.ts', room: 'tools', target: 'client/client.ts', typeOnly: false }),
    ).toBe(false);
  });

  it('import only what the table allows', () => {
    const wrong = files.flatMap(importsOf).filter((one) => !isAllowed(one));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('keep the store below the http layer of the sandbox', () => {
    const wrong = files
      .filter((file) => file.startsWith('sandbox/store/'))
      .flatMap(importsOf)
      .filter(({ target }) => target.startsWith('sandbox/http/'));
    expect(wrong).toEqual([]);
  });

  it('read the environment in the command line only', () => {
    const wrong = files.filter((file) => {
      const inside = file.startsWith('cli/') || file === 'main.ts';
      return !inside && readFileSync(join(src, file), 'utf8').includes('process.env');
    });
    expect(wrong).toEqual([]);
  });

  it('have small files and no drawers for odds and ends', () => {
    const long = files.filter((file) => readFileSync(join(src, file), 'utf8').split('\n').length > 320);
    expect(long).toEqual([]);
    expect(
      files.filter((file) => /(?:^|\/)(?:utils?|common|helpers?|lib|types)(?:\/|\.ts$)/.test(file)),
    ).toEqual([]);
  });
});
