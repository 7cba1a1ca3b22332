import { expect, it } from 'vitest';
import { placeOf } from '../../../src/cli/outbox/place.ts';
import { readSettings } from '../../../src/cli/settings/read-settings.ts';
import { TimeoutError, UnauthenticatedError } from '../../../src/client/errors.ts';

/** The place that these variables name, for a client that ends every request so. */
function placeWith(env: Record<string, string>, answer: () => Promise<never> = () => Promise.reject()) {
  const settings = readSettings('serve', {}, env);
  const target = {
    baseUrl: 'https://api.example.com',
    apiKey: 'k',
    account: 'a',
    proxy: {},
    close: async () => {},
  };
  return placeOf(settings, env, target, { listSessions: answer });
}

it.each([
  ['postgres://user:secret@db.example.com:5433/desk', 'PostgreSQL db.example.com:5433/desk'],
  ['postgres://user:secret@db/desk?schema=acme', 'PostgreSQL db/desk, schema acme'],
])('a database is named without its user and password: %s', (OPENCX_DATABASE_URL, storage) => {
  expect(placeWith({ OPENCX_DATABASE_URL }).storage).toBe(storage);
});

it('a key that the API refuses is told from one that could not be checked', async () => {
  const variable = { OPENCX_API_KEY: 'ocx_0123456789', OPENCX_STATE_DIR: '/state' };
  const refused = placeWith(variable, () => Promise.reject(new UnauthenticatedError('no', { status: 401 })));
  expect(await refused.checkKey?.()).toEqual({
    isRefused: true,
    text: 'The API refuses the key in OPENCX_API_KEY (401). Messages may wait in the account of another key.',
  });
  const late = placeWith(variable, () =>
    Promise.reject(new TimeoutError('The API did not answer in time.', { mayHaveArrived: true })),
  );
  expect(await late.checkKey?.()).toEqual({
    isRefused: false,
    text: 'The key could not be checked. The API did not answer in time.',
  });
});
