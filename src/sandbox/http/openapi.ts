import { zodToJsonSchema } from 'zod-to-json-schema';
import { assumptions } from '../../contract/assumptions.ts';
import { ErrorBody } from '../../contract/error.ts';
import { type Route, routes } from '../../contract/routes.ts';
import { z } from '../../contract/zod.ts';

type Json = Record<string, unknown>;

/** The sandbox's API as an OpenAPI 3.1 document, made from the contract. */
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
      description: `A stand-in for the documented sessions API. Where the documents leave something open:\n\n${Object.values(
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
    description: `Needs the scope \`${route.scope}\`.`,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: json(jsonSchema(route.body)) } }),
    responses: {
      '200': {
        description: route.response ? 'The answer' : 'Done; no body',
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
  const answers: Record<string, string> = {
    '400': 'A field is not accepted',
    '401': 'No key, or a wrong one',
    '403': 'The key lacks a scope',
    ...(route.path.includes('{') && { '404': 'No such session' }),
    ...(route.operationId === routes.createSession.operationId && { '404': 'No such contact' }),
    ...(route.body && { '413': 'The body is too large', '415': 'The body is not JSON' }),
    '429': 'Too many requests a minute',
    '500': 'A fault of the server',
  };
  const content = json({ $ref: '#/components/schemas/ErrorBody' });
  return Object.fromEntries(
    Object.entries(answers).map(([status, description]) => [status, { description, content }]),
  );
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

/** JSON Schema of a contract schema; keys that a schema does not name stay allowed unless it is strict. */
function jsonSchema(schema: z.ZodTypeAny): Json {
  const options = { $refStrategy: 'none', removeAdditionalStrategy: 'strict' } as const;
  const { $schema: _, ...rest } = zodToJsonSchema(schema, options) as Json;
  return rest;
}
