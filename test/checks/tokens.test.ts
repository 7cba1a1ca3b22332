import { expect, it } from 'vitest';
import { costs } from '../support/budget/costs.ts';

it.each(await costs())('$what takes no more tokens than it may', ({ text, json, most }) => {
  expect(text).toBeLessThanOrEqual(most.text);
  expect(json ?? 0).toBeLessThanOrEqual(most.json ?? 0);
});
