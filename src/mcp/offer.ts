import type { AnyTool } from '../tools/index.ts';
import { instructions } from './instructions.ts';
import type { Prompt } from './prompts/prompt.ts';
import { promptsFor } from './prompts/prompts.ts';
import { type ResourceTemplate, templatesFor } from './resources/resources.ts';
import { describeTool, type ToolDescription } from './tool-description.ts';

/** What a server offers to whoever may use these tools. It depends on nothing else, so many requests share one. */
export interface Offer {
  readonly tools: readonly AnyTool[];
  readonly descriptions: readonly ToolDescription[];
  readonly instructions: string;
  readonly prompts: readonly Prompt[];
  readonly templates: readonly ResourceTemplate[];
  readonly capabilities: Readonly<Record<string, object>>;
}

/** @param redacts whether personal data is replaced in answers. */
export function offerOf(tools: readonly AnyTool[], { redacts = false } = {}): Offer {
  const prompts = promptsFor(tools);
  const templates = templatesFor(tools);
  return {
    tools,
    descriptions: tools.map(describeTool).map((tool) => (redacts ? withCounts(tool) : tool)),
    instructions: instructions(tools, redacts),
    prompts,
    templates,
    // No lists change while a server runs, and no change of a session is announced.
    capabilities: {
      tools: {},
      ...(prompts.length > 0 && { prompts: {} }),
      ...(templates.length > 0 && { resources: {} }),
      ...(prompts.length + templates.length > 0 && { completions: {} }),
    },
  };
}

/** Answers of a server that redacts also say how much they left out. */
function withCounts(tool: ToolDescription): ToolDescription {
  const { outputSchema } = tool;
  if (outputSchema === undefined) return tool;
  const redacted = { type: 'object', additionalProperties: { type: 'number' } };
  return {
    ...tool,
    outputSchema: { ...outputSchema, properties: { ...outputSchema.properties, redacted } },
  };
}
