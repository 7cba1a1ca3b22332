import type { Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import type { AnyTool } from '../tools/index.ts';
import { toJsonSchema } from './json-schema.ts';

/** The tool as `tools/list` describes it. The bundle contains the results of this function instead: see scripts/build.mjs. */
export function describeTool({ name, title, description, effect, input, output }: AnyTool): McpTool {
  return {
    name,
    title,
    description,
    inputSchema: toJsonSchema(input) as McpTool['inputSchema'],
    outputSchema: toJsonSchema(output) as McpTool['outputSchema'],
    annotations: {
      title,
      readOnlyHint: !effect.write,
      destructiveHint: effect.destructive,
      idempotentHint: effect.idempotent,
      openWorldHint: effect.openWorld,
    },
  };
}
