import { describe, expect, it } from 'vitest';
import { z } from '../../src/contract/zod.ts';
import { parseArguments } from '../../src/pipeline/arguments.ts';
import { updateSession } from '../../src/tools/update-session.ts';

describe('parseArguments counts', () => {
  /** With two more arguments. */
  const payload = (given: object) =>
    parseArguments(updateSession.input, { session_id: 's1', status: 'open', session_closed_payload: given });
  const texts = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, at) => [`n${at}`, 'x']));
  const numbers = (n: number) =>
    z.object(Object.fromEntries(Object.keys(texts(n)).map((key) => [key, z.number()])));
  const told = (n: number, schema: z.AnyZodObject) => {
    const result = parseArguments(schema.strict(), texts(n));
    return result.ok ? '' : result.problem;
  };

  it('values: ten thousand are accepted, with the arguments themselves', () => {
    expect(payload(texts(9997))).toMatchObject({ ok: true });
    expect(payload(texts(9998))).toMatchObject({
      problem: expect.stringContaining('more than 10000 values'),
    });
  });

  it('levels: a hundred are accepted, with the arguments themselves', () => {
    const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(payload({ a: nested(99) })).toMatchObject({ ok: true });
    expect(payload({ a: nested(100) })).toMatchObject({
      problem: expect.stringContaining('more than 100 deep'),
    });
  });

  it('problems: ten are named', () => {
    expect(told(10, numbers(10))).toMatch(/`n9`: must be a number, not a string\.$/);
    expect(told(12, numbers(12))).toMatch(/`n9`: must be a number, not a string\. And 2 more problems\.$/);
  });

  it('unknown names: ten are named', () => {
    expect(told(10, z.object({}))).toMatch(/`n9` is not an argument; accepted: \.$/);
    expect(told(12, z.object({}))).toMatch(
      /`n9` is not an argument; accepted: \. And 2 more names that are not arguments\.$/,
    );
  });
});

describe('parseArguments reads', () => {
  const schema = z
    .object({
      share: z.number().min(0).describe('A part'),
      whole: z.number().int(),
      rows: z.array(z.object({ n: z.number().int().min(1) })).describe('Rows'),
      words: z.array(z.string()),
    })
    .partial()
    .strict();

  it.each([
    [{ share: '12.25' }, { share: 12.25 }],
    [{ share: '-0' }, { share: -0 }],
    [{ words: '"[a]"' }, { words: ['"[a]"'] }],
    [{ words: '["a"]' }, { words: ['a'] }],
  ])('%j', (given, expected) => {
    expect(parseArguments(schema, given)).toEqual({ ok: true, value: expected, ignored: [] });
  });

  it.each([
    [{ share: '7.5 %' }, '`share`: must be a number, not a string. (A part.)'],
    [{ share: 'x7.5' }, '`share`: must be a number, not a string. (A part.)'],
    [{ share: -1 }, '`share`: must be at least 0. (A part.)'],
    [{ whole: 0.5 }, '`whole`: must be a whole number.'],
    [{ rows: [{ n: 0 }] }, '`rows.0.n`: must be a whole number, 1 or more.'],
  ])('no %j', (given, problem) => {
    expect(parseArguments(schema, given)).toEqual({ ok: false, problem });
  });
});
