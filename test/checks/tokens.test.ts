import { expect, it } from 'vitest';
import { costs } from '../support/budget/costs.ts';

it.each(await costs())('$what stays within its token budget', ({ text, json, most }) => {
  expect(text).toBeLessThanOrEqual(most.text);
  expect(json ?? 0).toBeLessThanOrEqual(most.json ?? 0);
});
