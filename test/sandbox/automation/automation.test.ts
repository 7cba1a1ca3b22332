import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import {
  call,
  clock,
  create,
  events,
  get,
  open,
  sandboxForAll,
  send,
  sharedDatabase,
} from '../../support/sandbox/harness.ts';
import { writeProgram } from '../../support/sandbox/program.ts';

/** Never by itself within a test: they say when. */
const delayMs = 60_000;
const silenceMs = 3_600_000;
const automation = { delayMs, silenceMs };
const time = clock();
const alive = sandboxForAll({ now: time.now, automation });

const says = (text: string) => ({ message: { type: 'text', text } });
const byAgent = (text: string) => ({ sender: 'agent', agent: { id: 7, name: 'Nora' }, ...says(text) });
const close = { body: { status: 'closed_unresolved' } };

async function answered(texts: readonly string[], body: unknown = {}) {
  const sandbox = alive();
  const id = await create(sandbox, body);
  for (const text of texts) {
    await send(sandbox, id, says(text));
    time.pass(delayMs);
    await sandbox.tick();
  }
  const items = (await events(sandbox, id)).map((item) => item.event);
  return { id, session: await get(sandbox, id), items, types: items.map(({ type }) => type) };
}

describe('a customer', () => {
  test('is answered once, when the time has come and not before', async () => {
    const sandbox = alive();
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

  test('is asked for what is missing, and the question is kept in mind', async () => {
    const { items, session } = await answered(['I am waiting for my refund', 'It is ord_10482.']);
    expect(items[1].content.text).toContain('Which order');
    expect(items.slice(3)).toMatchObject([
      {
        type: 'action_called',
        sender: { type: 'ai' },
        context: { action: 'get_refund', input: { order_id: 'ord_10482' }, result: { status: 'paid' } },
      },
      { type: 'message', content: { text: expect.stringContaining('refund for ord_10482') } },
    ]);
    expect(session).toMatchObject({ status: 'open', ai_closure_type: null });
  });

  test('may give what is missing before the AI asks for it', async () => {
    const sandbox = alive();
    const id = await create(sandbox);
    await send(sandbox, id, says('I want a refund'));
    await send(sandbox, id, says('ord_10482'));
    time.pass(delayMs);
    await sandbox.tick();
    const answer = (await events(sandbox, id)).at(-1).event.content.text;
    expect(answer).toContain('The refund for ord_10482');
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
    ['My parcel never came, order no. 10482', 'Order ord_10482 is on its way'],
    ['ORD-7', 'I have found ord_7'],
    ['10482', 'I have found ord_10482'],
    ['I need help with my order', 'look up orders'],
    ['Okay', 'anything else'],
    ['Great, got it', 'welcome'],
    ['no', 'welcome'],
    ['I can’t log in', 'new password'],
    ['How do I change my password?', 'new password'],
    ['the invoice for ord_7 please', 'sent you the invoice for ord_7'],
  ])('who writes %j is told about %j', async (text, answer) => {
    const { items } = await answered([text]);
    expect(items.filter(({ type }) => type === 'message').at(-1).content.text).toContain(answer);
  });

  test('who is content is said goodbye to, with a summary and for how long it took', async () => {
    const { types, items, session } = await answered(['Where is ord_7?', 'Perfect, thank you!']);
    expect(session).toMatchObject({
      status: 'closed_resolved',
      ai_closure_type: 'resolved',
      sentiment: 'happy',
    });
    expect(types.slice(4)).toEqual(['message', 'ai_decided_to_resolve_the_issue', 'summary_generated']);
    expect(items[5]).toMatchObject({ sender: { type: 'ai' }, context: { closed_by: 'ai' } });
    expect(items[5].context.duration_seconds).toBeGreaterThanOrEqual(2 * 60);
    expect(items[6]).toMatchObject({
      content: { text: expect.stringContaining('"Where is ord_7?"') },
      context: { sentiment: 'happy' },
    });
  });

  test('of a mail is answered in HTML, by a name that cannot break out of it, and not about what is quoted', async () => {
    const contact = { name: '<img src=x>', email: 'x@example.com' };
    const mail = '<p>Hello</p><blockquote>I want to speak to a human. Where is my refund?</blockquote>';
    const { items, session } = await answered([mail], { channel: { type: 'email' }, contact });
    expect(items[1].content.text).toMatch(
      /^<p>Hello &#60;img src=x&#62;,<\/p><p>Hello, this is Juniper.*<p>Juniper<\/p>$/,
    );
    expect(session.handoff).toBeUndefined();
  });
});

describe('a person takes over', () => {
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
  ])('from the AI after %j', async (text, reason, sentiment, why) => {
    const sandbox = alive();
    const { id, session, items } = await answered([text]);
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
    // From here on the AI keeps still.
    await send(sandbox, id, says('Hello'));
    time.pass(delayMs);
    await sandbox.tick();
    expect(await events(sandbox, id)).toHaveLength(items.length + 1);
  });

  test.each([
    ['takes the session from the AI', { ...byAgent('Mine.'), should_take_over_session_from_ai: true }, 0],
    ['answers first', byAgent('Hello, Nora here.'), 1],
  ])('who %s silences an answer that waits', async (_, message, later) => {
    const sandbox = alive();
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

test('a session that is closed before the answer gets none', async () => {
  const sandbox = alive();
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

describe('silence', () => {
  const silent = async (before: (id: string) => Promise<unknown>, passes = silenceMs) => {
    const { id } = await answered(['Hello']);
    await before(id);
    time.pass(passes);
    await alive().tick();
    return { session: await get(alive(), id), items: await events(alive(), id) };
  };

  test('after an answer closes the session as assumed to be resolved', async () => {
    const { session, items } = await silent(async () => {});
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
    ['a person wrote', (id: string) => send(alive(), id, byAgent('One moment.'))],
    ['the session was closed', (id: string) => call(alive(), 'PATCH', `/chat/sessions/${id}`, close)],
  ])('is none where %s', async (_, before) => {
    const { session, items } = await silent(before);
    expect(session.ai_closure_type).toBeNull();
    expect(items.map((item) => item.event.type)).not.toContain('ai_assumed_the_session_resolved');
  });

  test('begins anew with every answer', async () => {
    const askAgain = async (id: string) => {
      time.pass(silenceMs - delayMs - 1000);
      await send(alive(), id, says('Hello'));
      time.pass(delayMs);
      await alive().tick();
    };
    expect((await silent(askAgain, 5000)).session.status).toBe('open');
    expect((await silent(askAgain, silenceMs)).session.status).toBe('closed_resolved');
  });
});

describe('each answer comes exactly once', () => {
  test('from two sandboxes on one database', async () => {
    const database = await sharedDatabase();
    const now = clock();
    const both = await Promise.all([1, 2].map(() => open({ database, now: now.now, automation })));
    const [one = alive(), two = alive()] = both;
    const ids = await Promise.all(Array.from({ length: 12 }, () => create(one)));
    await Promise.all(
      ids.flatMap((id, n) => [1, 2, 3].map(() => send(n % 2 ? one : two, id, says('Hello')))),
    );
    now.pass(delayMs);
    await Promise.all([one, two, one, two].map((sandbox) => sandbox.tick()));
    for (const id of ids) {
      const senders = (await events(two, id)).map((item) => item.event.sender.type);
      expect(senders.sort()).toEqual(['ai', 'ai', 'ai', 'contact', 'contact', 'contact']);
    }
  });

  test('also where the process that was about to give it is killed', async () => {
    const database = await sharedDatabase();
    const program = await writeProgram(`
      import { openSandbox } from './src/sandbox/index.ts';
      const sandbox = await openSandbox({
        database: process.argv[2], rateLimit: 0, seed: false, key: 'shared-key',
        automation: { delayMs: 0, silenceMs: 0, autopilot: () => process.kill(process.pid, 'SIGKILL') },
      });
      const call = async (path, body) => (await sandbox.fetch(new Request('http://x/chat/sessions' + path, {
        method: 'POST',
        headers: { authorization: 'Bearer shared-key', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }))).json();
      const { id } = await call('', {});
      await call('/' + id + '/send', { sender: 'contact', message: { type: 'text', text: 'Hello' } });
      await sandbox.tick();
    `);
    const child = spawn(process.execPath, [program, database], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const sandbox = await open({ database, automation: { delayMs: 0, silenceMs: 0 } });
    await sandbox.tick();
    const [session] = (await call(sandbox, 'GET', '/chat/sessions')).body.items;
    const senders = (await events(sandbox, session.id)).map((item) => item.event.sender.type);
    expect(senders).toEqual(['contact', 'ai']);
  });

  test('and what fails leaves nothing behind, stops nobody else and is tried again', async () => {
    const faults: unknown[] = [];
    const now = clock();
    let broken = true;
    const sandbox = await open({
      now: now.now,
      onError: (error) => faults.push(error),
      automation: {
        ...automation,
        autopilot({ messages }) {
          if (broken && messages.at(-1)?.text === 'break') throw new Error('broken');
          return { reply: 'Here.', action: { name: 'x', input: {}, result: {} } };
        },
      },
    });
    const [bad, good] = [await create(sandbox), await create(sandbox)];
    await send(sandbox, bad, says('break'));
    await send(sandbox, good, says('work'));
    now.pass(delayMs);
    await sandbox.tick();
    expect(faults).toEqual([new Error('broken')]);
    expect([await events(sandbox, bad), await events(sandbox, good)].map(({ length }) => length)).toEqual([
      1, 3,
    ]);
    broken = false;
    now.pass(61_000);
    await sandbox.tick();
    expect(await events(sandbox, bad)).toHaveLength(3);
  });
});

test('it happens by itself, and what a closed sandbox left is done by the next one', async () => {
  const database = await sharedDatabase();
  const first = await open({
    database,
    now: clock('2020-01-01T00:00:00Z').now,
    automation: { delayMs, silenceMs: 0 },
  });
  const left = await create(first);
  await send(first, left, says('Hello'));
  await first.close();
  const second = await open({ database, automation: { delayMs: 5, silenceMs: 0 } });
  const id = await create(second);
  await send(second, id, says('Hello'));
  await vi.waitFor(async () => expect(await events(second, id)).toHaveLength(2), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await events(second, left)).toHaveLength(2), { timeout: 10_000 });
});

test('nothing happens by itself in a sandbox without the AI', async () => {
  const sandbox = await open();
  const id = await create(sandbox);
  await send(sandbox, id);
  await sandbox.tick();
  expect(await events(sandbox, id)).toHaveLength(1);
});
