import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEveryTool, toolNames } from '../../support/covers-every-tool.ts';
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
import { connect, type Session } from '../../support/program.ts';

const key = 'ocx_matrix_0123456789';
const callTimeoutMs = 4000;
/** How much longer than its timeout a call may take on a busy machine. */
const slackMs = 2000;
/** Under these paths of the address, connections are reset as soon as a request's head is there. */
const resettingPath = 'resets-at-head';

/** For a send whose outcome is unknown: what the history, read back, has to say. */
type History = 'shows it' | 'does not';

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

let elsewhereAsked = 0;
const elsewhere = await listen(
  createServer((_, response) => {
    elsewhereAsked += 1;
    response.end('{}');
  }),
);

const tools = Object.keys(operations) as ToolName[];
const rows = [refusedConnection, resetAtHead, ...rowsOf(elsewhere.url, caseOf)];
it('the table has every tool', () => {
  expectEveryTool(tools, 'operations in test/support/faults/table.ts');
});

const cases = rows.flatMap((row, index) => tools.flatMap((tool) => casesOf(row, index, tool)));

function casesOf(row: Row, index: number, tool: ToolName): Case[] {
  const expected = row.expect(tool);
  const one = { id: `case-${index}-${tool}`, row, tool, expected };
  if (expected.delivery === undefined) return [one];
  const histories = row.takesNothingIn ? (['does not'] as const) : (['shows it', 'does not'] as const);
  return histories.map((history) => ({
    ...one,
    id: `${one.id}-${history.replace(' ', '-')}`,
    history,
  }));
}

/** The case that a request belongs to, wherever its operation has room for a name. */
function caseOf({ operation, sessionId, query, body }: Arrival): string {
  switch (operation) {
    case 'searchSessions':
      return query['q'] ?? '';
    case 'createSession':
      return body?.custom_data.case ?? '';
    case 'listSessions':
      return cases[Date.parse(query['created_after'] ?? '')]?.id ?? '';
    default:
      return sessionId;
  }
}

function argumentsOf({ id, tool }: Case): Record<string, unknown> {
  switch (tool) {
    case 'list_sessions':
      return { created_after: new Date(cases.findIndex((one) => one.id === id)).toISOString() };
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
    default:
      return withoutArguments(tool);
  }
}

function withoutArguments(tool: never): never {
  throw new Error(`${tool}: add arguments that carry the id of the case to argumentsOf in this file.`);
}

/** A read of the history that is a send's, not the tool's. */
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
      // The pause that a 429 means for all calls would make one case wait for another.
      OPENCX_RATE_LIMIT: '0',
      OPENCX_LOG_LEVEL: 'debug',
    },
  });
  servers.push(server);
  return server;
}

async function run(server: Session, group: readonly Case[]): Promise<void> {
  await Promise.all(
    group.map(async (one) => {
      const from = performance.now();
      const params = { name: one.tool, arguments: argumentsOf(one) };
      const options = { timeout: 2 * (callTimeoutMs + slackMs) };
      const { isError, content, structuredContent } = (await server.client
        .callTool(params, undefined, options)
        // A call that is never answered fails its own case, not all of them.
        .catch((error: Error) => ({
          isError: true,
          content: [{ type: 'text', text: error.message }],
        }))) as CallToolResult;
      const text = content[0]?.type === 'text' ? content[0].text : '';
      const ms = performance.now() - from;
      observed.set(one.id, { isError: isError === true, text, view: structuredContent, ms });
    }),
  );
}

beforeAll(async () => {
  upstream = await startUpstream({
    resetAtHead: (arrival) => arrival.prefix === resettingPath && !isReadBack(arrival),
    plan(arrival) {
      const one = cases.find(({ id }) => id === caseOf(arrival));
      if (one === undefined || !isOwn(arrival, one)) return undefined;
      return { fault: one.row.fault, store: one.history === 'shows it' || one.row.fault === plainText };
    },
  });
  good = await serve(upstream.url);
  const [resetting, refusing] = await Promise.all([
    serve(`${upstream.url}/${resettingPath}`),
    serve(await refusedUrl()),
  ]);
  // What floods the machine must not slow the others down.
  const early = [refusedConnection, resetAtHead];
  // Nor must those that wait for a second find it gone.
  const later = cases.filter(({ row }) => row.fault === endlessBody || row.name === fittingWait);
  const rest = cases.filter((one) => !early.includes(one.row) && !later.includes(one));
  await Promise.all([
    run(
      refusing,
      cases.filter(({ row }) => row === refusedConnection),
    ),
    run(
      resetting,
      cases.filter(({ row }) => row === resetAtHead),
    ),
    run(good, rest),
  ]);
  await run(good, later);
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

describe('after all of them', () => {
  it('the host that the redirects name was asked nothing', () => {
    expect(elsewhereAsked).toBe(0);
  });

  it('no request is open', async () => {
    await upstream.quiet();
    expect(upstream.open()).toBe(0);
  });

  it('the servers answer still, and kept the key and all texts to themselves', async () => {
    for (const server of servers) {
      expect((await server.client.listTools()).tools.map(({ name }) => name)).toEqual(toolNames);
      expect(server.stderr()).not.toContain(key);
      expect(server.stderr()).not.toContain('The text of');
    }
    expect((await good.call('list_sessions')).isError).toBe(false);
  });

  it('no message stands twice, and none without having been taken in', () => {
    const texts = upstream.stored.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('the document says the same', async () => {
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

/** What the model was told, with the random boundary of the quoted words taken off. */
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
  if (history === 'does not') return { result: 'error', lines: unknownDelivery(id), quoted: undefined };
  if (expected.told === undefined) return success(tool === 'send_message' ? 'sent' : 'success');
  const quoted = expected.quotes && `| The API said: ${expected.quotes}`;
  return { result: 'error', lines: expected.told, quoted };
}

const unknownDelivery = (id: string) => [
  'Delivery unknown: The message was sent, but no readable answer came back.',
  `The message was not found yet in session ${id}, but may still appear there.`,
  'Do not repeat it blindly. Call again after a moment with the same arguments and without allow_duplicate: for ten minutes that only looks for it and sends nothing. Pass allow_duplicate true only if a second copy does no harm.',
];

/** The table for people: one line for tools that come to the same. */
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
      '| tool | requests | what the model is told |',
      '| --- | --- | --- |',
      ...table,
    ].join('\n');
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

const introduction = `# When the API fails

What each tool does under each fault, driven through the real program by \`test/e2e/faults/matrix.test.ts\`, which also writes
this page (\`npx vitest run test/e2e/faults/matrix.test.ts -u\`).

"requests" are those of the tool's own operation that reach the API. A read is repeated at most twice; a write only when
it certainly was not carried out. \`+ history\`: the answer to a message was lost, so the history is read back, and its
outcome is what that shows. Words of the API are quoted as data behind what stands here; its HTML never is.`;

/** The usual sentences, shortened. */
const short: readonly (readonly [RegExp, string])[] = [
  [/ \(code\)/, ''],
  [/^Nothing was changed\.$/, 'nothing changed'],
  [/^It is not known whether .*/, 'it may have taken effect'],
  [/^The message was not found yet .*/, 'it may still appear'],
  [/^It is safe to call again\..*/, 'safe to call again'],
  [/^Do not repeat it blindly: look .*/, 'look at the session first'],
  [/^Do not repeat it blindly\. Call again .*/, 'the same call again only looks for it'],
];

function inShort(one: Case): string {
  const { result, lines } = expectedTold(one);
  if (result === 'found') return 'the history shows it: found, with the message’s id';
  if (result !== 'error') return result;
  const [what = '', ...rest] = lines.map((line) =>
    short.reduce(
      (text, [long, brief]) => text.replace(long, brief),
      line.replace(`; ${one.tool} needs`, '; the tool needs'),
    ),
  );
  return `${one.history ? 'it does not: ' : ''}${what} → ${rest.join('; ')}`;
}
