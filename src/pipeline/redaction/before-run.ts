import type { Context } from '../../conversations/context.ts';
import { standIn } from '../../text/personal-data/kinds.ts';
import type { AnyTool } from '../../tools/index.ts';
import type { Redaction } from './redaction.ts';

/**
 * A stand-in in the arguments of a call. It would be sent to the customer as it is, or searched for in vain.
 * @returns the sentence that refuses it; undefined if there is none. `attachment` may name a file as it was shown.
 */
export function standInProblem(callArguments: unknown): string | undefined {
  for (const [name, value] of Object.entries(callArguments as object)) {
    if (name === 'attachment') continue;
    if ((JSON.stringify(value) ?? '').search(standIn) >= 0) {
      return `\`${name}\` has a stand-in for redacted data, which means nothing outside this conversation. Leave it out: address a person without their name, and find a session by its id or ticket number.`;
    }
  }
  return undefined;
}

/** Reads the session that a call of a reading tool names, if names are to be replaced. Tools that write read it themselves. */
export async function withContact(
  { effect }: AnyTool,
  { input, context }: { readonly input: Readonly<Record<string, unknown>>; readonly context: Context },
  redaction: Redaction | undefined,
): Promise<Context> {
  const { session_id: id } = input;
  if (redaction === undefined || effect.write || typeof id !== 'string') return context;
  return redaction.withSession(id, context);
}
