import { describe, expect, it } from 'vitest';
import { boundedJson, withinBudget } from '../../src/contract/bounded-json.ts';

const many = 500_000;

describe('withinBudget', () => {
  it.each([
    ['objects', '{},'.repeat(many), many],
    ['numbers', '1,'.repeat(many), many],
    ['texts with brackets and escaped quotation marks', '"}]\\"{[",'.repeat(many), many],
  ])('leaves elements out and keeps what follows the list: %s', (_, list, count) => {
    const { text, leftOut } = withinBudget(`{"items":[${list}1],"next":"n"}`) ?? { text: '', leftOut: 0 };
    const { items, next } = JSON.parse(text) as { items: unknown[]; next: string };
    expect(next).toBe('n');
    expect(leftOut).toBeGreaterThan(0);
    expect(items.length + leftOut).toBe(count + 1);
  });

  it('leaves members of an inner object out', () => {
    const members = Array.from({ length: many }, (_, n) => `"k${n}":1`);
    const { text, leftOut } = withinBudget(`{"a":{${members.join()}},"b":2}`) ?? { text: '', leftOut: 0 };
    const { a, b } = JSON.parse(text) as { a: object; b: number };
    expect(b).toBe(2);
    expect(Object.keys(a).length + leftOut).toBe(many);
  });

  it('keeps a long text and a page of usual size as they are', () => {
    for (const value of [
      { text: 'a,{}[]":'.repeat(many) },
      { items: Array.from({ length: 5000 }, () => ({ id: 'x'.repeat(200) })) },
    ]) {
      const text = JSON.stringify(value);
      expect(withinBudget(text)).toEqual({ text, leftOut: 0 });
    }
  });

  it.each([
    ['lists', '['.repeat(2 * many)],
    ['objects', '{"a":'.repeat(many)],
    ['a list', `{"items":[${'{},'.repeat(many)}`],
    ['a list with a member after it', `{"next":"n","items":[${'1,'.repeat(many)}"`],
  ])('leaves the rest out of what breaks off in the middle: %s', (_, broken) => {
    const { text, leftOut } = withinBudget(broken) ?? { text: broken, leftOut: 0 };
    expect(leftOut).toBeGreaterThan(0);
    // What is left of it tells as soon that it is no JSON.
    expect(text.length).toBeLessThan(broken.length);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it('gives up on a root with too many members', () => {
    expect(withinBudget(`[${'{},'.repeat(many)}1]`)).toBeUndefined();
    expect(withinBudget(`{${'"a":1,'.repeat(many)}"b":1}`)).toBeUndefined();
  });
});

describe('boundedJson', () => {
  it('is the JSON of a usual value', () => {
    const value = { a: [1, 'x', null, true, { b: [] }], c: {} };
    expect(boundedJson(value)).toBe(JSON.stringify(value));
  });

  it('marks what is too deep and what is too much', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(boundedJson({ kept: 1, deep })).toMatch(/^\{"kept":1,"deep":\[+"…"\]+\}$/);
    const wide = boundedJson({ list: Array.from({ length: 100_000 }, (_, n) => n) });
    expect(wide).toContain('more"');
    expect(wide.length).toBeLessThan(50_000);
  });
});
