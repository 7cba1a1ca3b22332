import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ObservedRequest, Telemetry } from '../../pipeline/telemetry.ts';

/** Boundaries in seconds that the conventions of OpenTelemetry for MCP give, and the longest call by default. */
const buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** The versions of the protocol that may be a label. A client could name any other. */
const versions = new Set(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28']);

/** Outcomes are words of this program. Should one ever come from elsewhere, it is none of these. */
const maxOutcomes = 50;

/** The budget of one workspace. */
export interface Budget {
  /** As in the team file. */
  readonly workspace: string;
  remaining(): Promise<number>;
}

export interface Metrics {
  readonly telemetry: Telemetry;
  /** Where they are served. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Counts what the server does, and serves the numbers in the format of Prometheus at `/metrics` of a port of their own.
 * No label has an id or a word of a customer, a person or a client.
 * @param budgets of the team that is served when somebody looks.
 * @throws the error of the system if the port cannot be used.
 */
export async function serveMetrics(
  address: { port: number; host: string },
  budgets: () => readonly Budget[],
): Promise<Metrics> {
  const registry = new Registry();
  watchBudgets(registry, budgets);
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end('Metrics are at /metrics.\n');
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await listening(server, address);
  const { port, address: bound, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${bound}]` : bound;
  return {
    telemetry: countIn(registry),
    url: `http://${host}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function watchBudgets(registry: Registry, budgets: () => readonly Budget[]): void {
  const gauge = new Gauge({
    name: 'opencx_api_budget_remaining_requests',
    help: 'Requests to the API that are left of the budget of the last minute. Replicas that share Redis say the same',
    labelNames: ['workspace'],
    registers: [registry],
    async collect() {
      const values = await Promise.all(
        budgets().map(async ({ workspace, remaining }) => ({ workspace, left: await remaining() })),
      );
      // A workspace may have left the team.
      gauge.reset();
      for (const { workspace, left } of values) gauge.set({ workspace }, left);
    },
  });
}

/** Metrics of a registry. */
function countIn(registry: Registry): Telemetry {
  const registers = [registry];
  const durations = new Histogram({
    name: 'mcp_server_operation_duration_seconds',
    help: 'Duration of requests of the protocol. error_type is empty if they succeeded',
    labelNames: [
      'mcp_method_name',
      'gen_ai_tool_name',
      'error_type',
      'network_transport',
      'mcp_protocol_version',
    ],
    buckets,
    registers,
  });
  const upstream = new Counter({
    name: 'opencx_api_requests_total',
    help: 'Requests to the API, by the status of their answers',
    labelNames: ['status'],
    registers,
  });
  const waits = new Histogram({
    name: 'opencx_api_wait_seconds',
    help: 'Time that calls waited for the rate budget, or to repeat a request',
    labelNames: ['reason'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60],
    registers,
  });
  const writes = new Counter({
    name: 'opencx_writes_total',
    help: 'Calls of tools that change something, such as sends, by their outcomes',
    labelNames: ['gen_ai_tool_name', 'outcome'],
    registers,
  });
  const outcomes = new Set<string>();
  const known = (outcome: string) => {
    const isWord = /^[A-Za-z_]{1,40}$/.test(outcome);
    if (isWord && outcomes.size < maxOutcomes) outcomes.add(outcome);
    return outcomes.has(outcome) ? outcome : 'other';
  };
  return {
    begin: (request) => {
      const labels = labelsOf(request);
      return {
        run: (work) => work(),
        end: ({ seconds, errorType = '' }) =>
          durations.observe({ ...labels, error_type: errorType }, seconds),
      };
    },
    upstream:
      () =>
      ({ status }) =>
        upstream.inc({ status: statusLabel(status) }),
    waited: (reason, seconds) =>
      waits.observe({ reason: reason.includes('budget') ? 'budget' : 'retry' }, seconds),
    wrote: (tool, outcome) => writes.inc({ gen_ai_tool_name: tool, outcome: known(outcome) }),
  };
}

function labelsOf({ method, tool = '', transport, protocolVersion = '' }: ObservedRequest) {
  return {
    mcp_method_name: method,
    gen_ai_tool_name: tool,
    network_transport: transport === 'http' ? 'tcp' : 'pipe',
    mcp_protocol_version: versions.has(protocolVersion) ? protocolVersion : protocolVersion && 'other',
  };
}

/** `200`, `429`, `5xx`: few, and enough to tell whose fault it is. */
function statusLabel(status: number | undefined): string {
  if (status === undefined) return 'none';
  const single = [200, 400, 401, 403, 404, 429];
  return single.includes(status) ? String(status) : `${Math.floor(status / 100)}xx`;
}
