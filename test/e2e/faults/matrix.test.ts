import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEveryTool, toolNames } from '../../support/every-tool/covers-every-tool.ts';
import { endlessBody, plainText } from '../../support/faults/faults.ts';
import {
  brokenCode,
  type Expected,
  fittingWait,
  operations,
  type Row,
  refusedConnection,
  resetAtHead,
  rowsOf,
  type ToolName,
} from '../../support/faults/table.ts';
import {
  type Arrival,
  listen,
  refusedUrl,
  startUpstream,
  type Upstream,
} from '../../support/faults/upstream.ts';
import { connect, type Session } from '../../support/program/program.ts';

const key = 'ocx_matrix_0123456789';
/** Long enough for two hundred calls at once on a busy machine. */
const callTimeoutMs = 6000;
/** How much longer than its timeout a call may take on a busy machine. */
const slackMs = 2000;
/** Base path under which the upstream resets the connection after the head of a request. */
const resettingPath = 'resets-at-head';

/** For a message whose delivery is unknown: whether the history shows it. */
type History = 'shows it' | 'does not show it';

interface Case {
  readonly id: string;
  readonly row: Row;
  readonly tool: ToolName;
  readonly history?: History;
  readonly expected: Expected;
}

interface Observed {
  readonly isError: boolean;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of every tool
  readonly view: any;
  readonly ms: number;
}

let redirectsFollowed = 0;
const elsewhere = await listen(
  createServer((_, response) => {
    redirectsFollowed += 1;
    response.end('{}');
  }),
);

const tools = Object.keys(operations) as ToolName[];
const rows = [refusedConnection, resetAtHead, ...rowsOf(elsewhere.url, caseOf)];
it('the table covers every tool', () => {
  expectEveryTool(tools, 'operations in test/support/faults/table.ts');
});

const cases = rows.flatMap((row, index) => tools.flatMap((tool) => casesOf(row, index, tool)));
const casesById = new Map(cases.map((one) => [one.id, one]));

function casesOf(row: Row, index: number, tool: ToolName): Case[] {
  const expected = row.expect(tool);
  const one = { id: `case-${index}-${tool}`, row, tool, expected };
  if (expected.delivery === undefined) return [one];
  const histories = row.storesNothing
    ? (['does not show it'] as const)
    : (['shows it', 'does not show it'] as const);
  return histories.map((history) => ({
    ...one,
    id: `${one.id}-${history.replaceAll(' ', '-')}`,
    history,
  }));
}

/** The id of the case that a request belongs to. Each operation carries it in another argument. */
function caseOf({ operation, sessionId, query, body }: Arrival): string {
  switch (operation) {
    case 'searchSessions':
      return query['q'] ?? '';
    case 'createSession':
      return body?.custom_data.case ?? '';
    case 'listSessions':
      return cases[Date.parse(query['created_after'] ?? query['updated_after'] ?? '')]?.id ?? '';
    default:
      return sessionId;
  }
}

function argumentsOf({ id, tool }: Case): Record<string, unknown> {
  switch (tool) {
    case 'list_sessions':
    case 'count_sessions':
      return { created_after: new Date(cases.findIndex((one) => one.id === id)).toISOString() };
    case 'find_messages':
      return { since: new Date(cases.findIndex((one) => one.id === id)).toISOString() };
    case 'search_sessions':
      return { query: id };
    case 'create_session':
      return { custom_data: { case: id } };
    case 'update_session':
      return { session_id: id, status: 'closed_resolved' };
    case 'send_message':
      return { session_id: id, sender: 'agent', text: `The text of ${id}.` };
    case 'get_session':
    case 'get_session_history':
      return { session_id: id };
    case 'get_attachment':
      return { session_id: id, attachment: 'order.txt' };
    default:
      return withoutArguments(tool);
  }
}

function withoutArguments(tool: never): never {
  throw new Error(`${tool}: add arguments that carry the id of the case to argumentsOf in this file.`);
}

/** A read of the history by send_message, not by get_session_history. */
const isReadBack = ({ operation, sessionId }: Arrival) =>
  operation === 'listHistory' && sessionId.includes('send_message');

const isOwn = (arrival: Arrival, { tool }: Case) => arrival.operation === operations[tool];

const folder = mkdtempSync(join(tmpdir(), 'opencx-faults-'));
const observed = new Map<string, Observed>();
const servers: Session[] = [];
let upstream: Upstream;
let good: Session;

async function serve(url: string): Promise<Session> {
  const server = await connect({
    env: {
      OPENCX_API_URL: url,
      OPENCX_API_KEY: key,
      OPENCX_STATE_DIR: join(folder, String(servers.length)),
      OPENCX_CALL_TIMEOUT_MS: String(callTimeoutMs),
      // Without this, a 429 would pause all calls, and the cases would wait for each other.
      OPENCX_RATE_LIMIT: '0',
      OPENCX_LOG_LEVEL: 'debug',
    },
  });
  servers.push(server);
  return server;
}

/**
 * Most cases are over at once. More of them side by side, and a request could wait so long for the processor that it is
 * sent again.
 */
const atOnce = 30;

async function run(server: Session, group: readonly Case[], limit = group.length): Promise<void> {
  const queue = group.values();
  const runInTurn = async () => {
    for (const one of queue) {
      const from = performance.now();
      const params = { name: one.tool, arguments: argumentsOf(one) };
      const options = { timeout: 2 * (callTimeoutMs + slackMs) };
      const { isError, content, structuredContent } = (await server.client
        .callTool(params, undefined, options)
        // A call without an answer must fail only its own case.
        .catch((error: Error) => ({
          isError: true,
          content: [{ type: 'text', text: error.message }],
        }))) as CallToolResult;
      const text = content[0]?.type === 'text' ? content[0].text : '';
      const ms = performance.now() - from;
      observed.set(one.id, { isError: isError === true, text, view: structuredContent, ms });
    }
  };
  await Promise.all(Array.from({ length: limit }, runInTurn));
}

beforeAll(async () => {
  upstream = await startUpstream({
    resetAtHead: (arrival) => arrival.prefix === resettingPath && !isReadBack(arrival),
    plan(arrival) {
      const one = casesById.get(caseOf(arrival));
      if (one === undefined || !isOwn(arrival, one)) return undefined;
      return { fault: one.row.fault, store: one.history === 'shows it' || one.row.fault === plainText };
    },
  });
  good = await serve(upstream.url);
  const [waiting, resetting, refusing] = await Promise.all([
    serve(upstream.url),
    serve(`${upstream.url}/${resettingPath}`),
    serve(await refusedUrl()),
  ]);
  const remaining = new Set(cases);
  /** Runs the cases that fit and were not run yet. */
  const group = async (server: Session, fits: (one: Case) => boolean, limit?: number) => {
    const fitting = [...remaining].filter(fits);
    for (const one of fitting) remaining.delete(one);
    await run(server, fitting, limit);
  };
  // An endless body slows all calls down, and only a fast call has time for the wait: these run last.
  const isLate = ({ row }: Case) => row.fault === endlessBody || row.name === fittingWait;
  await Promise.all([
    group(refusing, ({ row }) => row === refusedConnection),
    group(resetting, ({ row }) => row === resetAtHead),
    // These hold connections for all of their time.
    group(waiting, ({ row, history }) => row.waits === true || history === 'does not show it'),
    group(good, (one) => !isLate(one), atOnce).then(() => group(good, isLate)),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await Promise.all([upstream.close(), elsewhere.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const label = ({ row, tool, history }: Case) =>
  `${row.name}: ${tool}${history === undefined ? '' : `, the history ${history}`}`;

it('covers every tool under every fault', () => {
  expect(cases.length).toBeGreaterThanOrEqual(7 * 20);
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

describe.each(rows.map((row) => [row.name, row] as const))('%s', (_, row) => {
  const own = cases.filter((one) => one.row === row);
  it.each(own.map((one) => [label(one).replace(`${row.name}: `, ''), one] as const))('%s', (_, one) => {
    const seen = observed.get(one.id) as Observed;
    expect(told(seen)).toEqual(expectedTold(one));
    expect(ownRequests(one)).toBe(one.expected.requests);
    expect(seen.ms).toBeLessThan(callTimeoutMs + slackMs);
    expect(seen.text).not.toMatch(/<[a-z!/]/i);
    expect(seen.text).not.toMatch(/^\s+at |node:internal|\.ts:\d|\.js:\d/m);
    expect(JSON.stringify([seen.text, seen.view])).not.toContain(key);
  });
});

describe('after all cases', () => {
  it('the target of the redirects has received no request', () => {
    expect(redirectsFollowed).toBe(0);
  });

  it('no request is open', async () => {
    await upstream.quiet();
    expect(upstream.open()).toBe(0);
  });

  it('the servers still answer, and have logged neither the key nor a message', async () => {
    for (const server of servers) {
      expect((await server.client.listTools()).tools.map(({ name }) => name)).toEqual(toolNames);
      expect(server.stderr()).not.toContain(key);
      expect(server.stderr()).not.toContain('The text of');
    }
    expect((await good.call('list_sessions')).isError).toBe(false);
  });

  it('no message is stored twice', () => {
    const texts = upstream.stored.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('docs/faults.md is up to date (`npm run generate` updates it)', async () => {
    await expect(documentOf()).toMatchFileSnapshot('../../../docs/faults.md');
  });
});

function ownRequests(one: Case): number {
  const withoutName = ({ operation, prefix, body }: Arrival) =>
    prefix === resettingPath && operation === 'createSession' && body === undefined;
  return upstream.arrivals.filter(
    (arrival) =>
      isOwn(arrival, one) &&
      (caseOf(arrival) === one.id || (one.row === resetAtHead && withoutName(arrival))),
  ).length;
}

interface Told {
  readonly result: string;
  readonly lines: readonly string[];
  readonly quoted: string | undefined;
}

/** What the model reads, without the random boundary around the quoted message. */
function told({ isError, text, view }: Observed): Told {
  if (!isError) return { result: view.outcome ?? 'success', lines: [], quoted: undefined };
  const lines = text
    .replace(/\((?:ECONNRESET|UND_ERR_SOCKET|HTTPParserError|HPE_\w+)\)/, `(${brokenCode})`)
    .split('\n');
  const quotedAt = lines.findIndex((line) => line.startsWith('Words of customers, '));
  return {
    result: 'error',
    lines: quotedAt < 0 ? lines : lines.slice(0, quotedAt),
    quoted: lines.find((line) => line.startsWith('| ')),
  };
}

function expectedTold({ id, tool, history, expected }: Case): Told {
  const success = (result: string) => ({ result, lines: [], quoted: undefined });
  if (history === 'shows it') return success('found');
  if (history === 'does not show it')
    return { result: 'error', lines: unknownDelivery(id), quoted: undefined };
  if (expected.told === undefined) return success(tool === 'send_message' ? 'sent' : 'success');
  const quoted = expected.quotes && `| The API said: ${expected.quotes}`;
  return { result: 'error', lines: expected.told, quoted };
}

const unknownDelivery = (id: string) => [
  'Delivery unknown: The message was sent, but no readable answer came back.',
  `The message was not found yet in session ${id}, but may still appear there.`,
  'Do not repeat it blindly. Call again after a minute with the same arguments and without allow_duplicate: that looks for it first, and sends it only if the complete history does not have it. Pass allow_duplicate true only if a second copy does no harm.',
];

/** Renders docs/faults.md, with one row for all tools that behave the same. */
function documentOf(): string {
  const sections = rows.map((row) => {
    const lines = new Map<string, string[]>();
    for (const one of cases.filter((other) => other.row === row)) {
      const line = `${one.expected.requests}${one.history ? ' + history' : ''} | ${inShort(one)}`;
      lines.set(line, [...(lines.get(line) ?? []), one.tool]);
    }
    const table = [...lines].map(
      ([line, names]) => `| ${names.map((name) => `\`${name}\``).join(', ')} | ${line} |`,
    );
    return [
      `## ${row.name}`,
      '',
      '| tool | requests | what the model reads |',
      '| --- | --- | --- |',
      ...table,
    ].join('\n');
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

const introduction = `# When the API fails

The result of each tool after each fault. \`test/e2e/faults/matrix.test.ts\` tests it on the real program and generates this
page (\`npm run generate\`).

The column "requests" counts requests of the tool's own operation that reach the API. A read is retried at most twice, a
write only if it certainly was not carried out. \`+ history\` means that the response to a message was lost, so the server
reads the history to find the message. Messages of the API are quoted as data after the text shown here, without HTML.`;

/** Shorter forms of common sentences. */
const short: readonly (readonly [RegExp, string])[] = [
  [/ \(code\)/, ''],
  [/^Nothing was changed\.$/, 'Nothing changed.'],
  [/^It is not known whether .*/, 'It may have taken effect.'],
  [/^The message was not found yet .*/, 'It may still appear.'],
  [/^It is safe to call again\..*/, 'Safe to call again.'],
  [/^Do not repeat it blindly: look .*/, 'Look at the session first.'],
  [/^Do not repeat it blindly\. Call again .*/, 'The same call again looks for it first.'],
];

function inShort(one: Case): string {
  const { result, lines } = expectedTold(one);
  if (result === 'found') return 'if the history shows the message: found, with its id';
  if (result !== 'error') return result;
  const [what = '', ...rest] = lines.map((line) =>
    short.reduce(
      (text, [long, brief]) => text.replace(long, brief),
      line.replace(`; ${one.tool} needs`, '; the tool needs'),
    ),
  );
  return `${one.history ? 'if the history does not show it: ' : ''}${what} → ${rest.join(' ')}`;
}
