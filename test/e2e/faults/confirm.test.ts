import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { fullSession, smallestSession } from '../../support/examples.ts';
import { endlessPages, reset } from '../../support/faults/faults.ts';
import { isSend, message, scene, session, text } from '../../support/faults/scene.ts';
import type { Behaviour } from '../../support/faults/upstream.ts';

describe('with --confirm-sends', () => {
  const args = ['--confirm-sends'];

  /** A scene in which the person answers with `answer`. `questions` collects what the server asks. */
  async function asked(answer: () => ElicitResult | Promise<ElicitResult>, behaviour: Behaviour = {}) {
    const questions: string[] = [];
    const all = await scene(behaviour);
    const server = await all.serve({
      args,
      env: { OPENCX_CALL_TIMEOUT_MS: '3000' },
      elicit: (question) => {
        questions.push(question);
        return answer();
      },
    });
    return { ...all, server, questions };
  }

  it('sends a message that the person accepts', async () => {
    const { upstream, server } = await asked(() => ({ action: 'accept', content: {} }));
    expect((await server.call('send_message', message)).view.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(1);
  });

  it.each([
    ['declines', 'decline', 'declined this message'],
    ['closes the question', 'cancel', 'closed the question'],
  ] as const)('sends nothing when the person %s', async (_, action, said) => {
    const { sends, server } = await asked(() => ({ action }));
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain(said);
    expect(told).toContain('Nothing was changed.');
    expect(sends()).toBe(0);
    // A declined message was not sent, so it is not a duplicate later.
    expect((await server.call('send_message', message)).text).toContain(said);
  });

  it.each([
    ['cannot ask', {}],
    ['can ask only by URL', { elicitation: { url: {} } }],
  ])('sends nothing if the client %s', async (_, capabilities) => {
    const { sends, serve } = await scene();
    const server = await serve({ args, capabilities });
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('cannot ask (no elicitation)');
    expect(sends()).toBe(0);
  });

  it.each([
    ['never answers', () => new Promise<ElicitResult>(() => {}), 'did not answer in time'],
    ['fails to ask', () => Promise.reject(new Error('no window')), 'could not ask'],
    ['gives an invalid answer', () => ({ action: 'perhaps' }) as never, 'could not be read'],
  ] as const)('sends nothing when the client %s, and says so', async (_, answer, said) => {
    const { sends, server } = await asked(answer);
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain(said);
    expect(told).toContain('Nothing was changed.');
    expect(told).not.toContain('no window');
    expect(sends()).toBe(0);
  });

  it('shows the full text, the customer and whether they are verified, the channel, and who handles the session', async () => {
    const decline = () => ({ action: 'decline' }) as const;
    const { server, questions } = await asked(decline, { session: fullSession });
    await server.call('send_message', message);
    expect(questions[0]?.split('\n')).toEqual([
      'Send this message into ticket #4521?',
      'Sent as: an agent, to the customer',
      expect.stringMatching(/^Customer: verified "Jane Doe" .*, claimed "J\." /),
      expect.stringMatching(/^Phone: ".*", verification unknown$/),
      'Channel: web, status: open',
      'Held by: a human (assigned to 42)',
      `Session: ${session}`,
      `The full text, ${text.length} characters:`,
      '',
      ...text.split('\n'),
    ]);
  });

  it('shows what else the call changes, and warns of invisible characters', async () => {
    const { server, questions } = await asked(() => ({ action: 'decline' }));
    await server.call('send_message', {
      ...message,
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
    const { sends, server, questions } = await asked(() => ({ action: 'accept', content: {} }), {
      plan: (arrival) => (isSend(arrival) && lose ? { fault: reset, store: false } : {}),
    });
    expect((await server.call('send_message', message)).text).toContain('Delivery unknown');
    expect((await server.call('send_message', message)).text).toContain('Nothing was sent now.');
    lose = false;
    await server.call('send_message', { ...message, text: 'Other words' });
    expect((await server.call('send_message', { ...message, text: 'Other words' })).text).toContain(
      'Already',
    );
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
    const { server, questions } = await asked(() => ({ action: 'decline' }), {
      session: { ...smallestSession, contact },
    });
    await server.call('send_message', { ...message, sender: 'contact' });
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
    const { upstream, server, questions } = await asked(() => ({ action: 'decline' }));
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    upstream.store(session, 'contact', 'Where is it?', minutesAgo(3));
    await server.call('send_message', message);
    expect(questions.at(-1)).toContain('WARNING: this conversation was not read before answering.');
    await server.call('get_session_history', { session_id: session });
    await server.call('send_message', message);
    expect(questions.at(-1)).not.toContain('WARNING');
    upstream.store(session, 'contact', 'Hello?', minutesAgo(1));
    await server.call('send_message', message);
    expect(questions.at(-1)).toContain('WARNING: the customer has written since');
  });

  it('warns if the newest messages cannot be read', async () => {
    const { server, questions } = await asked(() => ({ action: 'decline' }), {
      plan: ({ operation }) => (operation === 'listHistory' ? { fault: endlessPages } : {}),
    });
    await server.call('send_message', message);
    expect(questions[0]).toContain('WARNING: the newest messages could not be read');
  });
});
