import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type SendMessageBody, type SessionsClient } from '../../src/client/client.ts';
import { documentedId as id } from '../support/fakes/examples.ts';
import {
  type Answer,
  refusedUrl,
  reset,
  resetDuringAnswer,
  silence,
  startUpstream,
  type Upstream,
} from '../support/fakes/http-server.ts';

const body: SendMessageBody = {
  sender: 'agent',
  message: { type: 'text', text: 'Your refund is on its way.' },
};
let upstream: Upstream;
let client: SessionsClient;

beforeEach(async () => {
  upstream = await startUpstream();
  client = createClient({ apiKey: 'k', baseUrl: upstream.url, timeoutMs: 5000 });
});

afterEach(async () => {
  await client.close();
  await upstream.close();
});

function send(answer: Answer) {
  upstream.script(answer);
  return client.sendMessage(id, body);
}

describe('sendMessage', () => {
  it('posts the body to the session and reads the id of the message', async () => {
    const full: SendMessageBody = {
      sender: 'contact',
      message: {
        type: 'text',
        text: 'Zażółć 🙂\n| quoted',
        attachments: [{ url: 'https://a.example/1', name: 'a' }],
      },
      contact: { name: 'Jane', email: 'jane@example.com', custom_data: { plan: 'pro' } },
      custom_data: { order_id: 'ord_123', cart_value: 149.99, gift: false },
      agent: { id: 123, name: 'Tom', avatar_url: 'https://a.example/t' },
      should_take_over_session_from_ai: false,
    };
    upstream.script({ json: { success: true, data: { message: { id: 'm1' } } } });
    expect(await client.sendMessage(id, full)).toEqual({ outcome: 'sent', messageId: 'm1' });
    const [request] = upstream.requests;
    expect([request?.method, request?.target]).toEqual(['POST', `/chat/sessions/${id}/send`]);
    expect(request?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(request?.body ?? '')).toEqual(full);
  });

  it.each([
    ['201', { status: 201, json: { success: true, data: { message: { id: 'm1' } } } }],
    ['undocumented fields', { json: { success: true, data: { message: { id: 'm1', at: 1 } }, code: 'x' } }],
  ])('is sent with %s', async (_, answer) => {
    expect(await send(answer)).toEqual({ outcome: 'sent', messageId: 'm1' });
  });

  it.each<[string, unknown]>([
    ['no message', { success: true, data: {} }],
    ['no data', { success: true }],
    ['an id of another type', { success: true, data: { message: { id: 7 } } }],
    ['an empty id', { success: true, data: { message: { id: ' ' } } }],
    ['success as text', { success: 'true', data: { message: { id: 'm1' } } }],
    ['failure as text', { success: 'false' }],
    ['no success', { data: { message: { id: 'm1' } } }],
    ['failure and an id', { success: false, data: { message: { id: 'm1' } } }],
    ['an error', { error: 'Unauthorized' }],
    ['an older format with an inline reply', { success: true, data: { autopilotResponse: { id: 'x' } } }],
    ['null in its data', { success: true, data: { message: null } }],
    ['null', null],
    ['a list', []],
    ['a string', 'please log in'],
    ['a number', 1],
  ])('is unknown, and sent once, when a 200 has %s', async (_, json) => {
    expect(await send({ text: JSON.stringify(json) })).toMatchObject({
      outcome: 'unknown',
      error: { kind: 'invalid_response', mayHaveArrived: true },
    });
    expect(upstream.requests).toHaveLength(1);
  });

  it('keeps what the API says in the place of an id', async () => {
    expect(await send({ json: { error: 'Unauthorized' } })).toMatchObject({
      error: { apiMessage: 'Unauthorized' },
    });
  });

  it('is unknown after success: false and keeps the API message', async () => {
    expect(await send({ json: { success: false, message: 'Skipped.' } })).toMatchObject({
      outcome: 'unknown',
      error: { kind: 'invalid_response', apiMessage: 'Skipped.' },
    });
  });

  it.each([
    [400, 'invalid_request'],
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'invalid_request'],
    [413, 'too_large'],
    [422, 'invalid_request'],
    [429, 'rate_limited'],
    [307, 'upstream'],
  ])('is rejected by status %i', async (status, kind) => {
    const sent = await send({
      status,
      json: { message: 'No.' },
      headers: { location: '/x', 'retry-after': '60' },
    });
    expect(sent).toMatchObject({ outcome: 'rejected', error: { kind, status } });
  });

  it('is rejected by a refused connection', async () => {
    const lost = createClient({ apiKey: 'k', baseUrl: await refusedUrl() });
    expect(await lost.sendMessage(id, body)).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'connection' },
    });
    await lost.close();
  });

  it('is rejected before sending if the body is invalid', async () => {
    const sent = await client.sendMessage(id, { ...body, custom_data: { a: { b: 1 } } as never });
    expect(sent).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'invalid_request', status: undefined },
    });
    expect(upstream.connections()).toBe(0);
  });

  it('is rejected before sending if it is already cancelled', async () => {
    const sent = await client.sendMessage(id, body, { signal: AbortSignal.abort() });
    expect(sent).toMatchObject({ outcome: 'rejected', error: { kind: 'cancelled' } });
    expect(upstream.connections()).toBe(0);
  });

  it.each<[string, Answer, string]>([
    ['status 500', { status: 500 }, 'upstream'],
    ['status 502', { status: 502, text: '<html>' }, 'upstream'],
    ['status 503', { status: 503 }, 'upstream'],
    ['status 504', { status: 504 }, 'upstream'],
    ['status 408', { status: 408 }, 'upstream'],
    ['a reset before the response', reset, 'connection'],
    ['a reset during the response', resetDuringAnswer, 'connection'],
    ['a success in broken JSON', { text: '{"success":tr' }, 'invalid_response'],
    ['a success without a body', { text: '' }, 'invalid_response'],
    ['a success in HTML', { text: '<html>' }, 'invalid_response'],
  ])('is unknown after %s, and sent once', async (_, answer, kind) => {
    expect(await send(answer)).toMatchObject({ outcome: 'unknown', error: { kind, mayHaveArrived: true } });
    expect(upstream.requests).toHaveLength(1);
  });

  it('is unknown after the deadline', async () => {
    upstream.script(silence);
    const sent = await client.sendMessage(id, body, { signal: AbortSignal.timeout(40) });
    expect(sent).toMatchObject({ outcome: 'unknown', error: { kind: 'timeout' } });
  });

  it('is unknown when it is cancelled in flight', async () => {
    const controller = new AbortController();
    upstream.script(() => controller.abort());
    const sent = await client.sendMessage(id, body, { signal: controller.signal });
    expect(sent).toMatchObject({ outcome: 'unknown', error: { kind: 'cancelled' } });
  });
});
