import { describe, expect, it } from 'vitest';
import { once, status } from '../../support/faults/faults.ts';
import { message, scene, session } from '../../support/faults/scene.ts';

describe('a rate limit', () => {
  it('is reported as progress if the call waits for it', async () => {
    const fault = once(status(429, { 'retry-after': '1' }), ({ arrival }) => arrival.sessionId);
    const { upstream, serve } = await scene({ plan: () => ({ fault }) });
    const server = await serve();
    const progress: (string | undefined)[] = [];
    const onprogress = (update: { message?: string | undefined }) => progress.push(update.message);
    const { isError } = await server.call('get_session', { session_id: 'with-progress' }, { onprogress });
    expect(isError).toBe(false);
    expect(progress[0]).toMatch(/^Waiting \d s to retry a failed request$/);
    expect((await server.call('get_session', { session_id: 'without-progress' })).isError).toBe(false);
    expect(upstream.arrivals).toHaveLength(4);
    expect(server.stray).toEqual([]);
  });

  it('of this server fails a call before its request, with the time to retry, and a message is not a duplicate later', async () => {
    const { upstream, serveHere } = await scene();
    const server = await serveHere({ env: { OPENCX_RATE_LIMIT: '1' } });
    const args = { session_id: session };
    expect((await server.call('get_session', args)).isError).toBe(false);
    const { isError, text: told } = await server.call('get_session', args);
    expect(isError).toBe(true);
    expect(told).toMatch(
      /^The rate limit leaves no request now; nothing was sent\.\nNothing was changed\.\nCall again in (?:5\d|60) seconds\.$/,
    );
    expect((await server.call('send_message', message)).text).toContain(
      'The rate limit leaves no request now',
    );
    expect(upstream.arrivals).toHaveLength(1);
    const fresh = await serveHere();
    expect((await fresh.call('send_message', message)).view.outcome).toBe('sent');
  });

  it('of the API stops other calls for a minute at most', async () => {
    const { upstream, serveHere } = await scene({
      plan: () => ({ fault: status(429, { 'retry-after': '3600' }) }),
    });
    const server = await serveHere();
    expect((await server.call('list_sessions')).text).toContain('Call again in 3600 seconds.');
    expect((await server.call('search_sessions', { query: 'x' })).text).toContain(
      'Call again in 60 seconds.',
    );
    expect(upstream.arrivals).toHaveLength(1);
  });

  it('of the API with Retry-After 0 or a time in the past stops nothing', async () => {
    const waits: Record<string, string> = { zero: '0', past: new Date(0).toUTCString() };
    const limited = once(
      (exchange) => status(429, { 'retry-after': waits[exchange.arrival.sessionId] ?? '' })(exchange),
      ({ arrival }) => arrival.sessionId,
    );
    const { upstream, serveHere } = await scene({ plan: () => ({ fault: limited }) });
    const server = await serveHere({ env: { OPENCX_CALL_TIMEOUT_MS: '5000' } });
    for (const session_id of Object.keys(waits)) {
      expect((await server.call('get_session', { session_id })).isError).toBe(false);
      expect((await server.call('get_session', { session_id })).isError).toBe(false);
    }
    expect(upstream.arrivals).toHaveLength(6);
  });
});
