import { expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { roleOf, teamApp, url, workspaceOf } from '../../support/doors/team.ts';
import { contextOf } from '../../support/fakes/fakes.ts';

/** A server whose API never answers, and what its calls came to. */
function silentServer() {
  const calls: AbortSignal[] = [];
  let tell = () => {};
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const getSession: SessionsClient['getSession'] = (_id, { signal } = {}) => {
    if (signal) calls.push(signal);
    tell();
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };
  const workspace = workspaceOf('acme', contextOf({ getSession }));
  const { fetch } = teamApp([{ token: 'ada', workspace, role: roleOf('agent') }]);
  const call = (signal: AbortSignal) =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: 'Bearer ada',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'get_session', arguments: { session_id: 's1' } },
      }),
      signal,
    });
  return { calls, asked, call };
}

it('a call whose client leaves ends without an answer, and so does its request to the API', async () => {
  const { calls, asked, call } = silentServer();
  const client = new AbortController();
  const response = call(client.signal);
  await asked;
  client.abort();
  const { status, body } = await response;
  expect({ status, body }).toEqual({ status: 499, body: null });
  expect(calls.map(({ aborted }) => aborted)).toEqual([true]);
});

it('a call whose client has left before it begins asks the API nothing', async () => {
  const { calls, call } = silentServer();
  const { status } = await call(AbortSignal.abort());
  expect(status).toBe(499);
  expect(calls).toEqual([]);
});
