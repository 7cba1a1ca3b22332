import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { FinalOutcome } from './elicitation.ts';

/** The outcome of a call as MCP expects it. A failed call is a result with `isError`, not a protocol error. */
export function toolResult(outcome: FinalOutcome): CallToolResult {
  const content = [{ type: 'text' as const, text: outcome.text }];
  return outcome.kind === 'answer'
    ? { content, structuredContent: outcome.view }
    : { isError: true, content };
}
