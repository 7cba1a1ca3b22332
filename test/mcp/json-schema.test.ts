import { describe, expect, it } from 'vitest';
import { z as z4 } from 'zod';
import { z } from '../../src/contract/zod.ts';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';

describe('toJsonSchema', () => {
  it('turns a union of scalars into anyOf and omits $schema', () => {
    const schema = z.object({ data: z.record(z.union([z.string(), z.number(), z.boolean()])) }).strict();
    expect(toJsonSchema(schema)).toEqual({
      type: 'object',
      properties: {
        data: {
          type: 'object',
          additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
        },
      },
      required: ['data'],
      additionalProperties: false,
    });
  });

  it('omits patterns and lengths of texts', () => {
    const email = z
      .string()
      .min(1)
      .max(100)
      .regex(/^(?!x)/);
    const schema = toJsonSchema(z.object({ email }).strict());
    expect(schema.properties).toEqual({ email: { type: 'string' } });
  });

  it('keeps properties named like keywords', () => {
    const schema = toJsonSchema(
      z.object({ type: z.string(), pattern: z.number(), maxLength: z.string() }).strict(),
    );
    expect(schema.properties).toEqual({
      type: { type: 'string' },
      pattern: { type: 'number' },
      maxLength: { type: 'string' },
    });
  });

  it('repeats a schema that is used twice', () => {
    const shared = z.object({ a: z.string() });
    expect(JSON.stringify(toJsonSchema(z.object({ one: shared, two: shared })))).not.toContain('$ref');
  });

  it('refuses a zod 4 schema instead of publishing an empty one', () => {
    expect(() => toJsonSchema(z4.object({ a: z4.string() }) as never)).toThrow('zod 4');
  });

  it('refuses a root that is not an object', () => {
    expect(() => toJsonSchema(z.union([z.object({}), z.string()]))).toThrow('root');
  });
});
