import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';
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

describe('the tools', () => {
  it('are these seven, in this order', () => {
    expect(tools.map(({ name }) => name)).toEqual(names);
  });

  it('have unique titles', () => {
    expect(new Set(tools.map(({ title }) => title)).size).toBe(tools.length);
  });

  it.each(names)('%s matches its snapshot', async (name) => {
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

  it.each(names)('%s has schemas without unknown keywords or contradictions', (name) => {
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    for (const schema of [tool.input, tool.output]) {
      expect(() => new Ajv({ strict: true, strictTypes: false }).compile(toJsonSchema(schema))).not.toThrow();
    }
  });

  it('declare their effects', () => {
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
