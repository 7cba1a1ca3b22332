import type { InputRequiredOutcome, Outcome } from '../pipeline/call.ts';

export type FinalOutcome = Exclude<Outcome, InputRequiredOutcome>;

/** The result of `tools/call`. */
export interface ToolResult {
  content: ({ type: 'text'; text: string } | { type: 'image'; data: string; mimeType: string })[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  [key: string]: unknown;
}

/**
 * The outcome of a call as MCP expects it. A failed call is a result with `isError`, not a protocol error.
 *
 * An answer with pictures has no `structuredContent`: Claude Code, Codex and opencode hand the model that alone where it
 * exists, and the pictures would be lost (anthropics/claude-code#54737 and #79944, anomalyco/opencode#32868).
 */
export function toolResult(outcome: FinalOutcome): ToolResult {
  const content = [{ type: 'text' as const, text: outcome.text }];
  if (outcome.kind === 'failure') return { isError: true, content };
  if (outcome.images === undefined) return { content, structuredContent: outcome.view };
  const images = outcome.images.map(({ type, data }) => ({ type: 'image' as const, data, mimeType: type }));
  return { content: [...content, ...images] };
}
