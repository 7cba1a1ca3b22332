import { describe, expect, it } from 'vitest';
import { once, silence, status } from '../../support/faults/faults.ts';
import { isSend, message, scene, session } from '../../support/faults/scene.ts';

describe('a call that the client cancels', () => {
  it.each([
    ['get_session', { session_id: session }],
    ['send_message', message],
    ['create_session', {}],
    ['update_session', { session_id: session, status: 'open' }],
  ] as const)('%s ends its request at once, and is not answered', async (tool, args) => {
    let stuck = true;
    const { upstream, serve } = await scene({ plan: () => (stuck ? { fault: silence } : {}) });
    const server = await serve();
    const cancel = new AbortController();
    const call = server.call(tool, args, { signal: cancel.signal }).catch(() => 'cancelled');
    const { over } = await upstream.arrival(() => true);
    stuck = false;
    const from = performance.now();
    cancel.abort();
    await over;
    // A generous bound: what matters is that it does not wait for the call's own 50 seconds.
    expect(performance.now() - from).toBeLessThan(5000);
    expect(await call).toBe('cancelled');
    await server.caughtUp();
    expect(server.stray).toEqual([]);
    expect(upstream.arrivals.filter(({ operation }) => operation !== 'listHistory')).toHaveLength(1);
  });

  it('a message is not sent again after it', async () => {
    const { upstream, sends, serve } = await scene({
      plan: (arrival) => (isSend(arrival) ? { fault: silence, store: true } : {}),
    });
    const server = await serve();
    const cancel = new AbortController();
    const call = server.call('send_message', message, { signal: cancel.signal }).catch(() => {});
    const { over } = await upstream.arrival(isSend);
    cancel.abort();
    await Promise.all([call, over]);
    // It may come while the cancelled call still winds down; its fate is not shared.
    const { view } = await server.call('send_message', message);
    expect(view).toMatchObject({ outcome: 'found', message_id: upstream.stored[0]?.id });
    expect((await server.call('send_message', message)).text).toContain('Already sent');
    expect(sends()).toBe(1);
  });
});

describe('an equal call beside one that is cancelled', () => {
  it('is sent when the cancelled one was still waiting', async () => {
    const fault = once(status(429, { 'retry-after': '2' }), () => '');
    const { upstream, serve } = await scene({ plan: (arrival) => (isSend(arrival) ? { fault } : {}) });
    const server = await serve();
    const cancel = new AbortController();
    let first: Promise<unknown> | undefined;
    await new Promise<void>((waits) => {
      const options = { signal: cancel.signal, onprogress: () => waits() };
      first = server.call('send_message', message, options).catch(() => 'cancelled');
    });
    const second = server.call('send_message', message);
    await server.caughtUp();
    cancel.abort();
    expect(await first).toBe('cancelled');
    expect((await second).view?.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(1);
  });
});
