import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';
import { tools } from '../../src/tools/index.ts';

describe('the tools', () => {
  it('have unique names and titles', () => {
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
    expect(new Set(tools.map(({ title }) => title)).size).toBe(tools.length);
  });

  it('are listed with those that read first', () => {
    const writes = tools.map(({ effect }) => effect.write);
    expect(writes).toEqual(writes.toSorted((a, b) => Number(a) - Number(b)));
  });

  it.each(tools)('$name has the schema of its snapshot (`npm run generate` writes it)', async (tool) => {
    const { name, title, description, effect, input, output } = tool;
    const snapshot = {
      name,
      title,
      description,
      effect,
      input: toJsonSchema(input),
      output: toJsonSchema(output),
    };
    await expect(`${JSON.stringify(snapshot, null, 2)}\n`).toMatchFileSnapshot(`__snapshots__/${name}.json`);
  });

  it.each(tools)('$name has schemas without unknown keywords or contradictions', ({ input, output }) => {
    for (const schema of [input, output]) {
      expect(() => new Ajv({ strict: true, strictTypes: false }).compile(toJsonSchema(schema))).not.toThrow();
    }
  });
});
