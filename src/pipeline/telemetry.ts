import type { ApiRequest, ApiRequestEnd } from '../client/http/call-options.ts';

/** One request of the protocol, in words that are few: none of them is a client's own. */
export interface ObservedRequest {
  /** Such as `tools/call`. */
  readonly method: string;
  /** Only of tools that exist. */
  readonly tool?: string | undefined;
  readonly transport: 'http' | 'stdio';
  readonly protocolVersion?: string | undefined;
  /** `_meta` of the request: a trace that it belongs to may be named there (`traceparent`). */
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

/** How a request or a call ended. */
export interface ObservedEnd {
  readonly seconds: number;
  /** Why it failed, as one of few words: `tool_error`, the code of an error, or `_OTHER`. */
  readonly errorType?: string | undefined;
}

/** A request that is being observed. */
export interface Observation {
  /** Does the work of the request, so that its requests to the API are known to belong to it. */
  run<Result>(work: () => Result): Result;
  /** To be called at the end. */
  end(end: ObservedEnd): void;
}

/** What a server tells about its work, for metrics and traces: neither ids nor words of anybody. */
export interface Telemetry {
  begin(request: ObservedRequest): Observation;
  /** A request to the API. @returns a function to call at its end. */
  upstream(request: ApiRequest): (end: ApiRequestEnd) => void;
  /** A call waited for the rate budget, or to repeat a request. */
  waited(reason: string, seconds: number): void;
  /** A call of a tool that changes something ended. */
  wrote(tool: string, outcome: string): void;
}
