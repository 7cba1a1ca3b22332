import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';
import { cardTools } from '../../src/tools/card/index.ts';
import { cardToolNames, tools } from '../../src/tools/index.ts';
import { everyTool } from '../support/every-tool/covers-every-tool.ts';

describe('the tools', () => {
  it('have unique names and titles', () => {
    expect(new Set(everyTool.map(({ name }) => name)).size).toBe(everyTool.length);
    expect(new Set(everyTool.map(({ title }) => title)).size).toBe(everyTool.length);
  });

  it('are listed with those that read first', () => {
    const writes = tools.map(({ effect }) => effect.write);
    expect(writes).toEqual(writes.toSorted((a, b) => Number(a) - Number(b)));
  });

  it('of the card have the names by which they are selected, and only read', () => {
    expect(cardTools.map(({ name }) => name)).toEqual(cardToolNames);
    expect(cardTools.some(({ effect }) => effect.write)).toBe(false);
  });

  it.each(everyTool)('$name has the schema of its snapshot (`npm run generate` writes it)', async (tool) => {
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

  it.each(everyTool)('$name has schemas without unknown keywords or contradictions', ({ input, output }) => {
    for (const schema of [input, output]) {
      expect(() => new Ajv({ strict: true, strictTypes: false }).compile(toJsonSchema(schema))).not.toThrow();
    }
  });
});
