import { describe, expect, it } from 'vitest';
import { once, silence, status } from '../../support/faults/faults.ts';
import { isSend, message, scene, session } from '../../support/faults/scene.ts';
import type { Arrival } from '../../support/faults/upstream.ts';

describe('a cancelled call', () => {
  it('closes its connection at once and gets no answer, whatever the tool', async () => {
    let stuck = true;
    const { upstream, serve } = await scene({ plan: () => (stuck ? { fault: silence } : {}) });
    const server = await serve();
    for (const [tool, operation, args] of [
      ['get_session', 'getSession', { session_id: session }],
      ['send_message', 'sendMessage', message],
      ['create_session', 'createSession', {}],
      ['update_session', 'updateSession', { session_id: session, status: 'open' }],
    ] as const) {
      stuck = true;
      const isOwn = (arrival: Arrival) => arrival.operation === operation;
      const cancel = new AbortController();
      const call = server.call(tool, args, { signal: cancel.signal }).catch(() => 'cancelled');
      const { over } = await upstream.arrival(isOwn);
      stuck = false;
      const from = performance.now();
      cancel.abort();
      await over;
      // A generous limit. Without the cancellation the request would end after 50 seconds.
      expect(performance.now() - from, tool).toBeLessThan(5000);
      expect(await call, tool).toBe('cancelled');
      await server.caughtUp();
      expect(server.stray, tool).toEqual([]);
      expect(upstream.arrivals.filter(isOwn), tool).toHaveLength(1);
    }
    expect(upstream.arrivals.filter(({ operation }) => operation !== 'listHistory')).toHaveLength(4);
  });

  it('of send_message is not repeated by the same call later', async () => {
    const { upstream, sends, serveHere } = await scene({
      plan: (arrival) => (isSend(arrival) ? { fault: silence, store: true } : {}),
    });
    const server = await serveHere();
    const cancel = new AbortController();
    const call = server.call('send_message', message, { signal: cancel.signal }).catch(() => {});
    const { over } = await upstream.arrival(isSend);
    cancel.abort();
    await Promise.all([call, over]);
    // The cancelled call may still be ending. This one must not be cancelled with it.
    const { view } = await server.call('send_message', message);
    expect(view).toMatchObject({ outcome: 'found', message_id: upstream.stored[0]?.id });
    expect((await server.call('send_message', message)).text).toContain('Already sent');
    expect(sends()).toBe(1);
  });
});

describe('a call with the same message as a cancelled one', () => {
  it('is sent if the cancelled one was waiting to retry', async () => {
    const fault = once(status(429, { 'retry-after': '2' }), () => '');
    const { upstream, serveHere } = await scene({ plan: (arrival) => (isSend(arrival) ? { fault } : {}) });
    const server = await serveHere();
    const cancel = new AbortController();
    let first: Promise<unknown> | undefined;
    await new Promise<void>((waits) => {
      const options = { signal: cancel.signal, onprogress: () => waits() };
      first = server.call('send_message', message, options).catch(() => 'cancelled');
    });
    const second = server.call('send_message', message);
    await server.client.ping();
    cancel.abort();
    expect(await first).toBe('cancelled');
    expect((await second).view?.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(1);
  });
});
