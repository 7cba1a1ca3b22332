import { describe, expect, it } from 'vitest';
import { silence, status } from '../../support/faults/faults.ts';
import { gate, isSend, message, scene, session, text } from '../../support/faults/scene.ts';
import type { Behaviour } from '../../support/faults/upstream.ts';

/** A message that the history does not show is looked for until the call's time is over. */
const brief = { OPENCX_CALL_TIMEOUT_MS: '2500' };

describe('a server that is killed during a send and restarted', () => {
  const stuck = (store: boolean): Behaviour => ({
    plan: (arrival) => (isSend(arrival) ? { fault: silence, store } : {}),
  });

  /** Sends a message, kills the server once the upstream has the request, and starts the next server. */
  async function killed(behaviour: Behaviour) {
    const all = await scene(behaviour);
    const server = await all.serve();
    const lost = server.call('send_message', message).catch(() => 'lost');
    const { over } = await all.upstream.arrival(isSend);
    await server.kill();
    expect(await lost).toBe('lost');
    await over;
    return { ...all, next: await all.serve({ env: brief }) };
  }

  it('finds the message if it was stored, and never sends it again', async () => {
    const { upstream, sends, next } = await killed(stuck(true));
    const { isError, view } = await next.call('send_message', message);
    expect(isError).toBe(false);
    expect(view).toMatchObject({ session_id: session, outcome: 'found', message_id: upstream.stored[0]?.id });
    expect((await next.call('send_message', message)).text).toContain('Already sent');
    expect(sends()).toBe(1);
  });

  it('does not repeat the message if it is not in the history', async () => {
    const { sends, upstream, next } = await killed(stuck(false));
    const { isError, text: told } = await next.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('Nothing was sent now.');
    expect(told).toContain('Do not repeat it blindly.');
    expect(sends()).toBe(1);
    expect(upstream.stored).toHaveLength(0);
  });

  it('finds the message when it appears later', async () => {
    const { upstream, sends, next } = await killed(stuck(false));
    expect((await next.call('send_message', message)).isError).toBe(true);
    const { id } = upstream.store(session, 'agent', text);
    expect((await next.call('send_message', message)).view).toMatchObject({
      outcome: 'found',
      message_id: id,
    });
    expect(sends()).toBe(1);
  });

  it('finds the message if the response had begun', async () => {
    const begun = gate();
    const { upstream, sends, next } = await killed({
      plan: (arrival) =>
        isSend(arrival)
          ? {
              store: true,
              fault: (exchange) => {
                exchange.response.writeHead(200, { 'content-length': '1000' });
                exchange.response.write(exchange.good);
                begun.fault(exchange);
              },
            }
          : {},
    });
    expect((await next.call('send_message', message)).view).toMatchObject({
      outcome: 'found',
      message_id: upstream.stored[0]?.id,
    });
    expect(sends()).toBe(1);
  });

  it('does not send a message that was waiting for a retry', async () => {
    const all = await scene({
      plan: (arrival) => (isSend(arrival) ? { fault: status(429, { 'retry-after': '20' }) } : {}),
    });
    const server = await all.serve();
    const waits = new Promise<void>((resolve) => {
      server.call('send_message', message, { onprogress: () => resolve() }).catch(() => {});
    });
    await waits;
    await server.kill();
    const next = await all.serve({ env: brief });
    expect((await next.call('send_message', message)).text).toContain('Nothing was sent now.');
    expect(all.sends()).toBe(1);
  });

  it('sends the message again if allow_duplicate is true', async () => {
    let stuckOnce = true;
    const { upstream, next } = await killed({
      plan: (arrival) => {
        if (!isSend(arrival) || !stuckOnce) return {};
        stuckOnce = false;
        return { fault: silence, store: true };
      },
    });
    const { view } = await next.call('send_message', { ...message, allow_duplicate: true });
    expect(view.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(2);
  });
});
