import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { routes } from '../../../src/contract/routes.ts';
import { call, create, open, send } from '../../support/sandbox/harness.ts';

// ajv's types are CommonJS only, so declare what is used.
const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as {
  Ajv2020: new (
    options: object,
  ) => {
    compile(schema: object): ((value: unknown) => boolean) & { errors?: unknown };
  };
};

// biome-ignore lint/suspicious/noExplicitAny: a document of many forms
type Document = any;

const documentOf = async (): Promise<Document> => {
  const sandbox = await open();
  const answer = await call(sandbox, 'GET', '/openapi.json', { key: null });
  expect(answer.status).toBe(200);
  return answer.body;
};

const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false, allErrors: true });

/** Compiles a schema of the document and resolves its `$ref`. */
function compile(document: Document, schema: { $ref?: string }) {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return ajv.compile(name === undefined ? schema : document.components.schemas[name]);
}

test('the document describes all operations of the contract', async () => {
  const document = await documentOf();
  expect(document.openapi).toBe('3.1.0');
  expect(document.security).toEqual([{ bearerAuth: [] }]);
  expect(document.components.securitySchemes.bearerAuth).toMatchObject({ type: 'http', scheme: 'bearer' });
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Document).map(([method, operation]) => [
      (operation as Document).operationId,
      method.toUpperCase(),
      path,
    ]),
  );
  expect(described.sort()).toEqual(
    Object.values(routes)
      .map((route) => [route.operationId, route.method, route.path])
      .sort(),
  );
  for (const route of Object.values(routes)) {
    const operation = document.paths[route.path][route.method.toLowerCase()];
    const parameters = (operation.parameters ?? []).map((parameter: Document) => [
      parameter.in,
      parameter.name,
      parameter.required,
    ]);
    const inPath = route.path.includes('{session_id}') ? [['path', 'session_id', true]] : [];
    const inQuery =
      'query' in route ? Object.keys(route.query.shape).map((name) => ['query', name, name === 'q']) : [];
    expect(parameters).toEqual([...inPath, ...inQuery]);
    expect('requestBody' in operation).toBe('body' in route);
    expect('content' in operation.responses['200']).toBe(route.response !== null);
    for (const status of ['400', '401', '403', '429', '500'])
      expect(operation.responses).toHaveProperty(status);
  }
});

test('every schema in the document compiles', async () => {
  const document = await documentOf();
  const found = new Map<string, object>();
  const walk = (value: Document): void => {
    if (typeof value !== 'object' || value === null) return;
    if (typeof value.schema === 'object') {
      found.set(JSON.stringify(value.schema), value.schema);
    }
    for (const inner of Object.values(value)) walk(inner);
  };
  walk(document.paths);
  for (const schema of found.values()) compile(document, schema);
  expect(found.size).toBeGreaterThan(12);
});

test('every response matches its schema, and an empty object does not', async () => {
  const document = await documentOf();
  const sandbox = await open({ seed: true });
  const id = await create(sandbox);
  await send(sandbox, id);
  const answers = {
    createSession: await call(sandbox, 'POST', '/chat/sessions', { body: {} }),
    listSessions: await call(sandbox, 'GET', '/chat/sessions'),
    searchSessions: await call(sandbox, 'GET', '/chat/sessions/search?q=refund'),
    getSession: await call(sandbox, 'GET', `/chat/sessions/${id}`),
    updateSession: await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body: { status: 'open' } }),
    sendMessage: await call(sandbox, 'POST', `/chat/sessions/${id}/send`, {
      body: { sender: 'contact', message: { type: 'text', text: 'x' } },
    }),
    listHistory: await call(sandbox, 'GET', `/chat/sessions/${id}/history`),
  };
  for (const [name, route] of Object.entries(routes)) {
    const { content } = document.paths[route.path][route.method.toLowerCase()].responses['200'];
    const { body } = answers[name as keyof typeof answers];
    if (content === undefined) {
      expect(body).toBeUndefined();
      continue;
    }
    const validate = compile(document, content['application/json'].schema);
    expect(validate(body), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
    expect(validate({})).toBe(false);
  }
  const error = compile(
    document,
    document.paths['/chat/sessions'].get.responses['400'].content['application/json'].schema,
  );
  expect(error((await call(sandbox, 'GET', '/chat/sessions?status=x')).body)).toBe(true);
  expect(error({ statusCode: 'x' })).toBe(false);
});

test('schemas of request bodies allow unknown keys', async () => {
  const document = await documentOf();
  const { schema } = document.paths['/chat/sessions'].post.requestBody.content['application/json'];
  const validate = compile(document, schema);
  expect(validate({ something: 1 })).toBe(true);
  expect(validate({ custom_data: { a: [1] } })).toBe(false);
  expect(validate({ channel: {} })).toBe(false);
});
