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

const text = (text: string) => ({ type: 'text', text });

test('a message appears in the history under the returned id', async () => {
  const sandbox = await open({ now: clock().now });
  const id = await create(sandbox, { contact: { name: 'Kit' } });
  const before = await get(sandbox, id);
  const first = await send(sandbox, id, { message: text('Where is my parcel?') });
  const second = await send(sandbox, id, {
    sender: 'agent',
    agent: { id: 7, name: 'Nora' },
    message: text('On its way.'),
  });
  expect(await events(sandbox, id)).toEqual([
    {
      id: first,
      created_at: expect.any(String),
      event: {
        type: 'message',
        sender: { type: 'contact', name: 'Kit' },
        content: text('Where is my parcel?'),
      },
    },
    {
      id: second,
      created_at: expect.any(String),
      event: { type: 'message', sender: { type: 'agent', name: 'Nora' }, content: text('On its way.') },
    },
  ]);
  const after = await get(sandbox, id);
  expect(after.updated_at > before.updated_at).toBe(true);
  expect(after).toEqual({ ...before, updated_at: after.updated_at });
});

test.each(['', ' \n\t', 'plain', '<b>html</b>', '😀 \u202e 日本語', 'x'.repeat(100_000)])(
  'text %j is stored unchanged, or rejected if it is empty',
  async (words) => {
    const sandbox = await open();
    const id = await create(sandbox);
    const body = { sender: 'contact', message: text(words) };
    const answer = await call(sandbox, 'POST', `/chat/sessions/${id}/send`, { body });
    if (words.trim() === '') {
      expect(answer.body.message).toMatch(/^message\.text: /);
      expect(await events(sandbox, id)).toEqual([]);
    } else {
      expect((await events(sandbox, id))[0].event.content.text).toBe(words);
    }
  },
);

describe('custom data', () => {
  test('of session and contact is merged key by key', async () => {
    const sandbox = await open();
    const id = await create(sandbox, {
      verified: true,
      custom_data: { order_id: 'a', count: 1 },
      contact: { name: 'Ada', custom_data: { plan: 'free', region: 'uk' } },
    });
    await send(sandbox, id, {
      custom_data: { count: 2, vip: true },
      contact: { custom_data: { plan: 'pro' } },
    });
    const session = await get(sandbox, id);
    expect(session.custom_data).toEqual({ order_id: 'a', count: 2, vip: true });
    expect(session.contact.custom_data).toEqual({ plan: 'pro', region: 'uk' });
    expect(session.contact.name).toBe('Ada');
  });

  test('is added to a session without any', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    await send(sandbox, id, { custom_data: { a: 1 } });
    expect((await get(sandbox, id)).custom_data).toEqual({ a: 1 });
  });

  test('from concurrent sends is all kept', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => send(sandbox, id, { custom_data: { [`k${n}`]: n } })),
    );
    expect(Object.keys((await get(sandbox, id)).custom_data)).toHaveLength(30);
    expect(await events(sandbox, id)).toHaveLength(30);
  });
});

describe('contact data of a message', () => {
  const contact = {
    name: 'New Name',
    email: 'new@example.com',
    phone_number: '+1 555 0177',
    avatar_url: 'https://example.com/a.png',
    custom_data: { plan: 'pro' },
  };

  test('is verified in a verified session', async () => {
    const sandbox = await open();
    const id = await create(sandbox, { verified: true, contact: { name: 'Ada', email: 'ada@example.com' } });
    await send(sandbox, id, { contact });
    expect((await get(sandbox, id)).contact).toMatchObject({
      name: 'New Name',
      email: 'new@example.com',
      phone_number: '+1 555 0177',
      custom_data: { plan: 'pro' },
      non_verified_name: null,
      non_verified_email: null,
      non_verified_custom_data: null,
    });
  });

  test('is claimed in any other session, even if the contact is verified', async () => {
    const sandbox = await open();
    const ada = {
      name: 'Ada',
      email: 'ada@example.com',
      phone_number: '+1 555 0100',
      custom_data: { plan: 'free' },
    };
    const real = (await get(sandbox, await create(sandbox, { verified: true, contact: ada }))).contact;
    const id = await create(sandbox, { contact_id: real.id });
    await send(sandbox, id, { contact });
    expect((await get(sandbox, id)).contact).toMatchObject({
      ...ada,
      non_verified_name: 'New Name',
      non_verified_email: 'new@example.com',
      non_verified_custom_data: { plan: 'pro' },
    });
  });

  test('creates the contact of a session without one, verified or claimed as the session is', async () => {
    const sandbox = await open();
    const real = (await get(sandbox, await create(sandbox, { verified: true, contact }))).contact;
    const claimed = await create(sandbox);
    await send(sandbox, claimed, { contact });
    const session = await get(sandbox, claimed);
    expect(session.contact).toMatchObject({ email: null, non_verified_email: 'new@example.com' });
    expect(session.contact.id).not.toBe(real.id);
    const proven = await create(sandbox, { verified: true });
    await send(sandbox, proven, { contact: { email: 'NEW@example.com' } });
    expect((await get(sandbox, proven)).contact.id).toBe(real.id);
  });

  test("cannot take another contact's verified address", async () => {
    const sandbox = await open();
    await create(sandbox, { verified: true, contact: { email: 'ada@example.com' } });
    const id = await create(sandbox, { verified: true, contact: { email: 'bob@example.com' } });
    const before = await everything(sandbox);
    const body = { sender: 'contact', message: text('hi'), contact: { email: 'Ada@example.com' } };
    const answer = await call(sandbox, 'POST', `/chat/sessions/${id}/send`, { body });
    expect([answer.status, answer.body.message.split(':')[0]]).toEqual([400, 'contact.email']);
    expect(await everything(sandbox)).toEqual(before);
  });
});

describe('a closed session', () => {
  test.each(['contact', 'agent'])(
    'is reopened by a message of the %s, with an event before it',
    async (sender) => {
      const sandbox = await open({ now: clock().now });
      const id = await create(sandbox);
      await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body: { status: 'closed_resolved' } });
      await send(sandbox, id, { sender });
      expect((await get(sandbox, id)).status).toBe('open');
      expect((await events(sandbox, id)).map((item) => item.event.type)).toEqual([
        'closed_resolved_by_api',
        'system_reopened_session',
        'message',
      ]);
    },
  );
});

describe('taking over from the AI', () => {
  test('creates one handoff with a summary', async () => {
    const sandbox = await open({ now: clock().now });
    const id = await create(sandbox);
    await send(sandbox, id, { message: text('My tent leaks') });
    const takeOver = {
      sender: 'agent',
      agent: { id: 7, name: 'Nora' },
      message: text('I take care of it.'),
      should_take_over_session_from_ai: true,
    };
    expect((await get(sandbox, id)).handoff).toBeUndefined();
    await send(sandbox, id, takeOver);
    const session = await get(sandbox, id);
    expect(session).toMatchObject({ ai_closure_type: 'handed_off', assignee_id: '7', status: 'open' });
    expect(session.handoff.summary).toContain('Nora');
    expect(session.handoff.summary).toContain('My tent leaks');
    expect((await call(sandbox, 'GET', '/chat/sessions?handed_off=true')).body.items).toEqual([session]);

    await send(sandbox, id, { ...takeOver, agent: { id: 8, name: 'Idris' } });
    expect((await get(sandbox, id)).handoff).toEqual(session.handoff);
    const items = await events(sandbox, id);
    expect(items.map((item) => item.event.type)).toEqual([
      'message',
      'agent_took_session_from_ai',
      'handoff',
      'message',
      'message',
    ]);
    expect(items[2].event.content.text).toBe(session.handoff.summary);
  });

  test.each([
    { sender: 'contact', should_take_over_session_from_ai: true },
    { sender: 'agent', should_take_over_session_from_ai: false },
    { sender: 'agent' },
  ])('does not happen with %o', async (more) => {
    const sandbox = await open();
    const id = await create(sandbox);
    await send(sandbox, id, more);
    const session = await get(sandbox, id);
    expect(session.handoff).toBeUndefined();
    expect(session.ai_closure_type).toBeNull();
    expect(await events(sandbox, id)).toHaveLength(1);
  });
});

test.each([
  [{}, 'sender', 'message'],
  [{ sender: 'ai', message: text('x') }, 'sender'],
  [{ sender: 'contact', message: 'x' }, 'message'],
  [{ sender: 'contact', message: { type: 'image', text: 'x' } }, 'message.type'],
  [{ sender: 'contact', message: { type: 'text' } }, 'message.text'],
  [{ sender: 'contact', message: { type: 'text', text: null } }, 'message.text'],
  [{ sender: 'contact', message: text('x'), agent: { id: '7' } }, 'agent.id'],
  [{ sender: 'contact', message: text('x'), contact: { email: 'nobody' } }, 'contact.email'],
  [{ sender: 'contact', message: text('x'), contact: { custom_data: { a: 1 } } }, 'contact.custom_data.a'],
  [{ sender: 'contact', message: text('x'), custom_data: { a: { b: 1 } } }, 'custom_data.a'],
  [{ sender: 'contact', message: text('x'), custom_data: { a: [1] } }, 'custom_data.a'],
  [{ sender: 'contact', message: text('x'), custom_data: { a: null } }, 'custom_data.a'],
  [{ sender: 'contact', message: text('x'), custom_data: [] }, 'custom_data'],
  [
    { sender: 'contact', message: text('x'), should_take_over_session_from_ai: 'true' },
    'should_take_over_session_from_ai',
  ],
  [{ sender: 'contact', message: text('x\0y') }, 'message.text'],
])('%j is rejected with the field at fault and writes nothing', async (body, ...fields) => {
  const sandbox = await open();
  const id = await create(sandbox, { custom_data: { kept: 1 } });
  const before = await everything(sandbox);
  const answer = await call(sandbox, 'POST', `/chat/sessions/${id}/send`, { body });
  expect(answer.status).toBe(400);
  expect(answer.body.message.split('; ').map((fault: string) => fault.split(':')[0])).toEqual(fields);
  expect(await everything(sandbox)).toEqual(before);
});
