import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { Answer } from '../../conversations/context.ts';
import type { Deadline } from '../../time/deadline.ts';
import type { Execute } from '../definition.ts';
import type { FinalOutcome } from '../tool-result.ts';

/** Asks the person at the client; @returns `timeout` if there is no answer by the deadline. */
export type Ask = (question: string, deadline: Deadline) => Promise<Answer>;

/** Part of the call's remaining time that a person has to answer. The rest is for the send. */
const askShare = 0.8;

/** Executes a call. While it ends with a question, asks that and executes the call again with the answer. */
export async function executeWithElicitation(
  execute: Execute,
  ask: Ask,
  deadline: Deadline,
): Promise<FinalOutcome> {
  let outcome = await execute();
  while (outcome.kind === 'input_required') {
    const answer = await ask(outcome.question, deadline.share(askShare));
    outcome = await execute({ answer, digest: outcome.digest });
  }
  return outcome;
}

/** Asks by MCP elicitation: a form without fields, to accept or decline. */
export function elicit(server: Server, signal: AbortSignal): Ask {
  return async (question, deadline) => {
    // Some clients can only open links.
    if (!server.getClientCapabilities()?.elicitation?.form) return 'unsupported';
    const request = { message: question, requestedSchema: { type: 'object' as const, properties: {} } };
    try {
      const { action } = await server.elicitInput(request, { signal, timeout: deadline.remainingMs });
      return action;
    } catch (error) {
      // Only an answer that can be read is an approval.
      return error instanceof McpError && error.code === ErrorCode.RequestTimeout ? 'timeout' : 'failed';
    }
  };
}
