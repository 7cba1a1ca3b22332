import type { AnyTool } from '../tools/index.ts';
import { type ObjectSchema, toJsonSchema } from './json-schema.ts';

/** A tool as `tools/list` describes it. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
  readonly annotations: Readonly<Record<string, string | boolean>>;
}

/** The tool as `tools/list` describes it. The bundle contains the results of this function instead: see scripts/build.mjs. */
export function describeTool({ name, title, description, effect, input, output }: AnyTool): ToolDescription {
  return {
    name,
    title,
    description,
    inputSchema: toJsonSchema(input),
    outputSchema: toJsonSchema(output),
    annotations: {
      title,
      readOnlyHint: !effect.write,
      destructiveHint: effect.destructive,
      idempotentHint: effect.idempotent,
      openWorldHint: effect.openWorld,
    },
  };
}
