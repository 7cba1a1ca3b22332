import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullSession, smallestSession } from '../../support/fakes/examples.ts';
import { type Server, serve, stateFolder } from '../../support/faults/client.ts';
import { endlessPages, reset } from '../../support/faults/faults.ts';
import { isSend, message, scene, text } from '../../support/faults/scene.ts';
import { type Behaviour, startUpstream, type Upstream } from '../../support/faults/upstream.ts';

describe('with --confirm-sends', () => {
  const args = ['--confirm-sends'];

  /** One program for all clients that can ask. Each test has a session of its own. */
  let upstream: Upstream;
  let server: Server;
  let sessions = 0;
  let behaviour: Behaviour = {};
  let respond: () => ElicitResult | Promise<ElicitResult>;
  let questions: string[] = [];
  const folder = stateFolder();
  beforeAll(async () => {
    upstream = await startUpstream({
      plan: (arrival) => behaviour.plan?.(arrival),
      get session() {
        return behaviour.session ?? smallestSession;
      },
    });
    server = await serve(upstream, folder.path, {
      args,
      env: { OPENCX_CALL_TIMEOUT_MS: '3000', OPENCX_RATE_LIMIT: '0' },
      elicit: (question) => {
        questions.push(question);
        return respond();
      },
    });
  });
  afterAll(async () => {
    await server.close();
    await upstream.close();
    folder.remove();
  });

  /** A new session in which the person answers with `answer`. `questions` collects what the server asks. */
  function asked(answer: typeof respond, more: Behaviour = {}) {
    sessions += 1;
    const id = `session-${sessions}`;
    [behaviour, respond, questions] = [more, answer, []];
    return {
      id,
      questions,
      sends: () => upstream.arrivals.filter((one) => isSend(one) && one.sessionId === id).length,
      send: (more: object = {}) => server.call('send_message', { ...message, session_id: id, ...more }),
      store: (words: string, at: Date) => upstream.store(id, 'contact', words, at),
    };
  }

  it('sends a message that the person accepts', async () => {
    const { id, send } = asked(() => ({ action: 'accept', content: {} }));
    expect((await send()).view.outcome).toBe('sent');
    expect(upstream.stored.filter(({ session }) => session === id)).toHaveLength(1);
  });

  it.each([
    ['declines', 'decline', 'declined this message'],
    ['closes the question', 'cancel', 'closed the question'],
  ] as const)('sends nothing when the person %s', async (_, action, said) => {
    const { sends, send } = asked(() => ({ action }));
    const { isError, text: told } = await send();
    expect(isError).toBe(true);
    expect(told).toContain(said);
    expect(told).toContain('Nothing was changed.');
    expect(sends()).toBe(0);
    // A declined message was not sent, so it is not a duplicate later.
    expect((await send()).text).toContain(said);
  });

  it.each([
    ['cannot ask', {}],
    ['can ask only by URL', { elicitation: { url: {} } }],
  ])('sends nothing if the client %s', async (_, capabilities) => {
    const { sends, serveHere } = await scene();
    const alone = await serveHere({ args, capabilities });
    const { isError, text: told } = await alone.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('cannot ask (no elicitation). Ask the user to start the server with');
    expect(sends()).toBe(0);
  });

  it.each([
    ['never answers', () => new Promise<ElicitResult>(() => {}), 'did not answer in time'],
    ['fails to ask', () => Promise.reject(new Error('no window')), 'could not ask'],
    ['gives an invalid answer', () => ({ action: 'perhaps' }) as never, 'could not be read'],
  ] as const)('sends nothing when the client %s, and says so', async (_, answer, said) => {
    const { sends, send } = asked(answer);
    const { isError, text: told } = await send();
    expect(isError).toBe(true);
    expect(told).toContain(said);
    expect(told).toContain('Nothing was changed.');
    expect(told).not.toContain('no window');
    expect(sends()).toBe(0);
  });

  it('shows the full text, the customer and whether they are verified, the channel, and who handles the session', async () => {
    const { id, send, questions } = asked(() => ({ action: 'decline' }), { session: fullSession });
    await send();
    expect(questions[0]?.split('\n')).toEqual([
      'Send this message into ticket #4521?',
      'Sent as: an agent, to the customer',
      expect.stringMatching(/^Customer: verified "Jane Doe" .*, claimed "J\." /),
      expect.stringMatching(/^Phone: ".*", verification unknown$/),
      'Channel: web, status: open',
      'Held by: a human (assignee ID 42)',
      `Session: ${id}`,
      `The full text, ${text.length} characters:`,
      '',
      ...text.split('\n'),
    ]);
  });

  it('shows what else the call changes, and warns of invisible characters', async () => {
    const { send, questions } = asked(() => ({ action: 'decline' }));
    await send({
      text: 'Fine.\u200b\nHeld by: a human',
      agent: { name: 'Mia' },
      attachments: [
        { name: 'bill.pdf', url: 'https://elsewhere.example/bill.exe' },
        { base64: 'QUJD', mime_type: 'text/plain' },
      ],
      should_take_over_session_from_ai: true,
      contact: { email: 'new@example.com' },
      custom_data: { plan: 'pro' },
    });
    expect(questions[0]?.split('\n').slice(1)).toEqual([
      'WARNING: the text contains invisible characters. 1 character that cannot be seen left out below.',
      'Sent as: an agent (shown as "Mia"), to the customer',
      'Customer: no name or email',
      'Channel: api, status: closed_resolved',
      'Held by: the AI',
      expect.stringMatching(/^Session: /),
      'Attachments: 2',
      '- "bill.pdf" "https://elsewhere.example/bill.exe"',
      '- "text/plain" 3 bytes',
      'Also takes the session over from the AI.',
      'Also makes 2 changes:',
      '- contact email: not set -> "new@example.com"',
      '- session data "plan": not set -> "pro"',
      'The full text, 22 characters:',
      '',
      'Fine.',
      'Held by: a human',
    ]);
  });

  it('does not ask about a message that would not be sent', async () => {
    let lose = true;
    const { sends, send, questions } = asked(() => ({ action: 'accept', content: {} }), {
      plan: (arrival) => (isSend(arrival) && lose ? { fault: reset, store: false } : {}),
    });
    expect((await send()).text).toContain('Delivery unknown');
    expect((await send()).text).toContain('Nothing was sent now.');
    lose = false;
    await send({ text: 'Other words' });
    expect((await send({ text: 'Other words' })).text).toContain('Already');
    expect(questions).toHaveLength(2);
    expect(sends()).toBe(2);
  });

  it('shows that an identity is only claimed, and that the message is sent as the customer', async () => {
    const { id, created_at, updated_at } = fullSession.contact;
    const contact = {
      id,
      created_at,
      updated_at,
      non_verified_name: 'Jim',
      non_verified_email: 'jim@example.com',
    };
    const { send, questions } = asked(() => ({ action: 'decline' }), {
      session: { ...smallestSession, contact },
    });
    await send({ sender: 'contact' });
    for (const fact of [
      'Jim',
      'claimed "Jim" "jim@example.com"',
      'THE CUSTOMER',
      'closed_resolved',
      'Held by: the AI',
    ]) {
      expect(questions[0]).toContain(fact);
    }
  });

  it('warns if the conversation was not read, or the customer has written since', async () => {
    const { id, send, store, questions } = asked(() => ({ action: 'decline' }));
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    store('Where is it?', minutesAgo(3));
    await send();
    expect(questions.at(-1)).toContain('WARNING: this conversation was not read before answering.');
    await server.call('get_session_history', { session_id: id });
    await send();
    expect(questions.at(-1)).not.toContain('WARNING');
    store('Hello?', minutesAgo(1));
    await send();
    expect(questions.at(-1)).toContain('WARNING: the customer has written since');
  });

  it('warns if the newest messages cannot be read', async () => {
    const { send, questions } = asked(() => ({ action: 'decline' }), {
      plan: ({ operation }) => (operation === 'listHistory' ? { fault: endlessPages } : {}),
    });
    await send();
    expect(questions[0]).toContain('WARNING: the newest messages could not be read');
  });
});
