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

/** What a server tells about its work, for metrics and traces: neither ids nor words of anybody. */
export interface Telemetry {
  /** @returns a function to call at the end of the request. */
  begin(request: ObservedRequest): (end: ObservedEnd) => void;
  /** A request to the API was answered; `status` is undefined if it was not. */
  upstream(status: number | undefined): void;
  /** A call waited for the rate budget, or to repeat a request. */
  waited(reason: string, seconds: number): void;
  /** A call of a tool that changes something ended. */
  wrote(tool: string, outcome: string): void;
}
