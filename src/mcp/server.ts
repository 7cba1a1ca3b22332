import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type ProgressToken,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import { type CallDependencies, type Caller, callTool, perform, recordRefusal } from '../pipeline/call.ts';
import type { AnyTool } from '../tools/index.ts';
import { listSessions } from '../tools/list-sessions.ts';
import { answerCallsDirectly, type CallHandler } from './direct-calls.ts';
import { instructions } from './instructions.ts';
import { registerPrompts } from './prompts.ts';
import { recentSessions } from './recent-sessions.ts';
import { registerResources } from './resources.ts';
import { describeTool } from './tool-description.ts';

export interface SessionsServer {
  connect(transport: Transport): Promise<void>;
  /** Resolves when no call is under way and every answer is written. */
  idle(): Promise<void>;
  /** Aborts the calls under way and closes the transport. */
  close(): Promise<void>;
}

export interface ServerOptions extends CallDependencies {
  readonly version: string;
  /** The tools to offer; any other is refused when called. */
  readonly tools: readonly AnyTool[];
  /** Called when the tools have been listed and that answer is written: time for what no start should wait for. */
  readonly onListed?: () => void;
}

/** Sessions listed as resources and offered in completion: the API's first page, as far as is known. */
const recentCount = 25;

/**
 * Stands for the SDK's JSON Schema validator, which would be a fifth of the start. The SDK needs one for the forms
 * that a person fills in, and ours have no fields.
 */
const yesOrNo: jsonSchemaValidator = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

/**
 * The MCP server. `tools/list` and `tools/call` are answered here and not by McpServer's own registry, which stamps
 * draft-07 on every schema (Claude's clients then reject the list), drops unknown arguments silently, and answers
 * an unknown tool as a result.
 */
export function createServer(options: ServerOptions): SessionsServer {
  const { tools } = options;
  const mcp = new McpServer(
    { name: 'opencx-sessions', title: 'OpenCX sessions', version: options.version },
    { instructions: instructions(tools), jsonSchemaValidator: yesOrNo },
  );
  // Given with the other options, it would bring McpServer's own handlers.
  mcp.server.registerCapabilities({ tools: {} });
  const dependencies = { ...options, toolNames: tools.map(({ name }) => name) };
  const listed = tools.map(describeTool);
  const underWay = new Set<Promise<unknown>>();
  const lastRead = new Map<string, string>();

  const track = <T>(call: Promise<T>): Promise<T> => {
    underWay.add(call);
    return call.finally(() => underWay.delete(call));
  };

  mcp.server.setRequestHandler(ListToolsRequestSchema, () => {
    // Timers come up in the next turn of the event loop; the answer is written at the end of this one.
    if (options.onListed) setTimeout(options.onListed, 0);
    return { tools: listed };
  });
  const call: CallHandler = async ({ name, arguments: given, _meta }, id, ending) => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) {
      await track(recordRefusal(name, given, dependencies));
      const names = tools.map((one) => one.name).join(', ');
      throw new McpError(
        ErrorCode.InvalidParams,
        `Unknown tool: ${name.slice(0, 100)}. This server offers: ${names}.`,
      );
    }
    const asked = { id, progressToken: _meta?.progressToken, ending };
    return track(callTool(tool, given, dependencies, callerOf(mcp, asked, lastRead)));
  };
  mcp.server.setRequestHandler(CallToolRequestSchema, ({ params }, { requestId, signal }) =>
    call(params, requestId, endedWith(signal)),
  );

  // A resource is read by the tool of the same content. It tells nobody how it gets on, and asks nobody.
  const read = (tool: AnyTool, given: object, cancelled: AbortSignal) => {
    const quiet = { progress: () => {}, confirm: async () => 'unsupported' as const };
    return track(perform(tool, given, dependencies, { ...quiet, ending: endedWith(cancelled), lastRead }));
  };
  const recent = recentSessions((signal) => read(listSessions, { limit: recentCount }, signal));
  registerResources(mcp, tools, recent, read);
  registerPrompts(mcp, tools, recent);

  return {
    connect: async (transport) => {
      await mcp.connect(transport);
      answerCallsDirectly(transport, call);
    },
    idle: async () => {
      // A turn of the event loop lets a message just read become a call, and a finished call's answer be written.
      do {
        await Promise.allSettled(underWay);
        await new Promise((resolve) => setImmediate(resolve));
      } while (underWay.size > 0);
    },
    close: () => mcp.close(),
  };
}

/** A controller of our own for a signal of the SDK's. */
function endedWith(signal: AbortSignal): AbortController {
  const ending = new AbortController();
  const end = () => ending.abort(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return ending;
}

/** What of a request matters to its caller. */
interface Asked {
  readonly id: RequestId;
  readonly progressToken: ProgressToken | undefined;
  readonly ending: AbortController;
}

/** The client behind a call: its cancellation, its wish for progress, and the person it can ask. */
function callerOf(
  mcp: McpServer,
  { id, progressToken, ending }: Asked,
  lastRead: Map<string, string>,
): Caller {
  let progress = 0;
  return {
    ending,
    lastRead,
    progress(message) {
      if (progressToken === undefined || ending.signal.aborted) return;
      progress += 1;
      const params = { progressToken, progress, message };
      const about = { relatedRequestId: id };
      // A client that is gone needs no progress.
      mcp.server.notification({ method: 'notifications/progress', params }, about).catch(() => {});
    },
    async confirm(question, timeout) {
      // A client may know the form of a link only.
      if (!mcp.server.getClientCapabilities()?.elicitation?.form) return 'unsupported';
      const requestedSchema = { type: 'object' as const, properties: {} };
      try {
        const options = { signal: ending.signal, timeout };
        const { action } = await mcp.server.elicitInput({ message: question, requestedSchema }, options);
        return action;
      } catch (error) {
        // No answer in time, or none that can be read, is no yes.
        return error instanceof McpError && error.code === ErrorCode.RequestTimeout ? 'timeout' : 'failed';
      }
    },
  };
}
