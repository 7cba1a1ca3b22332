import type { SessionsClient } from '../client/client.ts';
import type { CallOptions } from '../client/http/deadline.ts';
import type { z } from '../contract/zod.ts';
import type { PresentContext, Presented } from '../presenters/rendering/rendering.ts';
import type { Ledger } from '../state/files/send-log.ts';

/** What a tool does to the world; the four MCP hints follow from it. */
export interface Effect {
  readonly write: boolean;
  /** May undo or end something. Only for writes. */
  readonly destructive: boolean;
  /** Calling again with the same arguments changes nothing more. */
  readonly idempotent: boolean;
  /** Reaches people outside: what it does cannot be called back. */
  readonly openWorld: boolean;
}

export const readEffect: Effect = { write: false, destructive: false, idempotent: true, openWorld: false };

/** How a person answered a question, or why there is no answer. */
export type Confirmation = 'accept' | 'decline' | 'cancel' | 'timeout' | 'failed' | 'unsupported';

/** The time as a tool that waits sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @throws when the call is cancelled meanwhile. */
  wait(ms: number): Promise<void>;
}

/** All that a tool may use. */
export interface ToolContext extends PresentContext {
  readonly client: SessionsClient;
  readonly clock: Clock;
  /** Tells the client how the call gets on, where it wants to know. */
  progress(message: string): void;
  /** Passed to every request: the caller's cancellation, the call's deadline, and who is told of waiting. */
  readonly call: CallOptions & { readonly signal: AbortSignal; readonly deadline: number };
  /** The record of recent sends. */
  readonly ledger: Ledger;
  /** Whether the operator lets the model vouch for a person's identity. */
  readonly allowVerified: boolean;
  /** Asks the person at the client, who has so long to answer; absent where sends need no confirmation. */
  readonly confirm?: ((question: string, timeoutMs: number) => Promise<Confirmation>) | undefined;
  /** The time of the newest message that was shown of each session, by session id, as long as the server runs. */
  readonly lastRead: Map<string, string>;
}

/** One tool: plain data and two functions. It catches nothing; the server's boundary turns errors into results. */
export interface Tool<Input extends z.ZodTypeAny, Result, Output extends z.ZodTypeAny> {
  /** snake_case; its file carries the same name in kebab-case. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  readonly input: Input;
  readonly output: Output;
  // Methods, not properties: TypeScript then lets a registry hold tools of different inputs.
  /** Does the work: API calls, nothing else. */
  run(input: z.output<Input>, context: ToolContext): Promise<Result>;
  /** Turns what `run` found into what the model reads. */
  present(
    result: Result,
    context: PresentContext,
  ): Presented<z.output<Output>> | Promise<Presented<z.output<Output>>>;
}

/** The identity function; it is there for the types. */
export function defineTool<Input extends z.AnyZodObject, Result, Output extends z.AnyZodObject>(
  tool: Tool<Input, Result, Output>,
): Tool<Input, Result, Output> {
  return tool;
}
