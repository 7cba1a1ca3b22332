import { describe, expect, it } from 'vitest';
import { InvalidRequestError } from '../../src/client/errors.ts';
import { fillPath } from '../../src/client/path.ts';
import { failureOf } from '../support/fakes/http-server.ts';
import { scriptedClient } from '../support/fakes/scripted-client.ts';

const unsafeIds = [
  ['an empty string', ''],
  ['a dot', '.'],
  ['two dots', '..'],
  ['a relative path', '../contacts'],
  ['a slash', 'a/b'],
  ['a trailing slash', 'a/'],
  ['a backslash', 'a\\b'],
  ['an encoded slash', 'a%2fb'],
  ['encoded dots', '%2e%2e'],
  ['a query', 'a?x=1'],
  ['a fragment', 'a#b'],
  ['a space', 'a b'],
  ['a trailing space', 'a '],
  ['a no-break space', 'a\u00a0b'],
  ['a line break', 'a\r\nHost: evil'],
  ['a line separator', 'a\u2028b'],
  ['a NUL', 'a\0b'],
  ['a lone surrogate', 'a\ud800b'],
  ['a URL', 'https://evil.example/'],
  ['more than 200 characters', 'a'.repeat(201)],
] as const;

describe('fillPath', () => {
  it('replaces each parameter with one encoded segment', () => {
    expect(fillPath('/s/{session_id}/send', { session_id: 'a.b~c:d@e;é' })).toBe(
      '/s/a.b~c%3Ad%40e%3B%C3%A9/send',
    );
    expect(fillPath('/s/{session_id}', { session_id: 'a'.repeat(200) })).toHaveLength(203);
    expect(fillPath('/s')).toBe('/s');
  });

  it.each(unsafeIds)('rejects %s', (_, session_id) => {
    expect(() => fillPath('/s/{session_id}', { session_id })).toThrow(InvalidRequestError);
  });

  it.each([{}, { session_id: undefined }, { session_id: 7 }])('rejects %j', (params) => {
    expect(() => fillPath('/s/{session_id}', params as never)).toThrow('session_id must be a string.');
  });
});

describe('an unsafe session id', () => {
  const api = scriptedClient();

  it.each(unsafeIds)('is rejected before anything is sent: %s', async (_, id) => {
    const calls: Promise<unknown>[] = [
      api.client.getSession(id),
      api.client.updateSession(id, { status: 'open' }),
      api.client.listHistory(id),
      api.client.historyPages(id).next(),
    ];
    for (const call of calls) {
      expect(await failureOf(call)).toMatchObject({ kind: 'invalid_request', mayHaveArrived: false });
    }
    const sent = await api.client.sendMessage(id, { sender: 'agent', message: { type: 'text', text: 'x' } });
    expect(sent).toMatchObject({ outcome: 'rejected', error: { kind: 'invalid_request' } });
    expect(api.upstream.connections()).toBe(0);
  });
});
