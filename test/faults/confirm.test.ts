import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { fullSession, smallestSession } from '../contract/examples.ts';
import { message, scene, session, text } from './scene.ts';
import type { Behaviour } from './upstream.ts';

describe('with --confirm-sends', () => {
  const args = ['--confirm-sends'];

  /** A scene whose person answers as told, and is asked what `questions` holds. */
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

  it('sends what the person accepts', async () => {
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
    // What was declined was not sent: it is no repetition later.
    expect((await server.call('send_message', message)).text).toContain(said);
  });

  it('sends nothing through a client that cannot ask', async () => {
    const { sends, serve } = await scene();
    const server = await serve({ args });
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('cannot ask one (no elicitation)');
    expect(sends()).toBe(0);
  });

  it.each([
    ['never answers', () => new Promise<ElicitResult>(() => {})],
    ['fails to ask', () => Promise.reject(new Error('no window'))],
  ] as const)('sends nothing when the client %s, and says that nothing was', async (_, answer) => {
    const { sends, server } = await asked(answer);
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('Nothing was changed.');
    expect(told).not.toContain('no window');
    expect(sends()).toBe(0);
  });

  it('asks with the full text, to whom, how certain that is, where, and who holds it', async () => {
    const decline = () => ({ action: 'decline' }) as const;
    const { server, questions } = await asked(decline, { session: fullSession });
    await server.call('send_message', message);
    for (const fact of [
      `session ${session}`,
      text,
      'Jane Doe',
      ': verified',
      'an agent, to the customer',
      'Channel: web, status: open',
      'Held by: a human (42)',
    ]) {
      expect(questions[0]).toContain(fact);
    }
  });

  it('says when an identity is only claimed, and when the customer is spoken for', async () => {
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
      'claimed, not verified',
      'THE CUSTOMER',
      'closed_resolved',
      'Held by: the AI',
    ]) {
      expect(questions[0]).toContain(fact);
    }
  });

  it('warns when the conversation was not read, or has gone on since', async () => {
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
});
