import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import { type CallDependencies, executeCall, recordRefusal } from '../pipeline/call.ts';
import type { CallsUnderWay } from '../pipeline/calls-under-way.ts';
import { cleanLine } from '../text/clean.ts';
import { Deadline } from '../time/deadline.ts';
import type { AnyTool } from '../tools/index.ts';
import { listSessions } from '../tools/list-sessions.ts';
import { type CallRequest, callerOf } from './caller.ts';
import { elicit, executeWithElicitation } from './elicitation.ts';
import { instructions } from './instructions.ts';
import type { Principal } from './principal.ts';
import { registerPrompts } from './prompts.ts';
import { RawArguments } from './raw-arguments.ts';
import { type ReadTool, registerResources } from './resources.ts';
import { describeTool } from './tool-description.ts';
import { toolResult } from './tool-result.ts';

export interface SessionsServer {
  connect(transport: Transport): Promise<void>;
  /** Aborts the calls under way and closes the transport. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly version: string;
  /** The tools to offer. Calls of others are refused. */
  readonly tools: readonly AnyTool[];
  readonly dependencies: CallDependencies;
  readonly principal: Principal;
  readonly callsUnderWay: CallsUnderWay;
  /** Longest time of one call in milliseconds, everything included. */
  readonly callTimeoutMs: number;
}

/** Sessions listed as resources and offered for completion. Probably one page of the API. */
const recentCount = 25;

/** Clients ask for the recent sessions unasked, often before they show anything. */
const recentTimeoutMs = 5000;

/**
 * Replaces the SDK's JSON Schema validator, which would take a fifth of the startup time. The SDK uses it for forms that
 * a person fills in, and ours have no fields.
 */
const acceptAnything: jsonSchemaValidator = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

/**
 * An MCP server. It keeps nothing between requests: what is remembered belongs to the principal.
 *
 * `tools/list` and `tools/call` are not answered by McpServer's own registry, which adds draft-07 to every schema (Claude
 * clients then reject the list), drops unknown arguments silently, and answers an unknown tool with a result.
 */
export function createServer(options: ServerOptions): SessionsServer {
  const { tools, principal, callsUnderWay, callTimeoutMs } = options;
  const mcp = new McpServer(
    { name: 'opencx-sessions', title: 'OpenCX sessions', version: options.version },
    { instructions: instructions(tools), jsonSchemaValidator: acceptAnything },
  );
  // If it were passed with the options, McpServer would add its own handlers.
  mcp.server.registerCapabilities({ tools: {} });
  const dependencies = { ...options.dependencies, toolNames: tools.map(({ name }) => name) };
  const descriptions = tools.map(describeTool);
  const rawArguments = new RawArguments();

  mcp.server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: descriptions }));
  const execute = (
    tool: AnyTool,
    callArguments: unknown,
    request: CallRequest,
    timeoutMs = callTimeoutMs,
  ) => {
    const deadline = Deadline.after(timeoutMs);
    const caller = callerOf(request, principal, deadline);
    const outcome = executeWithElicitation(
      (confirmation) => executeCall(tool, callArguments, dependencies, { ...caller, confirmation }),
      elicit(mcp.server, caller.abortController.signal),
      deadline,
    );
    return callsUnderWay.track(outcome);
  };
  mcp.server.setRequestHandler(CallToolRequestSchema, async ({ params: { name } }, extra) => {
    const callArguments = rawArguments.take(extra.requestId);
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) {
      await callsUnderWay.track(recordRefusal(name, callArguments, dependencies));
      throw unknownTool(name, tools);
    }
    return toolResult(await execute(tool, callArguments, extra));
  });

  const read: ReadTool = (tool, callArguments, signal) => execute(tool, callArguments, { signal });
  const listRecent = (signal: AbortSignal) =>
    execute(listSessions, { limit: recentCount }, { signal }, Math.min(callTimeoutMs, recentTimeoutMs));

  const { recentSessions } = principal;
  registerResources(mcp, tools, read, listRecent, recentSessions);
  registerPrompts(mcp, tools, (prefix) => recentSessions.idsStartingWith(prefix, listRecent));

  return {
    connect: async (transport) => {
      await mcp.connect(transport);
      rawArguments.readFrom(transport);
    },
    close: () => mcp.close(),
  };
}

function unknownTool(name: string, tools: readonly AnyTool[]): McpError {
  const names = tools.map((tool) => tool.name).join(', ');
  return new McpError(
    ErrorCode.InvalidParams,
    `Unknown tool: ${cleanLine(name, 100)}. This server offers: ${names}.`,
  );
}
