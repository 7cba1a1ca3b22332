import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Attempt,
  attempts,
  canary,
  type Operation,
  type Schema,
} from '../../support/sandbox/fuzz-requests.ts';
import { call, create, events, everything, get, open } from '../../support/sandbox/harness.ts';

// ajv's types are CommonJS only, so declare what is used.
const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as {
  Ajv2020: new (options: object) => { compile(schema: object): (value: unknown) => boolean };
};
const ajv = new Ajv2020({ strict: false });

/** `npm run soak -- fuzz` sets these for a longer run. */
const numRuns = Number(process.env['SOAK_SIZE'] ?? 150);
const seed = Number(process.env['SOAK_SEED'] ?? 1);

/** Errors of rules that the schema does not express. All are listed assumptions. */
const extraRules =
  /^message\.text: must not be empty|^message\.attachments\.|NUL character|the key "__proto__"|nested too deeply|verified address of another|must not be empty|must be an ISO 8601|cursor: is not a cursor|: must be true or false/;

test('every generated request gets a documented response, and unknown keys are not stored', {
  timeout: 60_000 + numRuns * 200,
}, async () => {
  const errors: unknown[] = [];
  const sandbox = await open({ onError: (error) => errors.push(error) });
  const { paths } = (await call(sandbox, 'GET', '/openapi.json', { key: null })).body as {
    paths: { [path: string]: { [method: string]: Operation } };
  };
  const places = new Map<string, { method: string; path: string; fits: (body: unknown) => boolean }>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { operationId, requestBody }] of Object.entries(methods)) {
      const schema: Schema = requestBody?.content['application/json'].schema ?? {};
      places.set(operationId, { method: method.toUpperCase(), path, fits: ajv.compile(schema) });
    }
  }
  const sessions = [await create(sandbox), await create(sandbox, { contact: { email: 'kit@example.com' } })];
  const contact = (await get(sandbox, sessions[1] ?? '')).contact.id;
  const statuses: { [operation: string]: { [status: number]: number } } = {};

  async function attempt({ operation, session, query, body: made }: Attempt): Promise<void> {
    // Use an existing contact in half of the cases.
    const named = Object(made).contact_id !== undefined && Number(session) % 2 === 1;
    const body = named ? { ...Object(made), contact_id: contact } : made;
    const place = places.get(operation.operationId);
    if (!place) throw new Error(operation.operationId);
    const known = typeof session === 'number';
    const id = known ? (sessions[session % sessions.length] ?? '') : session;
    const parameters = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value).toWellFormed()]),
    );
    const path = `${place.path.replace('{session_id}', () => id)}?${parameters}`;
    const answer = await call(sandbox, place.method, path, body === undefined ? {} : { body });
    const { status } = answer;
    const count = statuses[operation.operationId] ?? {};
    statuses[operation.operationId] = count;
    count[status] = (count[status] ?? 0) + 1;
    // A strange segment may match another operation, or none.
    if (!known) {
      expect([200, 400, 404, 405]).toContain(status);
      return;
    }
    expect(Object.keys(operation.responses)).toContain(String(status));
    expect(status).toBeLessThan(500);
    const fits = body === undefined || place.fits(JSON.parse(JSON.stringify(body)));
    if (!fits) expect(status).toBe(400);
    if (fits && status === 400 && operation.requestBody) expect(answer.body.message).toMatch(extraRules);
    if (status !== 200) return;
    if (operation.operationId === 'createChatSession') sessions.push(answer.body.id);
    if (operation.operationId === 'sendMessage') {
      // As it was sent: JSON has no -0.
      const sent = JSON.parse(JSON.stringify(body)) as { message: { text: string }; custom_data?: object };
      // `get` also validates the session against the contract.
      const { custom_data = {} } = await get(sandbox, id);
      expect(custom_data).toMatchObject(sent.custom_data ?? {});
      const { event } = (await events(sandbox, id)).findLast(
        (item) => item.id === answer.body.data.message.id,
      );
      expect(event.content.text).toBe(sent.message.text);
    }
  }

  const requests = fc.oneof(...Object.values(paths).flatMap((one) => Object.values(one).map(attempts)));
  await fc.assert(fc.asyncProperty(requests, attempt), { numRuns, seed });

  expect(errors).toEqual([]);
  expect(JSON.stringify(await everything(sandbox))).not.toContain(canary);
  // Each operation must have succeeded often enough for the test to mean something.
  for (const { operationId } of Object.values(paths).flatMap((one) => Object.values(one))) {
    expect(statuses[operationId]?.[200], operationId).toBeGreaterThan(numRuns / 100);
  }
  if (process.env['SOAK_SIZE']) process.stderr.write(`${JSON.stringify(statuses)}\n`);
});
