import { expect, it } from 'vitest';
import { presented } from '../../../src/presenters/rendering/rendering.ts';

const context = { now: new Date(0), nonce: 'n0' };
const redact = { view: <T>() => 'redacted' as T, text: () => 'redacted' };

it('personal data is replaced in a view before its text is made', () => {
  const answer = presented('a name', (view) => `text of ${view}`, { ...context, redact });
  expect(answer).toEqual({ view: 'redacted', text: 'text of redacted' });
  expect(presented('a name', (view) => `text of ${view}`, context)).toEqual({
    view: 'a name',
    text: 'text of a name',
  });
});

it('a view that is far too large to be shown is not searched for personal data', () => {
  // With its two quotation marks.
  const [most, more] = [71_998, 71_999].map((length) => 'x'.repeat(length));
  const viewOf = (view: string | undefined) => presented(view, () => '', { ...context, redact }).view;
  expect(viewOf(most)).toBe('redacted');
  expect(viewOf(more)).toBe(more);
});
