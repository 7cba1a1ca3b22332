import type { AnyTool } from '../tools/index.ts';
import { type ObjectSchema, toJsonSchema } from './json-schema.ts';

/** A tool as `tools/list` describes it. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema?: ObjectSchema;
  readonly annotations: Readonly<Record<string, string | boolean>>;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

const described = new WeakMap<AnyTool, ToolDescription>();

/**
 * The tool as `tools/list` describes it. Each is described once, because many offers contain it: each role of a team has
 * its own. The bundle contains the results of this function instead: see scripts/build.mjs.
 */
export function describeTool(tool: AnyTool): ToolDescription {
  const description = described.get(tool) ?? describe(tool);
  described.set(tool, description);
  return description;
}

function describe(tool: AnyTool): ToolDescription {
  const { name, title, description, effect, input, output, showsImages } = tool;
  return {
    name,
    title,
    description,
    inputSchema: toJsonSchema(input),
    // Whoever publishes an output schema has to answer with JSON always, and clients hide pictures next to JSON.
    ...(showsImages ? {} : { outputSchema: toJsonSchema(output) }),
    annotations: {
      title,
      readOnlyHint: !effect.write,
      destructiveHint: effect.destructive,
      idempotentHint: effect.idempotent,
      openWorldHint: effect.openWorld,
    },
  };
}
