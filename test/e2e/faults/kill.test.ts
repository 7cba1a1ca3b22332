import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve, stateFolder } from '../../support/faults/client.ts';
import { silence, status } from '../../support/faults/faults.ts';
import { gate, isSend, message, text } from '../../support/faults/scene.ts';
import { type Arrival, startUpstream, type Upstream } from '../../support/faults/upstream.ts';

/** How far a send has come when its server is killed. Each has a session of its own. */
const sessions = [
  'stored',
  'not-stored',
  'appears-later',
  'response-begun',
  'waits-to-retry',
  'allow-duplicate',
] as const;

/** A message that the history does not show is looked for until the call's time is over. */
const brief = { OPENCX_CALL_TIMEOUT_MS: '2500', OPENCX_RATE_LIMIT: '0' };

describe('a server that is killed during a send and restarted', () => {
  const folder = stateFolder();
  const begun = gate();
  const to = (session: string) => (one: Arrival) => isSend(one) && one.sessionId === session;
  let upstream: Upstream;
  let next: Server;

  beforeAll(async () => {
    let killed = false;
    upstream = await startUpstream({
      plan: (arrival) => {
        if (!isSend(arrival)) return {};
        switch (arrival.sessionId) {
          case 'response-begun':
            return {
              store: true,
              fault: (exchange) => {
                exchange.response.writeHead(200, { 'content-length': '1000' });
                exchange.response.write(exchange.good);
                begun.fault(exchange);
              },
            };
          case 'waits-to-retry':
            return { fault: status(429, { 'retry-after': '20' }) };
          case 'allow-duplicate':
            return killed ? {} : { fault: silence, store: true };
          default:
            return { fault: silence, store: arrival.sessionId === 'stored' };
        }
      },
    });
    // A pause after a 429 would hold the other sends.
    const server = await serve(upstream, folder.path, { env: { OPENCX_RATE_LIMIT: '0' } });
    const waits: Promise<unknown>[] = [];
    const lost = sessions.map((session_id) => {
      let onprogress = () => {};
      const waiting = new Promise<void>((resolve) => {
        onprogress = resolve;
      });
      waits.push(session_id === 'waits-to-retry' ? waiting : upstream.arrival(to(session_id)));
      return server
        .call('send_message', { ...message, session_id }, { onprogress })
        .catch(() => 'lost' as const);
    });
    await Promise.all(waits);
    const open = upstream.arrivals.filter((one) => isSend(one) && one.sessionId !== 'waits-to-retry');
    await server.kill();
    killed = true;
    expect(await Promise.all(lost)).toEqual(sessions.map(() => 'lost'));
    await Promise.all(open.map(({ over }) => over));
    next = await serve(upstream, folder.path, { env: brief });
  });
  afterAll(async () => {
    await next.close();
    await upstream.close();
    folder.remove();
  });

  const send = (session_id: (typeof sessions)[number], more: object = {}) =>
    next.call('send_message', { ...message, session_id, ...more });
  const sends = (session: string) => upstream.arrivals.filter(to(session)).length;
  const storedIn = (session: string) => upstream.stored.filter((one) => one.session === session);

  it('finds the message if it was stored, and never sends it again', async () => {
    const { isError, view } = await send('stored');
    expect(isError).toBe(false);
    const [{ id } = {}] = storedIn('stored');
    expect(view).toMatchObject({ session_id: 'stored', outcome: 'found', message_id: id });
    expect((await send('stored')).text).toContain('Already sent');
    expect(sends('stored')).toBe(1);
  });

  it('does not repeat the message if it is not in the history', async () => {
    const { isError, text: told } = await send('not-stored');
    expect(isError).toBe(true);
    expect(told).toContain('Nothing was sent now.');
    expect(told).toContain('Do not repeat it blindly.');
    expect(sends('not-stored')).toBe(1);
    expect(storedIn('not-stored')).toEqual([]);
  });

  it('finds the message when it appears later', async () => {
    expect((await send('appears-later')).isError).toBe(true);
    const { id } = upstream.store('appears-later', 'agent', text);
    expect((await send('appears-later')).view).toMatchObject({ outcome: 'found', message_id: id });
    expect(sends('appears-later')).toBe(1);
  });

  it('finds the message if the response had begun', async () => {
    const { view } = await send('response-begun');
    const [{ id } = {}] = storedIn('response-begun');
    expect(view).toMatchObject({ outcome: 'found', message_id: id });
    expect(sends('response-begun')).toBe(1);
  });

  it('does not send a message that was waiting for a retry', async () => {
    expect((await send('waits-to-retry')).text).toContain('Nothing was sent now.');
    expect(sends('waits-to-retry')).toBe(1);
  });

  it('sends the message again if allow_duplicate is true', async () => {
    expect((await send('allow-duplicate', { allow_duplicate: true })).view.outcome).toBe('sent');
    expect(storedIn('allow-duplicate')).toHaveLength(2);
  });
});
