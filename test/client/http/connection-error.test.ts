import { expect, it } from 'vitest';
import { connectionError } from '../../../src/client/http/connection-error.ts';
import { TunnelError } from '../../../src/client/http/connection-pools.ts';

const coded = (code: unknown, cause?: unknown) => Object.assign(new Error('x', { cause }), { code });

it.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT). If a private authority'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE). If a private'],
  ['CERT_HAS_EXPIRED', 'The API could not be reached: its certificate is not valid (CERT_HAS_EXPIRED).'],
  ['ECONNREFUSED', 'The API could not be reached (ECONNREFUSED).'],
])('a connection that was not made because of %s says what to do', (code, message) => {
  const error = connectionError(coded(code), false);
  expect(error.message).toContain(message);
  expect(error).toMatchObject({ kind: 'connection', mayHaveArrived: false, cause: { code } });
});

it('a connection that broke says so, whatever its code', () => {
  for (const code of ['ECONNRESET', 'CERT_HAS_EXPIRED'])
    expect(connectionError(coded(code), true)).toMatchObject({
      message: `The connection to the API broke before its answer was complete (${code}).`,
      mayHaveArrived: true,
    });
});

it('a proxy that opens no tunnel is named', () => {
  expect(connectionError(new TunnelError('answered 407'), false).message).toBe(
    'The API could not be reached: the proxy answered 407.',
  );
});

it.each([
  ['the code of its cause', new TypeError('x', { cause: coded('ENOTFOUND') }), 'ENOTFOUND'],
  ['its own code first', coded('EPIPE', coded('ENOTFOUND')), 'EPIPE'],
  ['no code that is no text', coded(7, coded('ENOTFOUND')), 'ENOTFOUND'],
  ['the first of several codes', new AggregateError([coded('EHOSTUNREACH'), coded('EPIPE')]), 'EHOSTUNREACH'],
  ['its name if it has no code', new TypeError('x'), 'TypeError'],
  ['nothing if it is no error', 'x', 'unknown'],
  ['nothing if it is nothing', null, 'unknown'],
])('a connection error tells %s', (_, cause, code) => {
  expect(connectionError(cause, false).message).toBe(`The API could not be reached (${code}).`);
});
