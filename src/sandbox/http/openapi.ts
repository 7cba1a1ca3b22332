import { zodToJsonSchema } from 'zod-to-json-schema';
import { assumptions } from '../../contract/assumptions.ts';
import { ErrorBody } from '../../contract/error.ts';
import { type Route, routes } from '../../contract/routes.ts';
import { z } from '../../contract/zod.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the sandbox, generated from the contract. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const route of Object.values(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'OpenCX sessions, sandbox',
      version: '1',
      description: `A sandbox of the OpenCX sessions API. Where the API documentation is silent:\n\n${Object.values(
        assumptions,
      )
        .map(({ topic, taken }) => `- ${topic}: ${taken}`)
        .join('\n')}`,
    },
    security: [{ bearerAuth: [] }],
    paths,
    components: {
      securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer' } },
      schemas: { ErrorBody: jsonSchema(ErrorBody) },
    },
  };
}

function operation(route: Route): Json {
  const parameters = [...pathParameters(route), ...queryParameters(route)];
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: `Requires the scope \`${route.scope}\`.`,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: json(jsonSchema(route.body)) } }),
    responses: {
      '200': {
        description: route.response ? 'Success' : 'Success; empty body',
        ...(route.response && { content: json(jsonSchema(route.response)) }),
      },
      ...errors(route),
    },
  };
}

function pathParameters(route: Route): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(route: Route): Json[] {
  return Object.entries((route.query?.shape ?? {}) as z.ZodRawShape).map(([name, type]) => ({
    name,
    in: 'query',
    required: !type.isOptional(),
    schema: jsonSchema(type instanceof z.ZodOptional ? type.unwrap() : type),
  }));
}

function errors(route: Route): Json {
  const descriptions: Record<string, string> = {
    '400': 'Invalid request',
    '401': 'Missing or invalid key',
    '403': 'The key does not have the required scope',
    ...(route.path.includes('{') && { '404': 'Unknown session' }),
    ...(route.operationId === routes.createSession.operationId && { '404': 'Unknown contact' }),
    ...(route.body && { '413': 'The body is too large', '415': 'The body is not JSON' }),
    '429': 'Rate limit exceeded',
    '500': 'Internal server error',
  };
  const content = json({ $ref: '#/components/schemas/ErrorBody' });
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [status, { description, content }]),
  );
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

/** JSON Schema of a contract schema. Unknown keys are allowed unless the schema is strict. */
function jsonSchema(schema: z.ZodTypeAny): Json {
  const options = { $refStrategy: 'none', removeAdditionalStrategy: 'strict' } as const;
  const { $schema: _, ...rest } = zodToJsonSchema(schema, options) as Json;
  return rest;
}
