import {
  CLIENT_CAPABILITIES_META_KEY,
  type jsonSchemaValidator,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { CallRequest } from '../caller.ts';
import { canShowCard } from '../card/extension.ts';
import { createDefinition, type DefinitionOptions } from '../definition.ts';
import { type Door, observed } from '../observe.ts';
import { toolResult } from '../tool-result.ts';
import type { SendApproval } from './send-approval.ts';

export interface MountOptions extends DefinitionOptions {
  /** Names the principal: an answer to a question counts for the same one only. */
  readonly principalId: string;
  readonly approval: SendApproval;
  /** The door of the request. */
  readonly door: Door;
  /** Whether the client can show the card, where a request does not say what the client can do. */
  readonly canShowCard?: boolean | undefined;
  /** The arguments of a call as the client sent them. */
  takeArguments(requestId: string | number): unknown;
}

/** What a request says of its client. The SDK's type has no members. */
type Envelope = { readonly [CLIENT_CAPABILITIES_META_KEY]?: unknown } | undefined;

/** How long a client may keep what depends on nothing but the server and the role. */
const listTtlMs = 300_000;

/** Nobody validates forms: ours have no fields. The SDK's own validator would add 155 KB to the bundle. */
const acceptAnything: jsonSchemaValidator = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

/** Answers may depend on the role, so no shared cache may keep them. */
const kept = { ttlMs: listTtlMs, cacheScope: 'private' } as const;

/**
 * Mounts the definition on the second generation of the SDK. Over HTTP it speaks version 2026-07-28 of the protocol and,
 * without sessions, the older ones; on stdio only the newer one.
 * @param era of the request, or of the connection.
 */
export function mountServer(options: MountOptions, era: 'legacy' | 'modern'): Server {
  const { approval, principalId } = options;
  const definition = createDefinition(options);
  const { info, capabilities, instructions } = definition;
  const server = new Server(info, {
    capabilities,
    instructions,
    jsonSchemaValidator: acceptAnything,
    cacheHints: {
      'server/discover': kept,
      'tools/list': kept,
      'prompts/list': kept,
      'resources/templates/list': kept,
    },
  });

  const observe = <Result>(
    { mcpReq }: ServerContext,
    method: string,
    run: () => Result | Promise<Result>,
    name?: string,
  ) => {
    const { telemetry } = options.dependencies;
    return observed(telemetry, { method, meta: mcpReq._meta, ...(name && { name }), ...options.door }, run);
  };

  const requestOf = (context: ServerContext): CallRequest => {
    const { mcpReq } = context;
    const capabilities = (mcpReq.envelope as Envelope)?.[CLIENT_CAPABILITIES_META_KEY];
    return {
      signal: mcpReq.signal,
      client: clientOf(context, server),
      canShowCard: era === 'legacy' ? options.canShowCard : canShowCard(capabilities),
      progressToken: mcpReq._meta?.progressToken,
      sendProgress: (params) => mcpReq.notify({ method: 'notifications/progress', params }),
    };
  };

  server.setRequestHandler('tools/list', (_, context) =>
    observe(context, 'tools/list', () => definition.listTools(requestOf(context)) as Promise<never>),
  );
  server.setRequestHandler('tools/call', ({ params: { name } }, context) => {
    const { id, requestState, inputResponses } = context.mcpReq;
    const call = {
      tool: name,
      arguments: options.takeArguments(id),
      principal: principalId,
      requestState: requestState(),
      inputResponses,
    };
    const request = requestOf(context);
    const run = () =>
      definition.callTool(name, call.arguments, request, async (execute) => {
        // Without a session no question can be sent to the client while a call waits.
        const noWay = { answer: 'unsupported', digest: '' } as const;
        const outcome = await execute(era === 'legacy' ? noWay : await approval.answer(call));
        return outcome.kind === 'input_required' ? approval.question(call, outcome) : toolResult(outcome);
      });
    return observe(context, 'tools/call', run, name);
  });
  if (capabilities['prompts']) {
    server.setRequestHandler('prompts/list', (_, context) =>
      observe(context, 'prompts/list', () => definition.listPrompts() as never),
    );
    server.setRequestHandler('prompts/get', ({ params }, context) =>
      observe(context, 'prompts/get', () => definition.getPrompt(params.name, params.arguments)),
    );
  }
  if (capabilities['resources']) {
    server.setRequestHandler('resources/list', (_, context) =>
      observe(context, 'resources/list', () => definition.listResources(context.mcpReq.signal)),
    );
    server.setRequestHandler('resources/templates/list', (_, context) =>
      observe(context, 'resources/templates/list', () => definition.listResourceTemplates()),
    );
    server.setRequestHandler('resources/read', ({ params }, context) =>
      observe(context, 'resources/read', () => definition.readResource(params.uri, requestOf(context))),
    );
  }
  if (capabilities['completions']) {
    server.setRequestHandler('completion/complete', ({ params }, context) =>
      observe(context, 'completion/complete', () => definition.complete(params.ref, params.argument)),
    );
  }
  return server;
}

/** The newer version names the client in each request, the older ones when a connection begins. */
function clientOf({ mcpReq }: ServerContext, server: Server): string | undefined {
  const { name } = Object(
    (mcpReq.envelope as Record<string, unknown> | undefined)?.['io.modelcontextprotocol/clientInfo'],
  ) as { name?: unknown };
  return typeof name === 'string' ? name : server.getClientVersion()?.name;
}
