import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, onTestFinished } from 'vitest';
import { type Route, routes } from '../../../src/contract/routes.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts';
import { emptySchema, postgresAddress, type ReusedSchema, reusedSchema } from './postgres.ts';

/** Registers a cleanup that runs after the test, in reverse order. */
export function atEnd(close: () => unknown): void {
  onTestFinished(async () => {
    await close();
  });
}

/** A temporary folder. Deleted after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty sandbox on the database under test. Closed after the test. */
export async function open(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const database = options.database ?? (await emptyDatabase());
  const sandbox = await openSandbox({ rateLimit: 0, seed: false, ...options, database });
  atEnd(() => sandbox.close());
  return sandbox;
}

/** A new database that several sandboxes can open. Deleted after the test. */
export async function sharedDatabase(durable?: 'durable'): Promise<string> {
  if (!postgresAddress) return join(temporaryFolder(), 'sandbox.db');
  const { address, drop } = await emptySchema(postgresAddress, durable);
  atEnd(drop);
  return address;
}

/** The same, but every write waits for the disk, as in production. */
export async function durableDatabase(): Promise<string> {
  return sharedDatabase('durable');
}

/** Schemas that all files of a worker reuse. Clearing one takes a tenth of the time of creating one. */
const cleared: ReusedSchema[] = [];

async function emptyDatabase(): Promise<string> {
  if (!postgresAddress) return ':memory:';
  const schema = cleared.pop() ?? (await reusedSchema(postgresAddress));
  atEnd(async () => {
    await schema.clear();
    cleared.push(schema);
  });
  return schema.address;
}

/** One sandbox on the database under test, for all tests of a `describe` or a file. */
export function sandboxForAll(options: Partial<SandboxOptions> = {}): () => Sandbox {
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    const schema = postgresAddress ? await emptySchema(postgresAddress) : undefined;
    const database = schema?.address ?? ':memory:';
    sandbox = await openSandbox({ rateLimit: 0, seed: false, ...options, database });
    return async () => {
      await sandbox?.close();
      await schema?.drop();
    };
  });
  return () => {
    if (!sandbox) throw new Error('The sandbox is available only in tests.');
    return sandbox;
  };
}

/** A clock that tests can set. Each reading advances it by a millisecond, so that no two changes have the same time. */
export function clock(start = '2026-03-01T09:00:00.000Z') {
  let at = Date.parse(start);
  return {
    now: () => new Date(at++),
    set: (time: string) => {
      at = Date.parse(time);
    },
    pass: (milliseconds: number) => {
      at += milliseconds;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: parsed responses; `call` validates them
  readonly body: any;
}

export interface CallOptions {
  key?: string | null;
  body?: unknown;
  /** Sent unchanged, instead of `body`. */
  raw?: NonNullable<RequestInit['body']>;
  headers?: Record<string, string>;
}

/** Calls the sandbox without a port. Validates every 2xx response against the contract, and every error body. */
export async function call(
  sandbox: Sandbox,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const { key = sandbox.key, body, raw, headers } = options;
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = new Request(`http://sandbox.test${path}`, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent !== undefined && { body: sent, duplex: 'half' }),
  } as RequestInit);
  const response = await sandbox.fetch(request);
  const answer = await read(response);
  if (response.ok) expectContract(method, path, answer);
  else expectError(answer);
  return answer;
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

const patterns = Object.values<Route>(routes).map((route) => ({
  route,
  path: new RegExp(`^${route.path.replace('{session_id}', '[^/]+')}$`),
}));

/** The operation of the contract for a method and path. */
function routeOf(method: string, path: string): Route | undefined {
  const [pathname = ''] = path.split('?');
  return patterns.find((one) => one.route.method === method && one.path.test(pathname))?.route;
}

function expectContract(method: string, path: string, answer: Answer): void {
  const route = routeOf(method, path);
  if (!route) return;
  expectSuccess(answer);
  if (route.response === null) {
    expect(answer.text).toBe('');
    return;
  }
  // Parsing drops unknown keys, so equality means that there are none.
  const parsed = route.response.parse(answer.body);
  // Only to say what differs: an assertion takes many times as long.
  if (!isDeepStrictEqual(parsed, answer.body)) expect(parsed).toEqual(answer.body);
}

/** Every request of a test asks for it, so it costs an assertion only if it fails. */
function expectSuccess(answer: Answer): void {
  if (answer.status !== 200) expect(answer.status, answer.text).toBe(200);
}

function expectError(answer: Answer): void {
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(Object.keys(answer.body)).toEqual(['statusCode', 'message', 'error']);
  expect(answer.body.statusCode).toBe(answer.status);
  expect(answer.text).not.toMatch(/sqlite|postgres|stack|node_modules|zod/i);
}

export async function create(sandbox: Sandbox, body: unknown = {}): Promise<string> {
  const answer = await call(sandbox, 'POST', '/chat/sessions', { body });
  expectSuccess(answer);
  return answer.body.id;
}

export async function get(sandbox: Sandbox, id: string) {
  const answer = await call(sandbox, 'GET', `/chat/sessions/${id}`);
  expectSuccess(answer);
  return answer.body;
}

/** Sends a customer's message; `more` overrides the body. */
export async function send(
  sandbox: Sandbox,
  id: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  const body = { sender: 'contact', message: { type: 'text', text: 'Hello' }, ...more };
  const answer = await call(sandbox, 'POST', `/chat/sessions/${id}/send`, { body });
  expectSuccess(answer);
  expect(answer.body.success).toBe(true);
  return answer.body.data.message.id;
}

/** Reads all pages of a list. */
export async function pages(sandbox: Sandbox, path: string, between?: () => Promise<unknown>) {
  const found: Answer['body'][][] = [];
  let next: string | null = '';
  while (next !== null) {
    const parameter: string = next === '' ? '' : `${path.includes('?') ? '&' : '?'}cursor=${next}`;
    const answer = await call(sandbox, 'GET', path + parameter);
    expectSuccess(answer);
    found.push(answer.body.items);
    next = answer.body.next;
    await between?.();
  }
  return found;
}

/** All sessions with their histories, to compare before and after. */
export async function everything(sandbox: Sandbox): Promise<unknown> {
  const sessions = (await pages(sandbox, '/chat/sessions')).flat();
  const histories = [];
  for (const { id } of sessions)
    histories.push((await pages(sandbox, `/chat/sessions/${id}/history`)).flat());
  return { sessions, histories };
}

export async function events(sandbox: Sandbox, id: string) {
  return (await pages(sandbox, `/chat/sessions/${id}/history`)).flat();
}
