// Import rules, checked by `npm run check`. The data's way is mcp -> pipeline -> tools -> conversations -> client -> HTTP,
// and back conversations -> tools -> presenters -> pipeline -> mcp.

/**
 * What the files of each room may import: whole rooms, rooms of which only types and error classes may be imported, and
 * packages. Every room may also import the rooms at the bottom. `cli` puts everything together and may import all.
 */
const rooms = {
  contract: { packages: ['zod'] },
  text: {
    packages: [
      'html-to-text',
      'fastest-levenshtein',
      'css-tree',
      '@types/css-tree',
      'css-select',
      'css-what',
      'color-name',
      'node:crypto',
      'node:worker_threads',
    ],
  },
  time: { packages: ['node:events', 'node:timers/promises'] },
  client: { packages: ['undici', 'node:dns', 'node:http', 'node:https', 'node:net'] },
  state: {
    types: ['client'],
    packages: ['pg', 'ioredis', 'node:crypto', 'node:fs', 'node:path'],
  },
  conversations: { types: ['client', 'state'], packages: ['node:crypto'] },
  presenters: { types: ['conversations'] },
  tools: { rooms: ['conversations', 'presenters'] },
  pipeline: { rooms: ['tools', 'presenters', 'conversations'], types: ['client', 'state'] },
  mcp: {
    rooms: ['pipeline', 'tools', 'presenters'],
    types: ['conversations', 'state'],
    packages: [
      '@modelcontextprotocol/sdk',
      '@modelcontextprotocol/server',
      'zod-to-json-schema',
      'zod',
      'hono',
      '@hono/node-server',
      'node:crypto',
      'node:http',
      'node:net',
      'node:stream',
    ],
  },
  // The door of people, beside mcp.
  inbox: {
    rooms: ['conversations', 'presenters'],
    types: ['pipeline', 'client', 'state'],
    packages: ['hono', 'node:crypto'],
  },
  // It runs in a browser.
  web: { types: ['presenters', 'contract'], packages: ['preact'] },
  // It shares schemas with the rest, and no behaviour.
  sandbox: {
    packages: [
      'hono',
      '@hono/node-server',
      'kysely',
      'libsql',
      'pg',
      'rate-limiter-flexible',
      'sentiment',
      'zod-to-json-schema',
      'node:crypto',
      'node:fs',
      'node:http',
      'node:net',
      'node:path',
      'node:timers/promises',
    ],
  },
};

const bottom = ['contract', 'text', 'time'];

const roomRules = Object.entries(rooms).flatMap(
  ([room, { rooms: whole = [], types = [], packages = [] }]) => {
    const below = room === 'web' ? [] : room === 'sandbox' || bottom.includes(room) ? ['contract'] : bottom;
    const open = anyOf([room, ...below, ...whole]);
    const errors = `^src/${anyOf(types)}/errors\\.ts$`;
    // Packages that cannot be resolved to a file are matched by their name.
    const installed = `^(?:node_modules/)?${anyOf(packages.map((name) => name.replace('node:', '(?:node:)?')))}(?:/|$)`;
    const from = { path: `^src/${room}/` };
    return [
      {
        name: `imports-of-${room}`,
        severity: 'error',
        from,
        to: { pathNot: [`^src/${open}/`, `^src/${anyOf(types)}/`, installed] },
      },
      {
        name: `imports-of-${room}-types-only`,
        severity: 'error',
        from,
        to: { path: `^src/${anyOf(types)}/`, pathNot: errors, dependencyTypesNot: ['type-only'] },
      },
    ];
  },
);

function anyOf(names) {
  return names.length === 0 ? '(?!)' : `(?:${names.join('|')})`;
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'No file may import itself through others, not even for a type.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...roomRules,
    {
      name: 'one-zod',
      comment: 'contract/zod.ts says why.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(?:contract/zod|mcp/zod-config)\\.ts$' },
      to: { path: '^node_modules/zod/' },
    },
    {
      name: 'store-below-the-rest',
      severity: 'error',
      from: { path: '^src/sandbox/store/' },
      to: { path: '^src/sandbox/(?:http|service|automation|seed)/' },
    },
  ],
  options: {
    // Imports of types count too: they are gone after compilation, but a reader follows them.
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
  },
};
