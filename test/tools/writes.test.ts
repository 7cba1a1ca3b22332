import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SendOutcome } from '../../src/client/client.ts';
import { RateLimitedError } from '../../src/client/errors.ts';
import { ArgumentError, NotAllowedError } from '../../src/conversations/errors.ts';
import { rejectDraft } from '../../src/conversations/outbox/decide-draft.ts';
import { openSendLog } from '../../src/state/files/send-log.ts';
import { memoryOutbox } from '../../src/state/memory/outbox.ts';
import { createSession } from '../../src/tools/create-session.ts';
import { sendMessage } from '../../src/tools/send-message.ts';
import { updateSession } from '../../src/tools/update-session.ts';
import { smallestSession } from '../support/fakes/examples.ts';
import { contextOf } from '../support/fakes/fakes.ts';
import { scriptedClient } from '../support/fakes/scripted-client.ts';
import { aDraft } from '../support/outbox/a-draft.ts';

const id = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
const api = scriptedClient();

/** The answer to the read after a write. */
const after = { json: { ...smallestSession, id } };

/** The requests that write. */
const writes = () => api.upstream.requests.filter(({ method }) => method !== 'GET');

/** Method, target and body of the last write, which a read of the session has to follow. */
function lastRequest() {
  const [request, read] = api.upstream.requests.slice(-2);
  expect(read?.method).toBe('GET');
  expect(read?.target).toBe(`/chat/sessions/${id}`);
  return [request?.method, request?.target, JSON.parse(request?.body || 'null')];
}

describe('create_session', () => {
  const create = (given: object, allowVerified = false) =>
    createSession.run(createSession.input.parse(given), contextOf(api.client, { allowVerified }));

  it('sends the documented body, with the api channel by default', async () => {
    api.upstream.script({ json: { id } }, after, { json: { id } }, after);
    expect(await create({})).toEqual({ id, session: expect.objectContaining({ id, ticket_number: 1 }) });
    expect(lastRequest()).toEqual(['POST', '/chat/sessions', { channel: { type: 'api' } }]);
    const rest = {
      contact_id: id,
      contact: { email: 'a@example.com', name: 'A', phone_number: '1', custom_data: { plan: 'pro' } },
      verified: false,
      custom_data: { order_id: 'ord_123', cart_value: 149.99, gift: true },
    };
    await create({ channel_type: 'email', ...rest }, true);
    expect(lastRequest()).toEqual(['POST', '/chat/sessions', { channel: { type: 'email' }, ...rest }]);
  });

  it('creates another session only on purpose', async () => {
    const other = '3c90c3cc-0d44-4b50-8888-8dd25736052b';
    const folder = mkdtempSync(join(tmpdir(), 'opencx-create-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const context = contextOf(api.client, { sendLog: openSendLog(folder, { account: 'account' }) });
    const call = (given: object) => createSession.run(createSession.input.parse(given), context);
    api.upstream.script({ json: { id } }, after, after, { json: { id: other } }, after);
    expect(await call({})).toMatchObject({ id });
    expect(await call({ channel_type: 'api', custom_data: {} })).toMatchObject({ id, secondsAgo: 0 });
    expect(writes()).toHaveLength(1);
    expect(await call({ allow_duplicate: true })).toMatchObject({ id: other });
    expect(writes()).toHaveLength(2);
  });

  it('does not assert a verified identity unless the operator allows it', async () => {
    await expect(create({ verified: true })).rejects.toThrow(NotAllowedError);
    await expect(create({ verified: true })).rejects.toThrow('--allow-verified');
    expect(api.upstream.requests).toHaveLength(0);
    api.upstream.script({ json: { id } }, after);
    await create({ verified: true }, true);
    expect(lastRequest()[2]).toEqual({ channel: { type: 'api' }, verified: true });
  });

  it.each([
    { custom_data: { a: { b: 1 } } },
    { custom_data: { a: [1] } },
    { custom_data: { a: null } },
    { contact: { custom_data: { a: 1 } } },
    { contact: { email: 'jane' } },
    { contact: { phone: '1' } },
    { contact_id: '42' },
    { channel_type: 'fax' },
    { channel: { type: 'api' } },
  ])('refuses %j', (given) => {
    expect(createSession.input.safeParse(given).success).toBe(false);
  });
});

describe('update_session', () => {
  const update = (given: object) =>
    updateSession.run(updateSession.input.parse({ session_id: id, ...given }), contextOf(api.client));

  it('sends the given changes and nothing else', async () => {
    api.upstream.script({ status: 200 }, after, { status: 200 }, after);
    const updated = await update({ status: 'closed_resolved' });
    expect(updated).toMatchObject({ id, status: 'closed_resolved', session: { ticket_number: 1 } });
    expect(lastRequest()).toEqual(['PATCH', `/chat/sessions/${id}`, { status: 'closed_resolved' }]);
    const all = {
      status: 'open',
      generate_summary_and_sentiment_on_resolve: false,
      reflect_status_change_for_integration: true,
      session_closed_payload: { deep: { er: [1, null] } },
    };
    await update(all);
    expect(lastRequest()[2]).toEqual(all);
  });

  it('names the drafts of the caller that wait in a session that is closed', async () => {
    const outbox = memoryOutbox();
    for (const person of ['ada', 'ada', 'ben'])
      await outbox.add(aDraft({ sessionId: id, author: { person }, expires: Number.MAX_SAFE_INTEGER }));
    const context = contextOf(api.client, { outbox, author: { person: 'ada' } });
    const noteAfter = async (status: string, more: Partial<typeof context> = {}) => {
      api.upstream.script({ status: 200 }, { json: { ...smallestSession, id, status } });
      const given = updateSession.input.parse({ session_id: id, status });
      const updated = await updateSession.run(given, { ...context, ...more });
      return (await updateSession.present(updated, context)).view.session_note;
    };
    const both = 'Your drafts 2, 1 still wait for a person.';
    expect(await noteAfter('closed_resolved')).toBe(both);
    expect(await noteAfter('open')).toBeUndefined();
    await rejectDraft({ number: 1, reason: 'No.', by: 'sam' }, outbox, context);
    expect(await noteAfter('closed_unresolved')).toBe('Your draft 2 still waits for a person.');
    for (const answer of [Promise.reject(new Error('EIO')), new Promise<never>(() => {})]) {
      const broken = { ...outbox, list: () => answer };
      expect(await noteAfter('closed_resolved', { outbox: broken })).toBeUndefined();
    }
  });

  it('refuses a call that would change nothing', async () => {
    await expect(update({})).rejects.toThrow(ArgumentError);
    await expect(update({ status: undefined })).rejects.toThrow(
      'pass open, closed_resolved or closed_unresolved',
    );
    expect(api.upstream.requests).toHaveLength(0);
  });

  it.each([
    { status: 'closed' },
    { custom_data: { a: 1 } },
    { session_closed_payload: 'x' },
    { assignee_id: '1' },
  ])('refuses %j', (given) => {
    expect(updateSession.input.safeParse({ session_id: id, ...given }).success).toBe(false);
  });
});

describe('send_message', () => {
  const mime_type = 'text/plain';
  const required = { session_id: id, sender: 'agent', text: 'Hello' };
  const send = (given: object) =>
    sendMessage.run(
      sendMessage.input.parse({ ...required, ...given }),
      contextOf(api.client, { allowVerified: true }),
    );
  const sendTo = (outcome: SendOutcome) =>
    sendMessage.run(sendMessage.input.parse(required), contextOf({ sendMessage: async () => outcome }));

  it('sends the documented body', async () => {
    const answer = { json: { success: true, data: { message: { id: 'm1' } } } };
    api.upstream.script(answer, after, answer, after);
    const sent = { sessionId: id, outcome: 'sent', messageId: 'm1', session: { ticket_number: 1 } };
    expect(await send({})).toMatchObject(sent);
    const message = { type: 'text', text: 'Hello' };
    expect(lastRequest()).toEqual(['POST', `/chat/sessions/${id}/send`, { sender: 'agent', message }]);
    const rest = {
      sender: 'contact',
      contact: {
        name: 'A',
        email: 'a@example.com',
        phone_number: '1',
        avatar_url: 'https://a.example/',
        custom_data: { plan: 'pro' },
      },
      custom_data: { order_id: 'ord_123', cart_value: 149.99, gift: false },
      agent: { id: 7, name: 'Tom', avatar_url: 'https://a.example/' },
      should_take_over_session_from_ai: true,
    };
    const attachments = [
      { name: 'a.pdf', url: 'https://a.example/a.pdf', mime_type: 'application/pdf' },
      { base64: 'aGk=', mime_type: 'text/plain' },
    ];
    await send({ ...rest, attachments, text: '  kept\nas it is  ' });
    expect(lastRequest()[2]).toEqual({
      ...rest,
      message: { type: 'text', text: '  kept\nas it is  ', attachments },
    });
  });

  it('stands if the session cannot be read after it', async () => {
    const answer = { json: { success: true, data: { message: { id: 'm1' } } } };
    api.upstream.script(answer, { status: 403, json: {} });
    expect(await send({})).toMatchObject({ outcome: 'sent', messageId: 'm1', session: undefined });
    api.upstream.script({ json: { id } }, { status: 403, json: {} });
    const created = await createSession.run(createSession.input.parse({}), contextOf(api.client));
    expect(created).toEqual({ id, session: undefined });
    api.upstream.script({ status: 200 }, { status: 403, json: {} });
    const closing = updateSession.input.parse({ session_id: id, status: 'open' });
    expect(await updateSession.run(closing, contextOf(api.client))).toEqual({
      id,
      status: 'open',
      session: undefined,
      before: undefined,
      drafts: [],
    });
  });

  it('reads the session only after its outcome is recorded', async () => {
    const order: string[] = [];
    const { sendLog } = contextOf({});
    const claim = async (...given: Parameters<typeof sendLog.claim>) => {
      const claimed = await sendLog.claim(...given);
      if (claimed.state !== 'free') throw new Error('The log is empty.');
      const sent = async () => void order.push('recorded');
      return { ...claimed, attempt: { ...claimed.attempt, sent } };
    };
    const context = contextOf(
      {
        sendMessage: async () => ({ outcome: 'sent' as const, messageId: 'm1' }),
        getSession: async () => {
          order.push('read');
          throw new RateLimitedError('No.');
        },
      },
      { sendLog: { ...sendLog, claim } },
    );
    const sent = await sendMessage.run(sendMessage.input.parse(required), context);
    expect(sent).toMatchObject({ outcome: 'sent', session: undefined });
    expect(order).toEqual(['recorded', 'read']);
  });

  it('throws the error of a rejection unchanged', async () => {
    const error = new RateLimitedError('No.', { status: 429 });
    await expect(sendTo({ outcome: 'rejected', error })).rejects.toBe(error);
  });

  it.each([
    ['URL', { url: 'https://a.example/x' }],
    ['URL with an upper-case scheme', { url: 'HTTPS://a.example/x' }],
    ['base64', { base64: 'QUJD', mime_type }],
    ['padded base64', { base64: 'QQ==', mime_type }],
    ['base64 of 5 MB', { base64: `${'QUJD'.repeat(1_666_666)}QUI=`, mime_type }],
    ['base64 of a PNG', { base64: 'iVBORw0KGgoAAAAN', mime_type: 'image/png' }],
    ['base64 of a JPEG', { base64: '/9j/4AAQ', mime_type: 'image/JPEG' }],
    ['base64 of a GIF', { base64: 'R0lGODlh', mime_type: 'image/gif' }],
    ['base64 of a WebP', { base64: 'UklGRiQAAABXRUJQ', mime_type: 'image/webp' }],
  ])('accepts an attachment by %s', (_, attachment) => {
    expect(sendMessage.input.safeParse({ ...required, attachments: [attachment] }).success).toBe(true);
  });

  it.each([
    ['neither url nor base64', { name: 'a' }],
    ['both url and base64', { url: 'https://a.example/', base64: 'QUJD', mime_type }],
    ['a file URL', { url: 'file:///etc/passwd' }],
    ['a data URL', { url: 'data:text/plain,x' }],
    ['a URL that contains a space', { url: 'https://a.example/ x' }],
    ['a relative URL', { url: '/x' }],
    ['an http URL', { url: 'http://a.example/x' }],
    ['base64 of more than 5 MB', { base64: 'QUJD'.repeat(1_666_667), mime_type }],
    ['base64 without mime_type', { base64: 'QUJD' }],
    ['content that does not match its mime_type', { base64: 'QUJD', mime_type: 'image/png' }],
    ['an invalid mime_type', { url: 'https://a.example/', mime_type: 'pdf' }],
    ['a data: prefix', { base64: 'data:text/plain;base64,QUJD', mime_type }],
    ['text that is not base64', { base64: 'hello world', mime_type }],
    ['URL-safe base64', { base64: 'a-_=', mime_type }],
    ['base64 of a wrong length', { base64: 'QUJDR', mime_type }],
    ['padding only', { base64: '====', mime_type }],
    ['empty base64', { base64: '', mime_type }],
    ['base64 that contains a line break', { base64: 'QUJD\nQUJD', mime_type }],
    ['an unknown key', { url: 'https://a.example/', size: 3 }],
  ])('refuses an attachment with %s', (_, attachment) => {
    expect(sendMessage.input.safeParse({ ...required, attachments: [attachment] }).success).toBe(false);
  });

  it.each([
    { text: '' },
    { text: ' \n\t ' },
    { text: 'x'.repeat(100_001) },
    { sender: 'ai' },
    { sender: undefined },
    { session_id: '#' },
    { custom_data: { a: {} } },
    { contact: { custom_data: { a: 1 } } },
    { contact: { phone: '1' } },
    { agent: { id: '7' } },
    { message: 'Hello' },
  ])('refuses %j', (given) => {
    expect(sendMessage.input.safeParse({ ...required, ...given }).success).toBe(false);
  });
});
