import { expect, it } from 'vitest';
import { type NextCall, nextCalls, nextLines } from '../../../src/presenters/rendering/next-calls.ts';

const context = { now: new Date(0), nonce: 'n0' };
const call = (more: Record<string, unknown>, tool = 'get_session'): NextCall => ({ tool, arguments: more });

it.each<[NextCall, isSuggested: boolean]>([
  [call({ session_id: 's1', limit: 5 }), true],
  [call({ limit: 5 }), true],
  [call({}), true],
  [call({ session_id: 'not a token' }), false],
  [call({ session_id: 's1', before: 'not a token' }), false],
])('a call is suggested only with plain tokens: %j: %s', (one, isSuggested) => {
  expect(nextCalls([one], context)).toEqual(isSuggested ? { next: [one] } : {});
});

it('a call is suggested only if there is its tool', () => {
  const [one, other] = [call({}), call({}, 'find_messages')];
  expect(nextCalls([one, other], { ...context, tools: ['find_messages'] })).toEqual({ next: [other] });
  expect(nextCalls([one, other], { ...context, tools: [] })).toEqual({});
  expect(nextLines(nextCalls([one, other], context))).toEqual([
    'Next: get_session {}',
    'Next: find_messages {}',
  ]);
  expect(nextLines({})).toEqual([]);
});
