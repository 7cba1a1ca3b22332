import type { CallDependencies, Outcome } from '../../../src/pipeline/call.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { plainDoor } from '../doors/plain-door.ts';
import { contextOf, fakeClock, now } from '../fakes/fakes.ts';
import type { FakeApi } from './fake-api.ts';

export interface Called {
  readonly outcome: Exclude<Outcome, { kind: 'input_required' }>;
  /** The view as the presenter returned it. Undefined if the call failed before. */
  readonly presented: unknown;
  /** Errors that no part of the pipeline expects. */
  readonly unexpected: readonly unknown[];
}

/** Calls a tool, registered or not, through the pipeline. The clock stands still until the tool waits. */
export async function callTool(
  tool: AnyTool,
  callArguments: object,
  { client }: FakeApi,
  redaction?: CallDependencies['redaction'],
): Promise<Called> {
  let presented: unknown;
  const unexpected: unknown[] = [];
  const door = plainDoor({
    client,
    sendLog: contextOf({}).sendLog,
    allowVerified: true,
    redaction,
    confirmSends: false,
    logger: { info: () => {}, error: (fields) => unexpected.push((fields as { err: unknown }).err) },
    clock: { ...fakeClock(), now: () => now.getTime() },
  });
  const watched: AnyTool = {
    ...tool,
    present: async (result, context) => {
      const answer = await tool.present(result, context);
      presented = answer.view;
      return answer;
    },
  };
  const outcome = await door(watched, callArguments);
  return { outcome, presented, unexpected };
}
