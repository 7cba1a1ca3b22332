import type { Telemetry } from '../../pipeline/telemetry.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Environment } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import type { Budget } from './metrics.ts';

export interface OpenTelemetry {
  readonly telemetry?: Telemetry | undefined;
  /** Where metrics are served, if they are. */
  readonly metricsUrl?: string | undefined;
  close(): Promise<void>;
}

/**
 * Opens metrics and traces where they are asked for. Their packages are loaded only then.
 * @throws ConfigurationError if the port of the metrics cannot be used.
 */
export async function openTelemetry(
  { metricsPort, host }: Settings<'http'>,
  env: Environment,
  version: string,
  budgets: () => readonly Budget[],
): Promise<OpenTelemetry> {
  const metrics = metricsPort === undefined ? undefined : await openMetrics(metricsPort, host, budgets);
  const isTraced = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const isOff = env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  const traces = isTraced && !isOff ? (await import('./traces.ts')).openTraces(version) : undefined;
  const parts = [metrics?.telemetry, traces?.telemetry].filter((part) => part !== undefined);
  return {
    telemetry: parts.length > 1 ? all(parts) : parts[0],
    metricsUrl: metrics?.url,
    async close() {
      await traces?.close().catch(() => {});
      await metrics?.close();
    },
  };
}

async function openMetrics(port: number, host: string, budgets: () => readonly Budget[]) {
  const { serveMetrics } = await import('./metrics.ts');
  try {
    return await serveMetrics({ port, host }, budgets);
  } catch (error) {
    throw new ConfigurationError(
      `--metrics-port: port ${port} on ${host} cannot be used (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function all(parts: readonly Telemetry[]): Telemetry {
  return {
    begin(request) {
      const observations = parts.map((part) => part.begin(request));
      return {
        run: (work) =>
          observations.reduce(
            (inner, { run }) =>
              () =>
                run(inner),
            work,
          )(),
        end: (end) => {
          for (const one of observations) one.end(end);
        },
      };
    },
    upstream(request) {
      const ends = parts.map((part) => part.upstream(request));
      return (end) => {
        for (const one of ends) one(end);
      };
    },
    waited: (reason, seconds) => {
      for (const part of parts) part.waited(reason, seconds);
    },
    wrote: (tool, outcome) => {
      for (const part of parts) part.wrote(tool, outcome);
    },
  };
}
