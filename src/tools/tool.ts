import type { z } from '../contract/zod.ts';
import type { Context } from '../conversations/context.ts';
import type { InputRequired } from '../conversations/sending/send-question.ts';
import type { PresentContext, Presented } from '../presenters/rendering/rendering.ts';

/** What a tool does to the world. The four MCP hints follow from it. */
export interface Effect {
  readonly write: boolean;
  /** May undo or end something. Only for writes. */
  readonly destructive: boolean;
  /** Calling it again with the same arguments changes nothing more. */
  readonly idempotent: boolean;
  /** Reaches people outside and cannot be undone. */
  readonly openWorld: boolean;
}

export const readEffect: Effect = { write: false, destructive: false, idempotent: true, openWorld: false };

/** A tool: data and two functions. It catches nothing; the pipeline turns errors into failures. */
export interface Tool<Input extends z.ZodTypeAny, Result, Output extends z.ZodTypeAny> {
  /** snake_case. Its file has the same name in kebab-case. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  readonly input: Input;
  readonly output: Output;
  /** Whether an answer may come with pictures. Such a tool publishes no output schema: see mcp/tool-result.ts. */
  readonly showsImages?: true;
  // Methods, not properties: TypeScript then lets a registry hold tools of different inputs.
  /** Does the work by way of `conversations/`. It may end with `InputRequired` instead of a result. */
  run(input: z.output<Input>, context: Context): Promise<Result>;
  /** Turns the result of `run` into what the model reads. */
  present(
    result: Exclude<Result, InputRequired>,
    context: PresentContext,
  ): Presented<z.output<Output>> | Promise<Presented<z.output<Output>>>;
}

/** The identity function, for its types. */
export function defineTool<Input extends z.AnyZodObject, Result, Output extends z.AnyZodObject>(
  tool: Tool<Input, Result, Output>,
): Tool<Input, Result, Output> {
  return tool;
}
