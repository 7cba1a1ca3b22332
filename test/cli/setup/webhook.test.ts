import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutbox } from '../../../src/cli/setup/outbox.ts';
import { webhookNotifier } from '../../../src/cli/setup/webhook.ts';
import { newDraft } from '../../support/state/outbox-contract.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

/** A receiver of notifications. `answer` decides what it does. */
let received: { headers: Record<string, unknown>; body: string }[];
let answer: number | 'never';
let url: string;
let close: () => void;
beforeEach(async () => {
  received = [];
  answer = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      if (answer !== 'never') response.writeHead(answer, { location: '/elsewhere' }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0?a=b`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

function open(secret?: string, workspace?: string) {
  const warnings: unknown[] = [];
  const warn = (...line: unknown[]) => void warnings.push(line);
  const notifier = webhookNotifier({ url, secret, proxy: {}, workspace, logger: { warn } });
  const clock = settableClock();
  const outbox = openOutbox({ sandbox: ':memory:' }, {}, 'account', { notifier });
  const created = Date.now();
  const add = (ageMs = 0) =>
    outbox.add(
      newDraft(clock, {
        created: created - ageMs,
        expires: created + 1000_000,
        author: { name: 'robin', client: 'a-client' },
      }),
    );
  return { notifier, outbox, add, warnings };
}

describe('a notification', () => {
  it('has the number, the channel and ages, and nobody’s name or words', async () => {
    const { add, notifier } = open(undefined, 'support');
    await add(2 * 3_600_000);
    await notifier.idle();
    await add();
    await notifier.idle();
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([
      { text: 'Draft 1 in support waits for approval (api).' },
      {
        text: 'Draft 2 in support waits for approval (api). 2 drafts wait; the oldest was written 2 h ago.',
      },
    ]);
    expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(received[0]?.headers).not.toHaveProperty('x-opencx-signature');
  });

  it('is signed', async () => {
    const { add, notifier } = open('a-secret-of-the-operator');
    await add();
    await notifier.idle();
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const [, seconds, signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-opencx-signature'])) ?? [];
    expect(signature).toBe(
      createHmac('sha256', 'a-secret-of-the-operator').update(`${seconds}.${body}`).digest('hex'),
    );
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each([500, 404, 302])('that is answered with %s is logged, and the draft waits', async (status) => {
    answer = status;
    const { add, notifier, outbox, warnings } = open();
    await add();
    await notifier.idle();
    expect(received).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).not.toContain('services');
    expect(await outbox.list()).toHaveLength(1);
  });

  it('that nobody answers holds up no draft, and is limited', async () => {
    answer = 'never';
    const { add, outbox, warnings, notifier } = open();
    for (let n = 0; n < 12; n += 1) await add();
    expect(await outbox.list()).toHaveLength(12);
    expect(warnings).toHaveLength(2);
    close();
    await notifier.idle();
    expect(warnings).toHaveLength(12);
  });
});
