import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, type TextMapGetter } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { ObservedRequest, Telemetry } from '../../pipeline/telemetry.ts';

export interface Traces {
  readonly telemetry: Telemetry;
  /** Exports what is left. */
  close(): Promise<void>;
}

/** A span for each request is exported as JSON. The other variables of OpenTelemetry (`OTEL_*`) are read by its SDK. */
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
        return ({ errorType }) => {
          if (errorType !== undefined) {
            span.setAttribute('error.type', errorType);
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        };
      },
      upstream: () => {},
      waited: () => {},
      wrote: () => {},
    },
    close: () => provider.shutdown(),
  };
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
