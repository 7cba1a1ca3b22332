import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { ApiRequest } from '../../client/http/call-options.ts';
import type { ObservedRequest, Telemetry } from '../../pipeline/telemetry.ts';

export interface Traces {
  readonly telemetry: Telemetry;
  /** Exports what is left. */
  close(): Promise<void>;
}

/** A span for each request, and for each request to the API that it makes, is exported as JSON. The other variables of OpenTelemetry (`OTEL_*`) are read by its SDK. */
export function openTraces(version: string): Traces {
  const own = resourceFromAttributes({ 'service.name': 'opencx-sessions-mcp', 'service.version': version });
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('opencx-sessions-mcp', version);
  const propagator = new W3CTraceContextPropagator();
  /** The span of the request that is being answered. */
  const current = new AsyncLocalStorage<Context>();
  return {
    telemetry: {
      begin(request) {
        const { method, tool } = request;
        const parent: Context = propagator.extract(ROOT_CONTEXT, request.meta ?? {}, fromMeta);
        const span = tracer.startSpan(
          tool === undefined ? method : `${method} ${tool}`,
          { kind: SpanKind.SERVER, attributes: attributesOf(request) },
          parent,
        );
        return {
          run: (work) => current.run(trace.setSpan(parent, span), work),
          end: ({ errorType }) => finish(span, errorType),
        };
      },
      upstream(request) {
        const { method, route } = request;
        const span = tracer.startSpan(
          `${method} ${route}`,
          { kind: SpanKind.CLIENT, attributes: attributesOfApi(request) },
          current.getStore() ?? ROOT_CONTEXT,
        );
        return ({ status, error }) => {
          if (status !== undefined) span.setAttribute('http.response.status_code', status);
          finish(span, status !== undefined && status >= 400 ? String(status) : error);
        };
      },
      waited: () => {},
      wrote: () => {},
    },
    close: () => provider.shutdown(),
  };
}

function finish(span: Span, errorType: string | undefined): void {
  if (errorType !== undefined) {
    span.setAttribute('error.type', errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

const fromMeta: TextMapGetter<Readonly<Record<string, unknown>>> = {
  keys: (meta) => Object.keys(meta),
  get: (meta, key) => (typeof meta[key] === 'string' ? meta[key] : undefined),
};

/** Names by the conventions of OpenTelemetry for MCP. */
function attributesOf({ method, tool, transport, protocolVersion }: ObservedRequest) {
  return {
    'mcp.method.name': method,
    'network.transport': transport === 'http' ? 'tcp' : 'pipe',
    ...(protocolVersion !== undefined && { 'mcp.protocol.version': protocolVersion.slice(0, 20) }),
    ...(tool !== undefined && { 'gen_ai.tool.name': tool, 'gen_ai.operation.name': 'execute_tool' }),
  };
}

/** Names by the conventions for HTTP clients. `url.full` is left out: it has session ids and what was searched for. */
function attributesOfApi({ method, route, origin, repeats }: ApiRequest) {
  const { protocol, hostname, port } = new URL(origin);
  return {
    'http.request.method': method,
    'url.template': route,
    'url.scheme': protocol.slice(0, -1),
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'http:' ? 80 : 443),
    ...(repeats > 0 && { 'http.request.resend_count': repeats }),
  };
}
