import type { ObservedRequest, Telemetry } from '../pipeline/telemetry.ts';
import { cardToolNames, tools } from '../tools/index.ts';
import { RequestError } from './request-error.ts';

/** The request around a handler, as the door knows it. */
export type Door = Pick<ObservedRequest, 'transport' | 'protocolVersion'>;

/** What may become a label. A name that a client made up must not. */
const toolNames = new Set<string | undefined>([...tools.map(({ name }) => name), ...cardToolNames]);

/** Runs the handler of a request, and tells how it ended. */
export async function observed<Result>(
  telemetry: Telemetry | undefined,
  { method, name, meta, ...door }: Door & { method: string; name?: string; meta?: ObservedRequest['meta'] },
  run: () => Result | Promise<Result>,
): Promise<Result> {
  if (telemetry === undefined) return run();
  const started = performance.now();
  const tool = toolNames.has(name) ? name : undefined;
  const observation = telemetry.begin({ ...door, method, tool, meta });
  const finish = (errorType: string | undefined) =>
    observation.end({ seconds: (performance.now() - started) / 1000, errorType });
  try {
    const result = await observation.run(run);
    finish(Object(result).isError === true ? 'tool_error' : undefined);
    return result;
  } catch (error) {
    finish(error instanceof RequestError ? String(error.code) : '_OTHER');
    throw error;
  }
}
