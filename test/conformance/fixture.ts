// What the official conformance suite wants to call, mounted on the HTTP door of this program. Prints its address.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  createRequestStateCodec,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { listen } from '../../src/mcp/http/listen.ts';
import type { MountOptions } from '../../src/mcp/v2/server.ts';
import { appOf, roleOf, workspaceOf } from '../support/doors/team.ts';
import { contextOf } from '../support/fakes/fakes.ts';

type Result = Record<string, unknown>;
type Responses = Readonly<Record<string, { readonly [key: string]: unknown } | undefined>>;

/** A red pixel. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** A sound without a sample. */
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';

const text = (words: string) => ({ type: 'text', text: words });
const image = { type: 'image', data: png, mimeType: 'image/png' };
const audio = { type: 'audio', data: wav, mimeType: 'audio/wav' };
const embedded = (uri: string, words: string) => ({
  type: 'resource',
  resource: { uri, mimeType: 'text/plain', text: words },
});
const answer = (...content: object[]): Result => ({ content });
const ofUser = (...contents: object[]) => ({
  messages: contents.map((content) => ({ role: 'user', content })),
});

const elicitation = (message: string, field: string, type: 'string' | 'boolean' = 'string') =>
  inputRequired.elicit({
    message,
    requestedSchema: {
      type: 'object',
      properties: { [field]: { type } as { type: 'string' } },
      required: [field],
    },
  });
const sampling = (words: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }],
    maxTokens,
  });

const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';

const codec = createRequestStateCodec({ key: randomBytes(32), ttlSeconds: 600 });

/** The state of a question that the client repeats. @throws a protocol error if it is not ours. */
async function stateOf(context: ServerContext): Promise<{ step?: number } | undefined> {
  const state = context.mcpReq.requestState();
  if (state === undefined) return undefined;
  return codec.verify(String(state), undefined as never).catch(() => {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The requestState is not ours.');
  }) as Promise<{ step?: number }>;
}

/** Asks until there is an answer for each request. */
const asks =
  (requests: Parameters<typeof inputRequired>[0]['inputRequests'], words = 'Done.', isSigned = false) =>
  async (context: ServerContext): Promise<Result> => {
    const given = (context.mcpReq.inputResponses ?? {}) as Responses;
    await stateOf(context);
    if (Object.keys(requests ?? {}).every((key) => given[key] !== undefined)) return answer(text(words));
    const inputRequests = requests ?? {};
    return isSigned
      ? inputRequired({ inputRequests, requestState: await codec.mint({ step: '1' } as never) })
      : inputRequired({ inputRequests });
  };

const name = elicitation('What is your name?', 'name');

const tools: Readonly<Record<string, (context: ServerContext) => Result | Promise<Result>>> = {
  test_simple_text: () => answer(text('This is a simple text response for testing.')),
  test_image_content: () => answer(image),
  test_audio_content: () => answer(audio),
  test_embedded_resource: () => answer(embedded('test://embedded-resource', 'This is an embedded resource.')),
  test_multiple_content_types: () =>
    answer(text('Several kinds:'), image, embedded('test://mixed-content-resource', 'Mixed.')),
  test_error_handling: () => ({
    ...answer(text('This tool intentionally returns an error for testing')),
    isError: true,
  }),
  async test_tool_with_progress({ mcpReq }) {
    const { progressToken } = mcpReq._meta ?? {};
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        const params = { progressToken, progress, total: 100 };
        await mcpReq.notify({ method: 'notifications/progress', params });
      }
      await pause(50);
    }
    return answer(text('Done.'));
  },
  // It sends no log: nobody asks for one.
  test_logging_tool: () => answer(text('Done.')),
  test_missing_capability: asks({ greeting: sampling('Generate a greeting', 50) }),
  test_streaming_elicitation: asks({ user_name: name }),
  json_schema_2020_12_tool: () => answer(text('Done.')),
  test_input_required_result_elicitation: asks({ user_name: name }, 'Hello!'),
  test_input_required_result_sampling: asks({
    capital_question: sampling('What is the capital of France?', 100),
  }),
  test_input_required_result_list_roots: asks({ client_roots: inputRequired.listRoots() }),
  test_input_required_result_request_state: asks(
    { confirm: elicitation('Please confirm', 'ok', 'boolean') },
    'state-ok',
    true,
  ),
  test_input_required_result_multiple_inputs: asks(
    {
      user_name: name,
      greeting: sampling('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    },
    'Done.',
    true,
  ),
  test_input_required_result_tampered_state: asks(
    { confirm: elicitation('Please confirm', 'ok', 'boolean') },
    'Done.',
    true,
  ),
  async test_input_required_result_multi_round(context) {
    const given = (context.mcpReq.inputResponses ?? {}) as Responses;
    const { step } = (await stateOf(context)) ?? {};
    if (step === 2 && given['step2']) return answer(text('Done.'));
    const next = step === 1 && given['step1'] ? 2 : 1;
    const question =
      next === 1
        ? elicitation('Step 1: What is your name?', 'name')
        : elicitation('Step 2: What is your favorite color?', 'color');
    return inputRequired({
      inputRequests: { [`step${next}`]: question },
      requestState: await codec.mint({ step: next } as never),
    });
  },
  async test_input_required_result_capabilities(context) {
    const declared: object = Object(context.mcpReq.envelope)[capabilitiesKey];
    const inputRequests = {
      ...('elicitation' in declared && { user_name: name }),
      ...('sampling' in declared && { greeting: sampling('Generate a greeting', 50) }),
    };
    return Object.keys(inputRequests).length > 0 ? inputRequired({ inputRequests }) : answer(text('Done.'));
  },
};

/** Its keywords must arrive as they are. */
const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

const prompts = {
  test_simple_prompt: [],
  test_prompt_with_arguments: ['arg1', 'arg2'],
  test_prompt_with_embedded_resource: ['resourceUri'],
  test_prompt_with_image: [],
  test_input_required_result_prompt: [],
} as const;

const contents = (uri: string): object | undefined => {
  if (uri === 'test://static-text')
    return { uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' };
  if (uri === 'test://static-binary') return { uri, mimeType: 'image/png', blob: png };
  const [, id] = /^test:\/\/template\/([^/]+)\/data$/.exec(uri) ?? [];
  if (id === undefined) return undefined;
  const data = { id, templateTest: true, data: `Data for ID: ${id}` };
  return { uri, mimeType: 'application/json', text: JSON.stringify(data) };
};

/** A server of one request, as `mountServer` makes the one of this program. */
function mountFixture(_: MountOptions): Server {
  const server = new Server(
    { name: 'conformance-fixture', version: '1.0.0' },
    { capabilities: { tools: {}, prompts: {}, resources: {}, completions: {} } },
  );
  const noSuch = (what: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown: ${what}`);
  server.setRequestHandler('tools/list', () => ({
    tools: Object.keys(tools).map((tool) => ({
      name: tool,
      description: `For the conformance suite: ${tool}`,
      inputSchema: (tool === 'json_schema_2020_12_tool' ? schema2020 : { type: 'object' }) as never,
    })),
  }));
  server.setRequestHandler('tools/call', ({ params }, context) => {
    const tool = tools[params.name];
    if (tool === undefined) throw noSuch(params.name);
    return tool(context) as never;
  });
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.entries(prompts).map(([prompt, given]) => ({
      name: prompt,
      description: `For the conformance suite: ${prompt}`,
      arguments: given.map((one) => ({ name: one, description: one, required: true })),
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params }, context) => {
    const given = params.arguments ?? {};
    switch (params.name) {
      case 'test_simple_prompt':
        return ofUser(text('This is a simple prompt for testing.')) as never;
      case 'test_prompt_with_arguments':
        return ofUser(
          text(`Prompt with arguments: arg1='${given['arg1']}', arg2='${given['arg2']}'`),
        ) as never;
      case 'test_prompt_with_embedded_resource': {
        const resource = embedded(`${given['resourceUri']}`, 'Embedded resource content for testing.');
        return ofUser(resource, text('Please process the embedded resource above.')) as never;
      }
      case 'test_prompt_with_image':
        return ofUser(image, text('Please analyze the image above.')) as never;
      case 'test_input_required_result_prompt': {
        const responses = (context.mcpReq.inputResponses ?? {}) as Responses;
        if (responses['user_context']) return ofUser(text('With the context.')) as never;
        const question = elicitation('What context should the prompt use?', 'context');
        return inputRequired({ inputRequests: { user_context: question } }) as never;
      }
      default:
        throw noSuch(params.name);
    }
  });
  server.setRequestHandler('resources/list', () => ({
    resources: [
      { uri: 'test://static-text', name: 'text', mimeType: 'text/plain' },
      { uri: 'test://static-binary', name: 'binary', mimeType: 'image/png' },
    ],
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [
      { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' },
    ],
  }));
  server.setRequestHandler('resources/read', ({ params }) => {
    const found = contents(params.uri);
    if (found === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Resource not found', { uri: params.uri });
    return { contents: [found] } as never;
  });
  server.setRequestHandler('completion/complete', () => ({
    completion: { values: ['test'], total: 1, hasMore: false },
  }));
  return server;
}

// The suite sends no token.
const anyone = {
  issuer: 'anyone',
  subject: 'anyone',
  workspace: workspaceOf('fixture', contextOf({})),
  role: roleOf('anyone'),
};
const team = {
  workspaces: new Map([['fixture', anyone.workspace]]),
  authenticate: async () => undefined,
  anyone,
};
const door = appOf(() => team, { mount: mountFixture });
const { url } = await listen(door.handle, { port: 0, host: '127.0.0.1' });
process.stdout.write(`${url}/mcp\n`);
