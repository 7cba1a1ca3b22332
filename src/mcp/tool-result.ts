import type { InputRequiredOutcome, Outcome } from '../pipeline/call.ts';

export type FinalOutcome = Exclude<Outcome, InputRequiredOutcome>;

/** The result of `tools/call`. */
export interface ToolResult {
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  [key: string]: unknown;
}

/** The outcome of a call as MCP expects it. A failed call is a result with `isError`, not a protocol error. */
export function toolResult(outcome: FinalOutcome): ToolResult {
  const content = [{ type: 'text' as const, text: outcome.text }];
  return outcome.kind === 'answer'
    ? { content, structuredContent: outcome.view }
    : { isError: true, content };
}
