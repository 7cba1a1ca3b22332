import { describe, expect, test } from 'vitest';
import {
  call,
  clock,
  create,
  events,
  everything,
  get,
  open,
  send,
} from '../../../support/sandbox/harness.ts';

const types = async (...args: Parameters<typeof events>) =>
  (await events(...args)).map((item) => item.event.type);

test('a status change is stored and recorded in the history', async () => {
  const sandbox = await open({ now: clock().now });
  const id = await create(sandbox);
  const before = await get(sandbox, id);
  for (const status of [
    'closed_resolved',
    'closed_unresolved',
    'open',
    'closed_unresolved',
    'closed_resolved',
  ]) {
    const answer = await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body: { status } });
    expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '0']);
    expect((await get(sandbox, id)).status).toBe(status);
  }
  expect(await types(sandbox, id)).toEqual([
    'closed_resolved_by_api',
    'closed_unresolved_by_api',
    'system_reopened_session',
    'closed_unresolved_by_api',
    'closed_resolved_by_api',
  ]);
  expect((await get(sandbox, id)).updated_at > before.updated_at).toBe(true);
});

test.each([
  {},
  { status: 'open' },
  { generate_summary_and_sentiment_on_resolve: true },
  { custom_data: { a: 1 } },
])('%j changes nothing in an open session', async (body) => {
  const sandbox = await open({ now: clock().now });
  await create(sandbox);
  const before = await everything(sandbox);
  const id = (await call(sandbox, 'GET', '/chat/sessions')).body.items[0].id;
  expect((await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body })).status).toBe(200);
  expect(await everything(sandbox)).toEqual(before);
});

test('closing twice records one event', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  for (let n = 0; n < 2; n++) {
    await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body: { status: 'closed_resolved' } });
  }
  expect(await types(sandbox, id)).toEqual(['closed_resolved_by_api']);
});

describe('a summary on closing', () => {
  const body = { status: 'closed_resolved', generate_summary_and_sentiment_on_resolve: true };

  test.each([
    ['The tent leaks', 'neutral'],
    ['This is unacceptable!', 'angry'],
    ['Thank you, that was quick', 'happy'],
  ])('of a conversation that ends with %j has the sentiment %s', async (last, sentiment) => {
    const sandbox = await open({ now: clock().now });
    const id = await create(sandbox);
    await send(sandbox, id, { message: { type: 'text', text: '<p>Where is <b>my tent</b>?</p>' } });
    await send(sandbox, id, { sender: 'agent', message: { type: 'text', text: 'Thank you for asking.' } });
    await send(sandbox, id, { message: { type: 'text', text: last } });
    await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body });
    expect((await get(sandbox, id)).sentiment).toBe(sentiment);
    const summary = (await events(sandbox, id)).at(-1).event;
    expect(summary).toMatchObject({ type: 'summary_generated', context: { sentiment } });
    expect(summary.content.text).toBe(
      `3 messages, 2 of them from the customer, who first wrote: "Where is my tent?", and last: "${last}"`,
    );
  });

  test.each([
    '<p>It hasn&#39;t come.</p><blockquote>You are useless idiots</blockquote>',
    "It hasn't come.\n> You are useless idiots\n>> Fools",
  ])('ignores quoted text: %j', async (text) => {
    const sandbox = await open();
    const id = await create(sandbox, { channel: { type: 'email' } });
    await send(sandbox, id, { message: { type: 'text', text } });
    await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body });
    expect((await events(sandbox, id)).at(-1).event).toMatchObject({
      content: { text: '1 message from the customer, who wrote: "It hasn\'t come."' },
      context: { sentiment: 'neutral' },
    });
  });

  test('is also made for a session without messages', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body });
    expect((await get(sandbox, id)).sentiment).toBe('neutral');
    expect((await events(sandbox, id)).at(-1).event.content.text).toContain('0 messages');
  });

  test('is made only on request', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body: { status: 'closed_resolved' } });
    expect((await get(sandbox, id)).sentiment).toBeNull();
    expect(await events(sandbox, id)).toHaveLength(1);
  });
});

test('the closing payload is in the context of the closing event', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  const session_closed_payload = { reason: ['a', { b: null }], n: 1 };
  const body = {
    status: 'closed_unresolved',
    session_closed_payload,
    reflect_status_change_for_integration: true,
  };
  await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body });
  expect((await events(sandbox, id))[0].event).toMatchObject({
    type: 'closed_unresolved_by_api',
    context: { session_closed_payload },
  });
});

test.each([
  [{ status: 'closed' }, 'status'],
  [{ status: null }, 'status'],
  [{ generate_summary_and_sentiment_on_resolve: 'yes' }, 'generate_summary_and_sentiment_on_resolve'],
  [
    { status: 'closed_resolved', reflect_status_change_for_integration: 1 },
    'reflect_status_change_for_integration',
  ],
])('%j is rejected with the field at fault and writes nothing', async (body, field) => {
  const sandbox = await open();
  const id = await create(sandbox);
  const before = await everything(sandbox);
  const answer = await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body });
  expect([answer.status, answer.body.message.split(':')[0]]).toEqual([400, field]);
  expect(await everything(sandbox)).toEqual(before);
});
