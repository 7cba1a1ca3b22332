import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import { canShowCard } from '../card/extension.ts';
import { createDefinition, type DefinitionOptions } from '../definition.ts';
import { toolResult } from '../tool-result.ts';
import { elicit, executeWithElicitation } from './elicitation.ts';
import { RawArguments } from './raw-arguments.ts';

/** A server for one connection. */
export interface SessionsServer {
  connect(transport: Transport): Promise<void>;
  /** Aborts the calls under way and closes the transport. */
  close(): Promise<void>;
}

/**
 * Replaces the SDK's JSON Schema validator, which would take a fifth of the startup time. The SDK uses it for forms that
 * a person fills in, and ours have no fields.
 */
const acceptAnything: jsonSchemaValidator = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

/**
 * Mounts the definition on the first generation of the SDK, which speaks version 2025-11-25 of the protocol and older
 * ones. Its McpServer is not used: it adds draft-07 to every schema (Claude clients then reject the list), drops unknown
 * arguments silently, and answers an unknown tool with a result.
 */
export function createServer(options: DefinitionOptions): SessionsServer {
  const definition = createDefinition(options);
  const { info, capabilities, instructions } = definition;
  const server = new Server(info, { capabilities, instructions, jsonSchemaValidator: acceptAnything });
  const rawArguments = new RawArguments();

  const clientShowsCard = () => canShowCard(server.getClientCapabilities());

  server.setRequestHandler(
    ListToolsRequestSchema,
    (_, { signal }) => definition.listTools({ signal, canShowCard: clientShowsCard() }) as Promise<never>,
  );
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name } }, extra) => {
    const { signal, _meta, requestId, sendNotification } = extra;
    const request = {
      signal,
      client: server.getClientVersion()?.name,
      canShowCard: clientShowsCard(),
      progressToken: _meta?.progressToken,
      sendProgress: (params: { progressToken: string | number; progress: number; message: string }) =>
        sendNotification({ method: 'notifications/progress', params }),
    };
    const outcome = await definition.callTool(
      name,
      rawArguments.take(requestId),
      request,
      (execute, deadline, callSignal) =>
        executeWithElicitation(execute, elicit(server, callSignal), deadline),
    );
    return toolResult(outcome);
  });
  if (capabilities['prompts']) {
    server.setRequestHandler(ListPromptsRequestSchema, () => definition.listPrompts());
    server.setRequestHandler(GetPromptRequestSchema, ({ params }) =>
      definition.getPrompt(params.name, params.arguments),
    );
  }
  if (capabilities['resources']) {
    server.setRequestHandler(ListResourcesRequestSchema, (_, { signal }) => definition.listResources(signal));
    server.setRequestHandler(ListResourceTemplatesRequestSchema, () => definition.listResourceTemplates());
    server.setRequestHandler(ReadResourceRequestSchema, ({ params }, { signal }) =>
      definition.readResource(params.uri, { signal, canShowCard: clientShowsCard() }),
    );
  }
  if (capabilities['completions']) {
    server.setRequestHandler(CompleteRequestSchema, ({ params }) =>
      definition.complete(params.ref, params.argument),
    );
  }

  return {
    connect: async (transport) => {
      await server.connect(transport);
      rawArguments.readFrom(transport);
    },
    close: () => server.close(),
  };
}
