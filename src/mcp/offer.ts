import type { AnyTool } from '../tools/index.ts';
import { instructions } from './instructions.ts';
import type { Prompt } from './prompts/prompt.ts';
import { promptsFor } from './prompts/prompts.ts';
import { type ResourceTemplate, templatesFor } from './resources/resources.ts';
import { describeTool, type ToolDescription } from './tool-description.ts';

export type ReadCard = () => Promise<string>;

/** What a server offers to whoever may use these tools. It depends on nothing else, so many requests share one. */
export interface Offer {
  readonly tools: readonly AnyTool[];
  readonly descriptions: readonly ToolDescription[];
  readonly instructions: string;
  readonly prompts: readonly Prompt[];
  readonly templates: readonly ResourceTemplate[];
  readonly capabilities: Readonly<Record<string, object>>;
  /** Whether personal data is replaced in answers. */
  readonly redacts: boolean;
  /** Reads the card, as HTML. Absent if no client is offered it. */
  readonly readCard?: ReadCard | undefined;
}

interface OfferOptions {
  /** Whether personal data is replaced in answers. */
  readonly redacts?: boolean;
  /** Reads the card, if clients that can show it are offered it. */
  readonly readCard?: ReadCard | undefined;
}

export function offerOf(tools: readonly AnyTool[], { redacts = false, readCard }: OfferOptions = {}): Offer {
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
      ...((readCard || templates.length > 0) && { resources: {} }),
      ...(prompts.length + templates.length > 0 && { completions: {} }),
    },
    redacts,
    readCard,
  };
}

/** Answers of a server that redacts also say how much they left out. */
export function withCounts(tool: ToolDescription): ToolDescription {
  const { outputSchema } = tool;
  if (outputSchema === undefined) return tool;
  const redacted = { type: 'object', additionalProperties: { type: 'number' } };
  return {
    ...tool,
    outputSchema: { ...outputSchema, properties: { ...outputSchema.properties, redacted } },
  };
}
