import { randomBytes } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { SessionsClient } from '../client/client.ts';
import { type Failure, failureText } from '../presenters/failure.ts';
import type { AnyTool } from '../tools/index.ts';
import { parseArguments } from './arguments.ts';
import { failureOf, internalFailure } from './errors.ts';

/** Where the server writes what it does; structured, and never message text, names or keys. */
export interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every call of one server shares. */
export interface CallDependencies {
  readonly client: SessionsClient;
  readonly allowVerified: boolean;
  /** Longest time of one call in milliseconds, all included. */
  readonly callTimeoutMs: number;
  readonly log: Log;
}

/**
 * One tool call from arguments to result: parse, run, present, check against the advertised schema. The only place
 * that knows this order, and the boundary that every error stops at.
 * @param cancelled aborted when the MCP client cancels the call.
 */
export async function callTool(
  tool: AnyTool,
  given: unknown,
  dependencies: CallDependencies,
  cancelled: AbortSignal,
): Promise<CallToolResult> {
  const { log } = dependencies;
  const started = performance.now();
  const nonce = randomBytes(6).toString('hex');
  const finish = (result: CallToolResult, outcome: string) => {
    log.info({ tool: tool.name, outcome, ms: Math.round(performance.now() - started) }, 'call');
    return result;
  };

  const parsed = parseArguments(tool.input, given);
  if (!parsed.ok) {
    const failure = {
      what: parsed.problem,
      changed: 'Nothing was changed.',
      next: 'Correct it and call again.',
    };
    return finish(errorResult(failure, nonce), 'invalid_arguments');
  }
  try {
    const { client, allowVerified, callTimeoutMs } = dependencies;
    const context = {
      client,
      allowVerified,
      now: new Date(),
      nonce,
      signal: AbortSignal.any([cancelled, AbortSignal.timeout(callTimeoutMs)]),
    };
    const result = await tool.run(parsed.value as Record<string, unknown>, context);
    const { view, text } = await tool.present(result, context);
    // Parsed, not just sent: a key that the schema does not name would make the client throw.
    const structuredContent = tool.output.parse(view);
    return finish({ content: [{ type: 'text', text }], structuredContent }, 'ok');
  } catch (error) {
    const failure = failureOf(error, tool);
    if (failure === undefined) log.error({ tool: tool.name, err: error }, 'unexpected error');
    return finish(errorResult(failure ?? internalFailure(tool), nonce), (error as Error).name);
  }
}

function errorResult(failure: Failure, nonce: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: failureText(failure, nonce) }] };
}
