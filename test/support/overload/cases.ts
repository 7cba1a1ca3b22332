import { documentedId, fullSession, historyItem } from '../fakes/examples.ts';
import type { seeded } from '../fakes/fakes.ts';

/** A call, and what the API answers to each of its requests. */
export interface OverloadCase {
  readonly name: string;
  readonly tool: string;
  readonly arguments: unknown;
  /** Bodies as JSON text, by operation. */
  readonly bodies: Partial<Record<Operation, string>>;
}

export type Operation = 'list' | 'search' | 'session' | 'history' | 'create' | 'send';

/** A quiet answer for each operation. */
export const quietBodies: Readonly<Record<Operation, unknown>> = {
  list: { items: [fullSession], next: null },
  search: {
    contacts: [{ id: 'c1', name: 'Jane', email: 'jane@example.com', phone: '+1555' }],
    messages: [{ id: 'm1', session_id: documentedId, message: 'Where is my order?', type: 'message' }],
  },
  session: fullSession,
  history: {
    items: [
      historyItem,
      {
        id: '44444444-4444-4444-8444-444444444444',
        created_at: '2026-01-31T09:00:00.000Z',
        event: { type: 'action', name: 'refund', context: { input: { order: 'ord_1' } } },
      },
    ],
    next: null,
  },
  create: { id: documentedId },
  send: { success: true, data: { message: { id: 'm9' } } },
};

/** Which answer a request gets. */
export function operationOf(method = 'GET', url = ''): Operation {
  const { pathname } = new URL(url, 'http://api');
  if (method === 'POST') return pathname.endsWith('/send') ? 'send' : 'create';
  if (pathname.endsWith('/history')) return 'history';
  if (pathname.endsWith('/search')) return 'search';
  return pathname.endsWith('/sessions') ? 'list' : 'session';
}

/** A call of every tool, with all its arguments. */
const calls: Readonly<Record<string, { reads: readonly Operation[]; arguments: Record<string, unknown> }>> = {
  list_sessions: {
    reads: ['list', 'history'],
    arguments: {
      limit: 10,
      include_last_message: true,
      status: 'open',
      created_after: '2026-01-01',
      cursor: undefined,
    },
  },
  get_attachment: {
    reads: ['history'],
    arguments: { session_id: documentedId, attachment: 'order.txt', offset: 0 },
  },
  search_sessions: {
    reads: ['search', 'session', 'history'],
    arguments: { query: 'order late, where is it' },
  },
  get_session: { reads: ['session', 'history'], arguments: { session_id: documentedId, history_limit: 50 } },
  get_session_history: {
    reads: ['history'],
    arguments: {
      session_id: documentedId,
      limit: 200,
      before: undefined,
      include_events: true,
      max_message_chars: 20_000,
    },
  },
  find_messages: {
    reads: ['list', 'history'],
    arguments: {
      since: '2020-01-01',
      until: '2030-01-01',
      from: undefined,
      contains: 'order',
      has_attachment: undefined,
      include_events: true,
      status: 'open',
      channel_type: 'web',
      handed_off: undefined,
      contact: undefined,
      limit: 200,
      cursor: undefined,
    },
  },
  create_session: {
    reads: ['create', 'session'],
    arguments: {
      channel_type: 'api',
      contact_id: undefined,
      contact: { email: 'a@example.com', name: 'Ada', phone_number: '+1', custom_data: { plan: 'pro' } },
      verified: false,
      custom_data: { order: 'ord_1' },
    },
  },
  send_message: {
    reads: ['send', 'history', 'session'],
    arguments: {
      session_id: documentedId,
      sender: 'agent',
      text: 'Hello',
      attachments: [{ name: 'a.txt', base64: 'aGk=', mime_type: 'text/plain' }],
      contact: { name: 'Ada', custom_data: { plan: 'pro' } },
      custom_data: { order: 'ord_1' },
      agent: { id: 7, name: 'Tom', avatar_url: 'https://example.com/t.png' },
      should_take_over_session_from_ai: false,
      allow_duplicate: true,
    },
  },
  update_session: {
    reads: ['session'],
    arguments: {
      session_id: documentedId,
      status: 'open',
      generate_summary_and_sentiment_on_resolve: false,
      session_closed_payload: { reason: 'done' },
    },
  },
};

/** What is repeated until a text has its size. */
const units = [
  'a',
  'A b ',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '\u2028',
  '\u0085',
  '\u0000',
  '\u001b[',
  '\u001b]',
  '<',
  '>',
  '&',
  '<b',
  '<b>',
  '<!--',
  '</',
  '&lt;',
  '‹',
  '|',
  '| ',
  '1',
  '1.',
  '-',
  '0x',
  '"',
  "'",
  '\\',
  '`',
  '```\n',
  '#',
  '# ',
  '@',
  'a@',
  '@a',
  'a.',
  '.',
  ',',
  '=',
  '%',
  '%41',
  '(',
  ')',
  '[',
  ']',
  '[](',
  '{',
  '}',
  ':',
  ';',
  '/',
  '//',
  'https://',
  'On ',
  'On Monday Jane wrote:\n',
  '> ',
  '> > ',
  '>\n',
  'From: a <a@b.example>\n',
  'Date: 1\n',
  'Subject: x\n',
  '-----Original Message-----\n',
  '---\n',
  '---------- Forwarded message ---------\n',
  '*',
  '**',
  '_',
  'wrote: ',
  'é',
  'e\u0301',
  '\u0301',
  '漢',
  '👍',
  '👨\u200d',
  '\u200d',
  '\u200b',
  '\ufe0f',
  '\ud83d',
  '\udc4d',
  '\ufeff',
  '\u{e0061}',
  'order ',
  'ord',
  '2026-01-31T08:00:00.000Z',
  '2026-',
  'T',
  '+',
  '<div class="a">',
  '<p>',
  '<td>',
  '</p>',
  '<a href="',
  '<style>.a{x:1}',
  'ß',
  'İ',
  'ſ',
];

/** A text of the size in bytes of UTF-8, at least about. */
function repeated(unit: string, bytes: number): string {
  return unit.repeat(Math.ceil(bytes / Buffer.byteLength(JSON.stringify(unit).slice(1, -1))));
}

type Random = ReturnType<typeof seeded>;
const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)] as T;

/** JSON text that stands in the place of a value. */
function hostileJson(random: Random, bytes: number, original: unknown): string {
  const unit = pick(random, units);
  const text = (size: number) => JSON.stringify(repeated(unit, size));
  const many = (make: (n: number) => string, from: '[' | '{') => {
    const parts: string[] = [];
    for (let size = 0, n = 0; size < bytes; n += 1) {
      const part = make(n);
      parts.push(part);
      size += Buffer.byteLength(part) + 1;
    }
    return from + parts.join(',') + (from === '[' ? ']' : '}');
  };
  const shapes = [
    () => text(bytes),
    () => text(bytes),
    () => JSON.stringify(repeated(unit + pick(random, units), bytes)),
    () => JSON.stringify(repeated(unit, bytes / 2) + repeated(pick(random, units), bytes / 2)),
    () => many(() => text(200), '['),
    () => many(() => pick(random, ['{}', '[]', '1', 'null', '""']), '['),
    () => many((n) => `"${n}":1`, '{'),
    () => many((n) => `"${n}${'k'.repeat(3000)}":${text(3000)}`, '{'),
    () => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
    () => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
    () => (Array.isArray(original) ? many(() => JSON.stringify(original[0] ?? {}), '[') : text(bytes)),
    () => `{${text(bytes)}:1}`,
    () => (bytes > 1000 ? '9'.repeat(bytes) : '1e999'),
  ];
  return pick(random, shapes)();
}

/** JSON text of a value in which one place, at random, holds something hostile. */
function withHostilePlace(random: Random, value: unknown, bytes: number): { json: string; place: string } {
  const places: string[][] = [];
  const walk = (node: unknown, path: string[]) => {
    if (path.length > 0) places.push(path);
    if (typeof node === 'object' && node !== null) {
      for (const [key, inner] of Object.entries(node)) walk(inner, [...path, key]);
    }
  };
  walk(value, []);
  const place = pick(random, places);
  const marker = 'HOSTILE_PLACE';
  const copy = structuredClone(value) as Record<string, unknown>;
  let parent = copy;
  for (const key of place.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  const original = parent[place.at(-1) ?? ''];
  parent[place.at(-1) ?? ''] = marker;
  const json = JSON.stringify(copy).replace(`"${marker}"`, () => hostileJson(random, bytes, original));
  return { json, place: place.join('.') };
}

/** A call in which one place of its arguments, or of the API's answers, is large, nested or repeated. */
export function randomCase(random: Random): OverloadCase {
  const tool = pick(random, Object.keys(calls));
  const { reads, arguments: quiet } = calls[tool] as (typeof calls)[string];
  const size = pick(random, [1000, 30_000, 300_000, 1_000_000, 3_000_000, 9_900_000]);
  const inArguments = reads.length === 0 || random.chance(0.4);
  const bytes = inArguments && random.chance(0.3) ? 15_900_000 : size;
  if (inArguments) {
    const { json, place } = withHostilePlace(
      random,
      Object.fromEntries(Object.entries(quiet).map(([key, value]) => [key, value ?? ''])),
      bytes,
    );
    return {
      name: `argument ${place} of ${tool}, ${bytes} bytes`,
      tool,
      arguments: raw(json),
      bodies: {},
    };
  }
  const operation = pick(random, reads);
  const { json, place } = withHostilePlace(random, quietBodies[operation], bytes);
  return {
    name: `${place} of ${operation} for ${tool}, ${bytes} bytes`,
    tool,
    arguments: quiet,
    bodies: { [operation]: json },
  };
}

/** Arguments that are JSON text already. */
interface RawJson {
  readonly rawJson: string;
}

function raw(rawJson: string): RawJson {
  return { rawJson };
}

/** Cases with a name, found by looking for them. */
export const namedCases: readonly (() => OverloadCase)[] = [
  () => ({
    name: 'a page of 150,000 entries',
    tool: 'get_session_history',
    arguments: { session_id: documentedId },
    bodies: { history: page(150_000, () => ({ created_at: '2026-01-31', event: { type: 'message' } })) },
  }),
  () => ({
    name: 'a page of 15,000 sessions',
    tool: 'list_sessions',
    arguments: { limit: 100 },
    bodies: { list: page(15_000, (n) => ({ ...fullSession, contact: undefined, id: uuid(n) })) },
  }),
  () => ({
    name: '100,000 hits',
    tool: 'search_sessions',
    arguments: { query: 'order' },
    bodies: {
      search: JSON.stringify({
        contacts: [],
        messages: Array.from({ length: 100_000 }, (_, n) => ({
          id: `${n}`,
          session_id: `s${n}`,
          message: 'my order is late',
        })),
      }),
    },
  }),
  () => ({
    name: 'pages of one time without end',
    tool: 'get_session_history',
    arguments: { session_id: documentedId },
    bodies: { history: page(12, (n) => entry(n, 'message', 'x'.repeat(750_000)), 'COUNTER') },
  }),
  () => ({
    name: 'a cursor of nine megabytes',
    tool: 'list_sessions',
    arguments: { limit: 100 },
    bodies: { list: page(1, () => fullSession, 'c'.repeat(9_000_000)) },
  }),
  () => ({
    name: 'a context nested 20,000 deep',
    tool: 'get_session_history',
    arguments: { session_id: documentedId, include_events: true },
    bodies: {
      history: JSON.stringify({
        items: [
          entry(1, 'message', 'kept'),
          { ...entry(2, 'action'), event: { type: 'action', context: 'DEEP' } },
        ],
        next: null,
      }).replace('"DEEP"', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
    },
  }),
  () => ({
    name: 'a million empty attachments',
    tool: 'send_message',
    arguments: raw(
      `{"session_id":"${documentedId}","sender":"agent","text":"x","attachments":[${'{},'.repeat(999_999)}{}]}`,
    ),
    bodies: {},
  }),
  () => ({
    name: 'a million bad values',
    tool: 'create_session',
    arguments: raw(`{"custom_data":{${Array.from({ length: 1_000_000 }, (_, n) => `"${n}":[]`).join(',')}}}`),
    bodies: {},
  }),
  () => ({
    name: 'a text of ten megabytes in other letters',
    tool: 'get_session_history',
    arguments: { session_id: documentedId, max_message_chars: 20_000 },
    bodies: { history: page(1, (n) => entry(n, 'message', '漢e\u0301\u200d '.repeat(900_000))) },
  }),
  () => ({
    name: 'a name of an argument of 15 megabytes',
    tool: 'get_session',
    arguments: { session_id: documentedId, [`session${'x'.repeat(15_000_000)}`]: 1 },
    bodies: {},
  }),
  () => ({
    name: 'three attachments of the largest size',
    tool: 'send_message',
    arguments: {
      session_id: documentedId,
      sender: 'agent',
      text: 'x',
      attachments: Array.from({ length: 3 }, () => ({
        base64: Buffer.alloc(5_000_000).toString('base64'),
        mime_type: 'a/b',
      })),
    },
    bodies: {},
  }),
];

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function entry(n: number, type: string, text = 'x') {
  return {
    id: uuid(n),
    created_at: '2026-01-31T08:00:00Z',
    event: { type, content: { type: 'text', text } },
  };
}

function page(count: number, make: (n: number) => unknown, next: string | null = null): string {
  return JSON.stringify({ items: Array.from({ length: count }, (_, n) => make(n)), next });
}
