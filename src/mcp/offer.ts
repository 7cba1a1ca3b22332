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

export function offerOf(tools: readonly AnyTool[]): Offer {
  const prompts = promptsFor(tools);
  const templates = templatesFor(tools);
  return {
    tools,
    descriptions: tools.map(describeTool),
    instructions: instructions(tools),
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
