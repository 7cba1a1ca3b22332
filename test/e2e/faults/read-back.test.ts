import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, serve, stateFolder } from '../../support/faults/client.ts';
import {
  endlessBody,
  endlessPages,
  html,
  reset,
  silence,
  slowBody,
  status,
} from '../../support/faults/faults.ts';
import { isSend, message } from '../../support/faults/scene.ts';
import { type Arrival, type Fault, startUpstream, type Upstream } from '../../support/faults/upstream.ts';

const sameCursor: Fault = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ items: [], next: 'again' }));
};

const isReadBack = ({ operation }: Arrival) => operation === 'listHistory';

/** What happens to the history request, and how often it is sent: one of these. Each case has its own session. */
const cases: readonly (readonly [name: string, fault: Fault, requests: readonly number[]])[] = [
  ['returns 500', status(500), [3]],
  ['returns 404', status(404), [1]],
  ['returns 429', status(429, { 'retry-after': '60' }), [1]],
  ['returns HTML', html(200), [1]],
  // Each attempt takes a share of the call's time, so a busy machine may have none left for the third.
  ['never responds', silence, [2, 3]],
  ['sends one byte at a time', slowBody, [1]],
  ['sends an endless body', endlessBody, [1]],
  ['resets the connection', reset, [3]],
  ['has more pages than are read', endlessPages, [80]],
  ['returns the same cursor twice', sameCursor, [2]],
];

const sessionOf = (name: string) => name.replaceAll(' ', '-');

describe('a message whose response was lost and whose history cannot be read', () => {
  const folder = stateFolder();
  const answers = new Map<string, { first: Answer; asked: number; later: Answer }>();
  let upstream: Upstream;

  beforeAll(async () => {
    let broken = true;
    upstream = await startUpstream({
      plan: (arrival) => {
        if (isSend(arrival)) return { fault: reset, store: true };
        const fault = cases.find(([name]) => sessionOf(name) === arrival.sessionId)?.[1];
        return isReadBack(arrival) && broken ? { fault } : {};
      },
    });
    const env = { OPENCX_CALL_TIMEOUT_MS: '3000', OPENCX_RATE_LIMIT: '0' };
    /** Sends all messages from a new server, which knows about earlier ones only from the send log. */
    const sendAll = async () => {
      const server = await serve(upstream, folder.path, { env });
      const all = await Promise.all(
        cases.map(([name]) => server.call('send_message', { ...message, session_id: sessionOf(name) })),
      );
      await server.close();
      return all;
    };
    const first = await sendAll();
    const asked = cases.map(([name]) => readBacks(name));
    broken = false;
    const later = await sendAll();
    cases.forEach(([name], at) => {
      answers.set(name, { first: first[at] as Answer, asked: asked[at] ?? 0, later: later[at] as Answer });
    });
  }, 30_000);

  afterAll(async () => {
    await upstream.close();
    folder.remove();
  });

  const readBacks = (name: string) =>
    upstream.arrivals.filter((arrival) => isReadBack(arrival) && arrival.sessionId === sessionOf(name))
      .length;

  it.each(cases)(
    'is reported as not found, never sent again, and found later if the API %s',
    (name, _, requests) => {
      const { first, asked, later } = answers.get(name) as { first: Answer; asked: number; later: Answer };
      const session = sessionOf(name);
      expect(first.isError).toBe(true);
      expect(first.text).toMatch(
        new RegExp(
          `^Delivery unknown: .*\\nThe message was not found yet in session ${session}, but may still`,
        ),
      );
      expect(first.text).toContain('\nDo not repeat it blindly.');
      expect(first.text).not.toMatch(/<[a-z!/]|Other words/);
      expect(requests).toContain(asked);
      const stored = upstream.stored.filter((one) => one.session === session);
      expect(later.view).toMatchObject({ outcome: 'found', message_id: stored[0]?.id });
      expect(upstream.arrivals.filter((one) => isSend(one) && one.sessionId === session)).toHaveLength(1);
    },
  );
});
