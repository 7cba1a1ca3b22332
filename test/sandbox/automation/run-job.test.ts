import { describe, expect, test } from 'vitest';
import { call, clock, create, events, get, sandboxForAll, send } from '../../support/sandbox/harness.ts';

/** Longer than a test: jobs run only when a test calls `tick`. */
const delayMs = 60_000;
const silenceMs = 3_600_000;
const automation = { delayMs, silenceMs };
const time = clock();
const sharedSandbox = sandboxForAll({ now: time.now, automation });

const says = (text: string) => ({ message: { type: 'text', text } });
const byAgent = (text: string) => ({ sender: 'agent', agent: { id: 7, name: 'Nora' }, ...says(text) });
const close = { body: { status: 'closed_unresolved' } };

async function converse(texts: readonly string[], body: unknown = {}) {
  const sandbox = sharedSandbox();
  const id = await create(sandbox, body);
  for (const text of texts) {
    await send(sandbox, id, says(text));
    time.pass(delayMs);
    await sandbox.tick();
  }
  const items = (await events(sandbox, id)).map((item) => item.event);
  return { id, session: await get(sandbox, id), items, types: items.map(({ type }) => type) };
}

describe('the AI', () => {
  test('answers a message once, after the delay', async () => {
    const sandbox = sharedSandbox();
    const id = await create(sandbox);
    const messageId = await send(sandbox, id, says('Hello'));
    time.pass(delayMs - 1000);
    await sandbox.tick();
    expect(await events(sandbox, id)).toHaveLength(1);
    time.pass(1000);
    await sandbox.tick();
    await sandbox.tick();
    const [asked, answer, ...more] = await events(sandbox, id);
    expect(more).toEqual([]);
    expect(asked.id).toBe(messageId);
    expect(answer.event).toEqual({
      type: 'message',
      sender: { type: 'ai', name: 'Juniper' },
      content: { type: 'text', text: expect.stringContaining('What can I do for you?') },
    });
    expect(Date.parse(answer.created_at) - Date.parse(asked.created_at)).toBeGreaterThanOrEqual(delayMs);
    expect((await get(sandbox, id)).updated_at).toBe(answer.created_at);
  });

  test('asks for a missing order number and remembers the question', async () => {
    const { items, session } = await converse(['I am waiting for my refund', 'It is ord_10483.']);
    expect(items[1].content.text).toContain('Which order');
    expect(items.slice(3)).toMatchObject([
      {
        type: 'action_called',
        sender: { type: 'ai' },
        context: { action: 'get_refund', input: { order_id: 'ord_10483' }, result: { status: 'paid' } },
      },
      { type: 'message', content: { text: expect.stringContaining('refund for ord_10483') } },
    ]);
    expect(session).toMatchObject({ status: 'open', ai_closure_type: null });
  });

  test.each([
    'Where is my parcel? Order ord_10482',
    'I want a refund for ord_10482',
    'ord_10482',
    'Please cancel ord_10482',
  ])('makes nothing up about an order of the stored demo data: %j', async (text) => {
    const sandbox = sharedSandbox();
    await sandbox.reset(1);
    const { items, session } = await converse([text]);
    await sandbox.reset(false);
    expect(items.map(({ type }: { type: string }) => type)).not.toContain('action_called');
    expect(items[1].content.text).toContain('an earlier conversation about ord_10482');
    expect(session.handoff.summary).toContain('ord_10482');
  });

  test('speaks of no earlier conversation that is not stored', async () => {
    const sandbox = sharedSandbox();
    const question = 'Where is my order ord_10517?';
    // The second demo session is about this order.
    for (const [seed, answer] of [
      [2, 'an earlier conversation about ord_10517'],
      [false, 'Order ord_10517 is on its way'],
      [1, 'Order ord_10517 is on its way'],
    ] as const) {
      await sandbox.reset(seed);
      const { items } = await converse([question]);
      expect(items.filter(({ type }) => type === 'message').at(-1).content.text).toContain(answer);
    }
  });

  test('accepts an order number that comes before it asks', async () => {
    const sandbox = sharedSandbox();
    const id = await create(sandbox);
    await send(sandbox, id, says('I want a refund'));
    await send(sandbox, id, says('ord_10483'));
    time.pass(delayMs);
    await sandbox.tick();
    const answer = (await events(sandbox, id)).at(-1).event.content.text;
    expect(answer).toContain('The refund for ord_10483');
  });

  test.each([
    ['Where is my parcel? Order ord_7', 'on its way'],
    ['ord_7', 'I have found ord_7'],
    ['The zip of my tent is broken, ord_7', 'war_208'],
    ['I want to send it back: ord_7', 'ret_4711'],
    ['When are you open tomorrow?', '9 to 18'],
    ['Do you deliver to the islands?', 'working days'],
    ['What is your returns policy?', '60 days'],
    ['Are you a bot?', 'an AI'],
    ['My parcel never came, order no. 10483', 'Order ord_10483 is on its way'],
    ['ORD-7', 'I have found ord_7'],
    ['10483', 'I have found ord_10483'],
    ['I need help with my order', 'look up orders'],
    ['Okay', 'anything else'],
    ['Great, got it', 'welcome'],
    ['no', 'welcome'],
    ['I can’t log in', 'new password'],
    ['How do I change my password?', 'new password'],
    ['the invoice for ord_7 please', 'sent you the invoice for ord_7'],
  ])('answers %j with %j', async (text, answer) => {
    const { items } = await converse([text]);
    expect(items.filter(({ type }) => type === 'message').at(-1).content.text).toContain(answer);
  });

  test('resolves the session of a satisfied customer, with a summary and the duration', async () => {
    const { types, items, session } = await converse(['Where is my order ord_10612?', 'Perfect, thank you!']);
    expect(session).toMatchObject({
      status: 'closed_resolved',
      ai_closure_type: 'resolved',
      sentiment: 'happy',
    });
    expect(types.slice(4)).toEqual(['message', 'ai_decided_to_resolve_the_issue', 'summary_generated']);
    expect(items[5]).toMatchObject({ sender: { type: 'ai' }, context: { closed_by: 'ai' } });
    expect(items[5].context.duration_seconds).toBeGreaterThanOrEqual(2 * 60);
    expect(items[6]).toMatchObject({
      content: { text: expect.stringContaining('"Where is my order ord_10612?"') },
      context: { sentiment: 'happy' },
    });
  });

  test('answers a mail in HTML, escapes the name and ignores quoted text', async () => {
    const contact = { name: '<img src=x>', email: 'x@example.com' };
    const mail = '<p>Hello</p><blockquote>I want to speak to a human. Where is my refund?</blockquote>';
    const { items, session } = await converse([mail], { channel: { type: 'email' }, contact });
    expect(items[1].content.text).toMatch(
      /^<p>Hello &#60;img src=x&#62;,<\/p><p>Hello, this is Juniper.*<p>Juniper<\/p>$/,
    );
    expect(session.handoff).toBeUndefined();
  });
});

describe('a handoff', () => {
  test.each([
    ['I want to talk to a human', 'user_requested_human_assistance', 'neutral', 'asked for a person'],
    ['This is ridiculous. Where is my refund?', undefined, 'angry', 'is angry'],
    ['Does the moon tent glow?', 'insufficient_knowledge', 'neutral', 'had no answer'],
    ['agent!', 'user_requested_human_assistance', 'neutral', 'asked for a person'],
    ['I do not want a bot', 'user_requested_human_assistance', 'neutral', 'asked for a person'],
    ['You guys are a joke', 'insufficient_knowledge', 'neutral', 'had no answer'],
    ['Could you deliver on the 10th instead?', 'insufficient_tools', 'neutral', 'something changed'],
    ['My lawyer will hear of it', 'prohibited_topic', 'neutral', 'legal'],
    ['Please cancel ord_7', 'insufficient_tools', 'neutral', 'cancel order ord_7'],
  ])('follows %j', async (text, reason, sentiment, why) => {
    const sandbox = sharedSandbox();
    const { id, session, items } = await converse([text]);
    expect(session).toMatchObject({
      status: 'open',
      ai_closure_type: 'handed_off',
      sentiment,
      handoff: { sentiment, summary: expect.stringContaining(why) },
    });
    expect(session.handoff.summary).toContain(text);
    expect(items.at(-2)).toMatchObject({ type: 'message', sender: { type: 'ai' } });
    expect(items.at(-1)).toEqual({
      type: 'handoff',
      sender: { type: 'system' },
      content: { type: 'text', text: session.handoff.summary },
      context: { ...(reason && { reason }), sentiment },
    });
    // After a handoff the AI no longer answers.
    await send(sandbox, id, says('Hello'));
    time.pass(delayMs);
    await sandbox.tick();
    expect(await events(sandbox, id)).toHaveLength(items.length + 1);
  });

  test.each([
    ['takes the session over', { ...byAgent('Mine.'), should_take_over_session_from_ai: true }, 0],
    ['replies first', byAgent('Hello, Nora here.'), 1],
  ])('an agent who %s cancels the pending answer', async (_, message, later) => {
    const sandbox = sharedSandbox();
    const id = await create(sandbox);
    await send(sandbox, id, says('Hello'));
    await send(sandbox, id, message);
    time.pass(delayMs);
    await sandbox.tick();
    const answers = async () =>
      (await events(sandbox, id)).filter((item) => item.event.sender.type === 'ai').length;
    expect(await answers()).toBe(0);
    await send(sandbox, id, says('Hello'));
    time.pass(delayMs);
    await sandbox.tick();
    expect(await answers()).toBe(later);
  });
});

test('a session that is closed before the answer is due gets no answer', async () => {
  const sandbox = sharedSandbox();
  const id = await create(sandbox);
  await send(sandbox, id, says('Hello'));
  await call(sandbox, 'PATCH', `/chat/sessions/${id}`, close);
  time.pass(delayMs);
  await sandbox.tick();
  expect((await events(sandbox, id)).map((item) => item.event.type)).toEqual([
    'message',
    'closed_unresolved_by_api',
  ]);
});

describe('silence after an answer', () => {
  const waitInSilence = async (before: (id: string) => Promise<unknown>, ms = silenceMs) => {
    const { id } = await converse(['Hello']);
    await before(id);
    time.pass(ms);
    await sharedSandbox().tick();
    return { session: await get(sharedSandbox(), id), items: await events(sharedSandbox(), id) };
  };

  test('closes the session as assumed_resolved', async () => {
    const { session, items } = await waitInSilence(async () => {});
    expect(session).toMatchObject({ status: 'closed_resolved', ai_closure_type: 'assumed_resolved' });
    expect(items.slice(2).map((item) => item.event)).toMatchObject([
      {
        type: 'ai_assumed_the_session_resolved',
        sender: { type: 'ai' },
        context: { closed_by: 'ai', duration_seconds: expect.any(Number) },
      },
      { type: 'summary_generated' },
    ]);
  });

  test.each([
    ['an agent wrote', (id: string) => send(sharedSandbox(), id, byAgent('One moment.'))],
    ['the session was closed', (id: string) => call(sharedSandbox(), 'PATCH', `/chat/sessions/${id}`, close)],
  ])('changes nothing if %s', async (_, before) => {
    const { session, items } = await waitInSilence(before);
    expect(session.ai_closure_type).toBeNull();
    expect(items.map((item) => item.event.type)).not.toContain('ai_assumed_the_session_resolved');
  });

  test('is measured from the latest answer', async () => {
    const askAgain = async (id: string) => {
      time.pass(silenceMs - delayMs - 1000);
      await send(sharedSandbox(), id, says('Hello'));
      time.pass(delayMs);
      await sharedSandbox().tick();
    };
    expect((await waitInSilence(askAgain, 5000)).session.status).toBe('open');
    expect((await waitInSilence(askAgain, silenceMs)).session.status).toBe('closed_resolved');
  });
});
