import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** A tool as `tools/list` publishes it. */
export interface Published {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Schema;
  readonly outputSchema: Schema;
}

export type Schema = { readonly [keyword: string]: unknown };

/** A rule for tools of a client, or of the model behind it. */
export interface Rule {
  readonly client: 'Claude' | 'OpenAI' | 'Gemini' | 'VS Code' | 'Cursor' | 'all';
  readonly rule: string;
  /** Its documentation, or a report of the problem. */
  readonly source: string;
  /** The parts of the tool that break the rule. */
  readonly problems: (tool: Published) => string[];
  /** A tool that breaks it. */
  readonly breaker: Partial<Published>;
}

/** The name of the server in the configurations of the README. */
const serverName = 'opencx-sessions';

const object = (properties: Schema, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

/** A schema and all schemas in it, with their paths. Names of parameters are not taken for keywords. */
function nodes(schema: unknown, path = '$'): [path: string, node: Schema][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Schema;
  const under = (keyword: string) =>
    Object.entries((node[keyword] ?? {}) as Schema).flatMap(([key, child]) => nodes(child, `${path}.${key}`));
  const listed = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) =>
    ((node[keyword] ?? []) as unknown[]).flatMap((child) => nodes(child, `${path}.${keyword}`)),
  );
  return [
    [path, node],
    ...under('properties'),
    ...nodes(node['items'], `${path}[]`),
    ...nodes(node['additionalProperties'], `${path}.*`),
    ...listed,
  ];
}

const failing = (schema: Schema, fails: (node: Schema, path: string) => boolean) =>
  nodes(schema)
    .filter(([path, node]) => fails(node, path))
    .map(([path]) => path);

const both = (fails: (node: Schema, path: string) => boolean) => (tool: Published) => [
  ...failing(tool.inputSchema, fails),
  ...failing(tool.outputSchema, fails),
];

const unless = (complies: boolean, problem: string) => (complies ? [] : [problem]);

const keys = (schema: Schema) => Object.keys((schema['properties'] ?? {}) as Schema);

/**
 * The schema as the OpenAI SDKs rewrite it for strict mode: every parameter required, nothing else allowed.
 * @returns undefined if a free-form object makes that impossible. The SDKs then turn strict mode off.
 */
function strict(schema: Schema): Schema | undefined {
  const open = nodes(schema).some(
    ([, node]) =>
      node['type'] === 'object' && Boolean(node['additionalProperties'] ?? node['properties'] === undefined),
  );
  return open ? undefined : { ...schema, required: keys(schema) };
}

/** The keywords of strict mode. Those for numbers and strings were added later than the rest. */
const strictKeywords = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'anyOf', 'description'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'default', 'const'],
]);

/** Fields of Gemini's Schema. The Google SDKs remove `additionalProperties` before they send it. */
const geminiKeywords = new Set([
  ...[
    'type',
    'format',
    'title',
    'description',
    'nullable',
    'default',
    'enum',
    'anyOf',
    'items',
    'properties',
  ],
  ...[
    'required',
    'minItems',
    'maxItems',
    'minProperties',
    'maxProperties',
    'minLength',
    'maxLength',
    'pattern',
  ],
  ...['minimum', 'maximum', 'propertyOrdering', 'example', 'additionalProperties'],
]);

const draft7 = new Ajv();
const draft2020 = new Ajv2020();
const depth = (path: string) => path.split(/\.|\[/).length;

export const rules: readonly Rule[] = [
  {
    client: 'Claude',
    rule: 'a name of letters, digits, _ and -, at most 64 with the prefix of Claude Code',
    source: 'platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools',
    problems: ({ name }) => unless(/^[a-zA-Z0-9_-]{1,64}$/.test(`mcp__${serverName}__${name}`), name),
    breaker: { name: 'sessions.list' },
  },
  {
    client: 'Claude',
    rule: 'parameters named by letters, digits, _, . and -, at most 64',
    source: 'github.com/anthropics/claude-code/issues/79418',
    problems: ({ inputSchema }) => keys(inputSchema).filter((key) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(key)),
    breaker: { inputSchema: object({ 'filter[id]': { type: 'string', description: 'x' } }) },
  },
  {
    client: 'Claude',
    rule: 'no union at the root',
    source: 'github.com/anthropics/claude-code/issues/40075',
    problems: ({ inputSchema }) => ['anyOf', 'oneOf', 'allOf'].filter((keyword) => keyword in inputSchema),
    breaker: { inputSchema: object({}, { anyOf: [{ required: ['a'] }] }) },
  },
  {
    client: 'Claude',
    rule: 'valid as draft 2020-12, and no other draft named',
    source: 'platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools',
    problems: (tool) => [
      ...unless(draft2020.validateSchema(tool.inputSchema) === true, 'input'),
      ...unless(draft2020.validateSchema(tool.outputSchema) === true, 'output'),
      ...both((node) => '$schema' in node)(tool),
    ],
    breaker: { inputSchema: object({ a: { type: 'array', items: [{ type: 'string' }], description: 'x' } }) },
  },
  {
    client: 'Claude',
    rule: 'a description of at most 2 KB, because the rest is cut',
    source: 'code.claude.com/docs/en/mcp, for MCP server authors',
    problems: ({ description }) => unless(Buffer.byteLength(description) <= 2048, 'description'),
    breaker: { description: 'x'.repeat(2049) },
  },
  {
    client: 'OpenAI',
    rule: 'convertible to strict mode, except with a free-form object, for which the SDKs turn it off',
    source:
      'openai-agents-python, src/agents/strict_schema.py; platform.openai.com/docs/guides/structured-outputs',
    problems: ({ inputSchema }) => {
      const converted = strict(inputSchema);
      if (converted === undefined) return [];
      return [
        ...failing(converted, (node) => Object.keys(node).some((key) => !strictKeywords.has(key))),
        ...failing(converted, (node) => node['type'] === 'object' && node['additionalProperties'] !== false),
        ...failing(converted, (_, path) => depth(path) > 10),
      ];
    },
    breaker: { inputSchema: object({ a: { oneOf: [{ type: 'string' }], description: 'x' } }) },
  },
  {
    client: 'OpenAI',
    rule: 'no description over 1,024 characters, which older models cut or reject',
    source: 'vscode-copilot-chat, src/extension/tools/common/toolSchemaNormalizer.ts',
    problems: ({ description, inputSchema }) => [
      ...unless(description.length <= 1024, 'description'),
      ...failing(inputSchema, (node) => String(node['description'] ?? '').length > 1024),
    ],
    breaker: { description: 'x'.repeat(1025) },
  },
  {
    client: 'Gemini',
    rule: 'only keywords of its Schema',
    source: 'ai.google.dev/api/caching#Schema; github.com/modelcontextprotocol/servers/issues/1624',
    problems: ({ inputSchema }) =>
      failing(inputSchema, (node) => Object.keys(node).some((key) => !geminiKeywords.has(key))),
    breaker: { inputSchema: object({ a: { type: 'integer', exclusiveMinimum: 0, description: 'x' } }) },
  },
  {
    client: 'Gemini',
    rule: 'one type or anyOf in every schema',
    source: 'github.com/directus/mcp/issues/8',
    problems: ({ inputSchema }) =>
      failing(
        inputSchema,
        // The SDKs send nothing below additionalProperties.
        (node, path) =>
          !path.includes('.*') && typeof node['type'] !== 'string' && !Array.isArray(node['anyOf']),
      ),
    breaker: { inputSchema: object({ a: { type: ['string', 'null'], description: 'x' } }) },
  },
  {
    client: 'Gemini',
    rule: 'only strings as enum values, and no string format except enum and date-time',
    source: 'ai.google.dev/api/caching#Schema; github.com/hideya/langchain-mcp-tools-ts/issues/36',
    problems: ({ inputSchema }) =>
      failing(
        inputSchema,
        ({ enum: choices, format }) =>
          (Array.isArray(choices) && choices.some((one) => typeof one !== 'string')) ||
          (format !== undefined && format !== 'enum' && format !== 'date-time'),
      ),
    breaker: { inputSchema: object({ a: { type: 'string', format: 'uri', description: 'x' } }) },
  },
  {
    client: 'Gemini',
    rule: 'names that begin with a letter or _, parameters of letters, digits and _',
    source: 'cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/FunctionDeclaration',
    problems: ({ name, inputSchema }) => [
      ...unless(/^[a-zA-Z_][\w.-]{0,63}$/.test(name), name),
      ...keys(inputSchema).filter((key) => !/^[a-zA-Z_]\w{0,63}$/.test(key)),
    ],
    breaker: { inputSchema: object({ '2nd': { type: 'string', description: 'x' } }) },
  },
  {
    client: 'VS Code',
    rule: 'items in every array',
    source: 'github.com/microsoft/vscode/issues/248810',
    problems: both(
      ({ type, items }) => type === 'array' && (typeof items !== 'object' || Array.isArray(items)),
    ),
    breaker: { inputSchema: object({ a: { type: 'array', description: 'x' } }) },
  },
  {
    client: 'VS Code',
    rule: 'valid as draft 7, an object with properties, and only known properties required',
    source: 'vscode-copilot-chat, src/extension/tools/common/toolSchemaNormalizer.ts',
    problems: ({ inputSchema }) => [
      ...unless(draft7.validateSchema(inputSchema) === true, 'schema'),
      ...unless(inputSchema['type'] === 'object' && 'properties' in inputSchema, 'root'),
      ...failing(inputSchema, (node) =>
        ((node['required'] ?? []) as string[]).some((key) => !keys(node).includes(key)),
      ),
    ],
    breaker: { inputSchema: object({}, { required: ['a'] }) },
  },
  {
    client: 'Cursor',
    rule: 'server and tool name together under 60 characters',
    source: 'github.com/awslabs/mcp/issues/1283',
    problems: ({ name }) => unless(`mcp__${serverName}__${name}`.length < 60, name),
    breaker: { name: 'x'.repeat(50) },
  },
  {
    client: 'all',
    rule: 'flat: no $ref, no list of types, no exclusive bound, an object at both roots',
    source: 'design of this server: each of these breaks one of the clients above',
    problems: (tool) => [
      ...both((node) => '$ref' in node || Array.isArray(node['type']))(tool),
      ...both((node) => 'exclusiveMinimum' in node || 'exclusiveMaximum' in node)(tool),
      ...[tool.inputSchema, tool.outputSchema].filter(({ type }) => type !== 'object').map(() => 'root'),
      ...['anyOf', 'oneOf', 'allOf'].filter((keyword) => keyword in tool.outputSchema),
    ],
    breaker: { outputSchema: { anyOf: [{ type: 'object' }] } },
  },
  {
    client: 'all',
    rule: 'no unknown arguments, every parameter described',
    source: 'design of this server',
    problems: ({ inputSchema }) => [
      ...unless(inputSchema['additionalProperties'] === false, 'additionalProperties'),
      ...Object.entries((inputSchema['properties'] ?? {}) as Record<string, Schema>)
        .filter(([, { description }]) => typeof description !== 'string' || description === '')
        .map(([key]) => key),
    ],
    breaker: { inputSchema: object({ a: { type: 'string' } }) },
  },
  {
    client: 'all',
    rule: 'a first sentence of at most 150 characters that says what the tool does',
    source: 'design of this server: some clients show or keep only the beginning',
    problems: ({ description }) =>
      unless(/^[A-Z][\s\S]{10,148}?\.(?:\s|$)/.test(description), description.slice(0, 40)),
    breaker: { description: `Lists ${'x'.repeat(200)}.` },
  },
];
