import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import { program } from '../../support/program/program.ts';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
  readonly status: { code?: number };
}

/** Receives spans as OTLP over HTTP in JSON. */
async function otlpReceiver() {
  const spans: Span[] = [];
  const resources: string[] = [];
  const received = new EventEmitter();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    if (request.url !== '/v1/traces') return;
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      resources.push(JSON.stringify(resource));
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    received.emit('spans');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    resources,
    /** @param kind 2 for a request of a client, 3 for one to the API. */
    async spanOf(traceId: string, kind: 2 | 3): Promise<Span> {
      for (;;) {
        const span = spans.find((one) => one.traceId === traceId && one.kind === kind);
        if (span) return span;
        await once(received, 'spans');
      }
    },
  };
}

/** Starts a team server for trying out. @returns its address, its token and where its metrics are. */
async function startHttp(env: Record<string, string>, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-telemetry-'));
  const child = spawn(process.execPath, [program, 'http', '--port', '0', '--sandbox', ':memory:', ...args], {
    env: { ...process.env, OPENCX_STATE_DIR: folder, OPENCX_SANDBOX_AUTOPILOT_MS: 'off', ...env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  let stdout = '';
  for await (const chunk of child.stdout) {
    stdout += chunk;
    if (stdout.includes('Ctrl-C')) break;
  }
  const [token = ''] = /ocxt_[\w-]+/.exec(stdout) ?? [];
  const url = new URL(/http:\/\/[\d.]+:\d+\/mcp/.exec(stdout)?.[0] ?? '');
  const [, metrics = ''] = /Metrics: (\S+)/.exec(stdout) ?? [];
  const connect = async (mode: 'legacy' | { pin: string }) => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const requestInit = { headers: { Authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    onTestFinished(() => client.close());
    return client;
  };
  return { child, metrics, connect, token };
}

const modern = { pin: '2026-07-28' };
const secretName = 'Zoe Quistberg';

it('serves metrics of requests, of the API and of sends, without ids and words', async () => {
  const { metrics, connect, token } = await startHttp({ OPENCX_RATE_LIMIT: '100' }, '--metrics-port', '0');
  const client = await connect(modern);
  const older = await connect('legacy');
  await client.listTools();
  const { structuredContent } = await client.callTool({
    name: 'create_session',
    arguments: { contact: { name: secretName } },
  });
  const { id } = structuredContent as { id: string };
  const message = { session_id: id, sender: 'agent', text: `Hello ${secretName}` };
  await client.callTool({ name: 'send_message', arguments: message });
  await older.callTool({ name: 'send_message', arguments: message });
  await client.callTool({ name: 'get_session', arguments: { session_id: 'no-such-session' } });
  await client.callTool({ name: `made_up_${secretName}`, arguments: {} }).catch(() => {});

  const text = await (await fetch(metrics)).text();
  const value = (line: string) =>
    Number(
      text
        .split('\n')
        .find((one) => one.startsWith(`${line} `))
        ?.split(' ')[1],
    );
  const requests = (tool: string, error: string, version: string, method = 'tools/call') =>
    value(
      `mcp_server_operation_duration_seconds_count{mcp_method_name="${method}",gen_ai_tool_name="${tool}",network_transport="tcp",mcp_protocol_version="${version}",error_type="${error}"}`,
    );
  expect(requests('', '', '2026-07-28', 'tools/list')).toBe(1);
  expect(requests('send_message', '', '2026-07-28')).toBe(1);
  // Ten minutes have to pass before an equal message.
  expect(requests('send_message', 'tool_error', '2025-11-25')).toBe(1);
  expect(requests('get_session', 'tool_error', '2026-07-28')).toBe(1);
  expect(requests('', '-32602', '2026-07-28')).toBe(1);
  expect(value('opencx_writes_total{gen_ai_tool_name="send_message",outcome="sent"}')).toBe(1);
  expect(value('opencx_writes_total{gen_ai_tool_name="send_message",outcome="AlreadySentError"}')).toBe(1);
  expect(value('opencx_api_requests_total{status="404"}')).toBe(1);
  const counts = [...text.matchAll(/^opencx_api_requests_total\{.*\} (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  const requested = counts.reduce((sum, count) => sum + count);
  expect(value('opencx_api_budget_remaining_requests{workspace="sandbox"}')).toBe(100 - requested);
  expect(value('opencx_api_requests_total{status="200"}')).toBeGreaterThan(2);
  for (const secret of [id, secretName, 'Quistberg', token, 'try-out', 'no-such'])
    expect(text).not.toContain(secret);
  expect((await fetch(metrics.replace('/metrics', '/'))).status).toBe(404);
});

it('exports a span for each request and for what it requests of the API, in the trace that the client names', async () => {
  const otlp = await otlpReceiver();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
    // Milliseconds.
    OTEL_BSP_SCHEDULE_DELAY: '20',
  };
  const { child, connect } = await startHttp(env);
  const client = await connect(modern);
  const traceOf = (n: number) => String(n).repeat(32);
  const call = (n: number, name: string, args: Record<string, unknown>) =>
    client.callTool({
      name,
      arguments: args,
      _meta: { traceparent: `00-${traceOf(n)}-00f067aa0ba902b7-01` },
    });
  await call(1, 'list_sessions', { limit: 1 });
  const span = await otlp.spanOf(traceOf(1), 2);
  const attributes = (one: Span) =>
    Object.fromEntries(
      one.attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
    );
  expect(span).toMatchObject({ name: 'tools/call list_sessions', parentSpanId: '00f067aa0ba902b7' });
  expect(attributes(span)).toEqual({
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': 'list_sessions',
    'gen_ai.operation.name': 'execute_tool',
    'network.transport': 'tcp',
    'mcp.protocol.version': '2026-07-28',
  });
  expect(otlp.resources[0]).toContain('deployment.environment');
  expect(otlp.resources[0]).toContain('opencx-sessions-mcp');

  const listing = await otlp.spanOf(traceOf(1), 3);
  expect(listing).toMatchObject({ name: 'GET /chat/sessions', parentSpanId: span.spanId });

  await call(2, 'get_session', { session_id: 'no-such-session' });
  // What was not exported yet is exported at the end.
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  const failed = await otlp.spanOf(traceOf(2), 2);
  expect(failed.status.code).toBe(2);
  expect(attributes(failed)['error.type']).toBe('tool_error');
  const notFound = await otlp.spanOf(traceOf(2), 3);
  expect(notFound).toMatchObject({ name: 'GET /chat/sessions/{session_id}', parentSpanId: failed.spanId });
  expect(attributes(notFound)).toEqual({
    'http.request.method': 'GET',
    'url.template': '/chat/sessions/{session_id}',
    'url.scheme': 'http',
    'server.address': '127.0.0.1',
    'server.port': expect.any(Number),
    'http.response.status_code': 404,
    'error.type': '404',
  });
  expect(JSON.stringify([notFound, failed])).not.toContain('no-such-session');
});
