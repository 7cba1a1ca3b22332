import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { toJsonSchema } from '../../src/server/json-schema.ts';
import { tools } from '../../src/tools/index.ts';

const names = [
  'list_sessions',
  'search_sessions',
  'get_session',
  'get_session_history',
  'create_session',
  'send_message',
  'update_session',
];

/** Every schema node below and including this one. */
function nodes(schema: unknown): Record<string, unknown>[] {
  if (Array.isArray(schema)) return schema.flatMap(nodes);
  if (typeof schema !== 'object' || schema === null) return [];
  return [schema as Record<string, unknown>, ...Object.values(schema).flatMap(nodes)];
}

describe('the tools', () => {
  it('are the seven of the design, in this order, under names that fit every client', () => {
    expect(tools.map(({ name }) => name)).toEqual(names);
    for (const { name } of tools) expect(`mcp__opencx-sessions__${name}`.length).toBeLessThan(60);
  });

  it('have unique titles and descriptions under 2 KB', () => {
    expect(new Set(tools.map(({ title }) => title)).size).toBe(tools.length);
    for (const { description } of tools) expect(Buffer.byteLength(description)).toBeLessThan(2048);
  });

  it.each(names)('%s has the schema it is known by', async (name) => {
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    const { title, description, effect } = tool;
    const snapshot = {
      name,
      title,
      description,
      effect,
      input: toJsonSchema(tool.input),
      output: toJsonSchema(tool.output),
    };
    await expect(`${JSON.stringify(snapshot, null, 2)}\n`).toMatchFileSnapshot(`__snapshots__/${name}.json`);
  });

  it.each(names)('%s takes named arguments only, and its schemas break no client', (name) => {
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    const input = toJsonSchema(tool.input);
    const output = toJsonSchema(tool.output);
    expect(input['additionalProperties']).toBe(false);
    for (const root of [input, output]) {
      expect(root.type).toBe('object');
      for (const union of ['anyOf', 'oneOf', 'allOf']) expect(root).not.toHaveProperty(union);
      for (const node of nodes(root)) {
        expect('$schema' in node || '$ref' in node || 'exclusiveMinimum' in node).toBe(false);
        if (node['type'] === 'array') expect(node['items']).toBeTypeOf('object');
        if ('type' in node && !('properties' in node && typeof node['type'] === 'object')) {
          expect(Array.isArray(node['type'])).toBe(false);
        }
      }
      // Strict mode also refuses unknown keywords and contradictions.
      expect(() => new Ajv({ strict: true, strictTypes: false }).compile(root)).not.toThrow();
    }
  });

  it('say what they do to the world', () => {
    const effects = Object.fromEntries(tools.map(({ name, effect }) => [name, effect]));
    const read = { write: false, destructive: false, idempotent: true, openWorld: false };
    expect(effects).toEqual({
      list_sessions: read,
      search_sessions: read,
      get_session: read,
      get_session_history: read,
      create_session: { write: true, destructive: false, idempotent: false, openWorld: false },
      send_message: { write: true, destructive: false, idempotent: false, openWorld: true },
      update_session: { write: true, destructive: true, idempotent: true, openWorld: false },
    });
  });
});
