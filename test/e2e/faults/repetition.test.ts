import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gate, isSend, message, scene } from '../../support/faults/scene.ts';

describe('repeated messages', () => {
  it('that are sent at the same time become one message with one id', async () => {
    const { fault, release } = gate();
    const { upstream, sends, serveHere } = await scene({
      plan: (arrival) => (isSend(arrival) ? { fault } : {}),
    });
    const server = await serveHere();
    const both = [server.call('send_message', message), server.call('send_message', message)];
    await upstream.arrival(isSend);
    await server.client.ping();
    release();
    const [first, second] = await Promise.all(both);
    expect(first?.view.outcome).toBe('sent');
    expect(second?.view).toEqual(first?.view);
    expect(sends()).toBe(1);
    expect(upstream.stored.map(({ id }) => id)).toEqual([first?.view.message_id]);
  });

  it('are refused unless allow_duplicate is true, or the text, the sender or the session differs', async () => {
    const { upstream, sends, serveHere } = await scene();
    const server = await serveHere();
    expect((await server.call('send_message', message)).view.outcome).toBe('sent');
    const again = await server.call('send_message', message);
    expect(again.isError).toBe(true);
    expect(again.text).toMatch(/^Already sent: .*\nNothing was sent now\.\n.*allow_duplicate true/);
    expect(sends()).toBe(1);
    const others = [
      { ...message, allow_duplicate: true },
      { ...message, text: 'Other' },
      { ...message, sender: 'contact' },
      { ...message, session_id: 'session-2' },
    ];
    const answers = await Promise.all(others.map((one) => server.call('send_message', one)));
    expect(answers.map(({ view }) => view?.outcome)).toEqual(others.map(() => 'sent'));
    expect(upstream.stored).toHaveLength(1 + others.length);
  });

  it('from two processes at the same time become one message', async () => {
    const { upstream, sends, serve } = await scene();
    const servers = await Promise.all([serve(), serve()]);
    const texts = Array.from({ length: 20 }, (_, index) => `Text ${index}`);
    const outcomes = await Promise.all(
      texts.map((one) =>
        Promise.all(servers.map((server) => server.call('send_message', { ...message, text: one }))),
      ),
    );
    expect(sends()).toBe(texts.length);
    expect(new Set(upstream.stored.map((stored) => stored.text)).size).toBe(texts.length);
    for (const pair of outcomes) {
      expect(pair.some(({ view }) => view?.outcome === 'sent')).toBe(true);
      for (const { isError, text: told, view } of pair) {
        if (isError)
          expect(told).toMatch(/^(?:Already sent|Delivery unknown: The same message was tried before)/);
        else expect(['sent', 'found']).toContain(view.outcome);
      }
    }
  });
});

it('nothing is sent when the state folder cannot be written', async () => {
  const { upstream, folder, serveHere } = await scene();
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const server = await serveHere({ env: { OPENCX_STATE_DIR: join(file, 'state') } });
  const { isError, text: told } = await server.call('send_message', message);
  expect(isError).toBe(true);
  expect(told).toMatch(/^Not sent: .*\nNothing was changed\.\n.*OPENCX_STATE_DIR/);
  expect(upstream.arrivals).toHaveLength(0);
  expect((await server.call('list_sessions')).isError).toBe(false);
});
