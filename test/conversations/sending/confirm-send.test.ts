import { describe, expect, it, vi } from 'vitest';
import type { SendMessageBody, SendOutcome, SessionsClient } from '../../../src/client/client.ts';
import { ConnectionError } from '../../../src/client/errors.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import type { Answer, Context } from '../../../src/conversations/context.ts';
import {
  AlreadySentError,
  DeliveryUnknownError,
  NotAllowedError,
} from '../../../src/conversations/errors.ts';
import { confirmSend } from '../../../src/conversations/sending/confirm-send.ts';
import { sendOnce } from '../../../src/conversations/sending/send-once.ts';
import { InputRequired, type SendQuestion } from '../../../src/conversations/sending/send-question.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { memoryLastRead } from '../../../src/state/memory/last-read.ts';
import type { Claim, OpenAttempt, SendLog } from '../../../src/state/send-log.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { documentedId, fullSession, smallestSession } from '../../support/fakes/examples.ts';
import { contextOf, endlessPages, fakeClock, now, pagesOf } from '../../support/fakes/fakes.ts';
import { memoryStore } from '../../support/state/memory-store.ts';

const sessionId = documentedId;
const text = 'The refund is on its way.';
const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text } };
const at = '2026-03-01T11:00:00.000Z';
const beforeIt = '2026-03-01T10:59:59.999Z';
const afterIt = '2026-03-01T11:00:00.001Z';

/** What the API and this server know when a message is about to be sent. */
interface World {
  readonly session?: Session;
  readonly history?: readonly HistoryItem[];
  readonly lastRead?: string;
}

/** An entry of a history. */
function entry(created_at: string, sender = 'contact', type = 'message'): HistoryItem {
  return { created_at, event: { type, sender: { type: sender }, content: { type: 'text', text: 'Hello?' } } };
}

function clientOf({ session = fullSession, history = [] }: World) {
  return {
    getSession: vi.fn(async () => session),
    historyPages: vi.fn(() => pagesOf(history, 50).pages),
  };
}

async function contextIn(world: World, more: Partial<Context> = {}) {
  const lastRead = memoryLastRead();
  if (world.lastRead !== undefined) await lastRead.set(sessionId, world.lastRead);
  return contextOf(clientOf(world), { confirmSends: true, lastRead, ...more });
}

async function ask(context: Context, message = body, id = sessionId): Promise<SendQuestion> {
  const result = await confirmSend(id, message, context);
  if (!(result instanceof InputRequired)) throw new Error('nothing was asked');
  return result.question;
}

const digestIn = async (world: World, message = body, id = sessionId, more: Partial<Context> = {}) =>
  (await ask(await contextIn(world, more), message, id)).digest;

describe('without --confirm-sends', () => {
  it('nothing is asked and nothing is read', async () => {
    const client = clientOf({});
    expect(await confirmSend(sessionId, body, contextOf(client, { confirmSends: false }))).toBeUndefined();
    expect(client.getSession).not.toHaveBeenCalled();
    expect(client.historyPages).not.toHaveBeenCalled();
  });

  it('an answer has no effect', async () => {
    const confirmation = { answer: 'decline', digest: '' } as const;
    const context = contextOf({}, { confirmSends: false, confirmation });
    expect(await confirmSend(sessionId, body, context)).toBeUndefined();
  });
});

describe('the question', () => {
  it('shows the session as it is now and the message', async () => {
    const question = await ask(await contextIn({}));
    expect(question).toEqual({
      session: fullSession,
      body,
      warning: undefined,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('reads the session and its history once', async () => {
    const client = clientOf({});
    await ask(contextOf(client, { confirmSends: true }));
    expect(client.getSession).toHaveBeenCalledExactlyOnceWith(sessionId, expect.anything());
    expect(client.historyPages).toHaveBeenCalledExactlyOnceWith(sessionId, expect.anything());
  });

  it('is not asked if the session cannot be read', async () => {
    const client = { ...clientOf({}), getSession: () => Promise.reject(new Error('no session')) };
    await expect(confirmSend(sessionId, body, contextOf(client, { confirmSends: true }))).rejects.toThrow(
      'no session',
    );
  });
});

describe('the warning', () => {
  const warningIn = async (world: World) => (await ask(await contextIn(world))).warning;

  it.each<[string, SendQuestion['warning'], World]>([
    ['absent if the history is empty', undefined, {}],
    ['absent if only others wrote', undefined, { history: [entry(at, 'agent'), entry(at, 'ai')] }],
    [
      'absent if the customer caused an event that is not a message',
      undefined,
      { history: [entry(at, 'contact', 'csat')] },
    ],
    [
      'absent if the newest message of the customer was read',
      undefined,
      { history: [entry(at)], lastRead: at },
    ],
    ['absent if more than that was read', undefined, { history: [entry(at)], lastRead: afterIt }],
    [
      'absent if only an agent wrote since',
      undefined,
      { history: [entry(at), entry(afterIt, 'human_agent')], lastRead: at },
    ],
    ['"not read" if the conversation was not read', 'not_read', { history: [entry(at)] }],
    ['"not read" also if an agent wrote last', 'not_read', { history: [entry(at), entry(afterIt, 'agent')] }],
    [
      '"written since" if the customer wrote a millisecond later',
      'written_since',
      { history: [entry(at)], lastRead: beforeIt },
    ],
    [
      '"written since" if the customer has the name "user"',
      'written_since',
      { history: [entry(at, 'user')], lastRead: beforeIt },
    ],
    ...['Contact', 'customer', 'visitor', ''].map((sender): [string, SendQuestion['warning'], World] => [
      `"written since" if somebody unknown wrote: ${JSON.stringify(sender)}`,
      'written_since',
      { history: [entry(at, sender)], lastRead: beforeIt },
    ]),
    [
      '"written since" if nobody is named who wrote',
      'written_since',
      { history: [{ created_at: at, event: { type: 'message' } }], lastRead: beforeIt },
    ],
    ['absent if the system wrote', undefined, { history: [entry(at, 'system')] }],
    [
      '"written since" if one of several messages is new',
      'written_since',
      { history: [entry(beforeIt), entry(at), entry(afterIt)], lastRead: at },
    ],
  ])('is %s', async (_, warning, world) => {
    expect(await warningIn(world)).toBe(warning);
  });

  it('compares moments, however they are written', async () => {
    const history = [entry('2026-03-01T12:00:00+01:00')];
    expect(await warningIn({ history, lastRead: at })).toBeUndefined();
    expect(await warningIn({ history, lastRead: '2026-03-01T11:59:59+01:00' })).toBe('written_since');
  });

  it('does not depend on the order of the history', async () => {
    const history = [entry(afterIt, 'agent'), entry(at), entry(beforeIt)];
    expect(await warningIn({ history, lastRead: at })).toBeUndefined();
    expect(await warningIn({ history, lastRead: beforeIt })).toBe('written_since');
  });

  it('is about the twenty newest messages', async () => {
    const answers = (count: number) =>
      Array.from({ length: count }, (_, n) => entry(`2026-03-01T11:30:${10 + n}.000Z`, 'agent'));
    expect(await warningIn({ history: [entry(at), ...answers(19)] })).toBe('not_read');
    expect(await warningIn({ history: [entry(at), ...answers(20)] })).toBeUndefined();
  });

  it('is "newest unknown" if the history has too many pages, whatever was read', async () => {
    const lastRead = memoryLastRead();
    await lastRead.set(sessionId, afterIt);
    const client = { ...clientOf({}), historyPages: () => endlessPages(() => [entry(at)]) };
    const context = contextOf(client, { confirmSends: true, lastRead });
    expect((await ask(context)).warning).toBe('newest_unknown');
  });

  it('is "newest unknown" if there is no time to read the whole history', async () => {
    const client = { ...clientOf({}), historyPages: () => pagesOf([entry(at), entry(at)], 1).pages };
    const call = { signal: new AbortController().signal, deadline: Deadline.after(0) };
    const context = contextOf(client, { confirmSends: true, call });
    expect((await ask(context)).warning).toBe('newest_unknown');
  });
});

describe('the digest', () => {
  const contact = fullSession.contact;
  const withContact = (more: Partial<typeof contact>): World => ({
    session: { ...fullSession, contact: { ...contact, ...more } },
  });
  const { handoff: _handoff, contact: _contact, ...withoutHandoffAndContact } = fullSession;

  it('is the same for the same question', async () => {
    expect(await digestIn({})).toBe(await digestIn({}));
  });

  it.each<[string, SendMessageBody]>([
    ['the text', { ...body, message: { type: 'text', text: `${text}!` } }],
    ['white space in the text', { ...body, message: { type: 'text', text: `${text} ` } }],
    ['the sender', { ...body, sender: 'contact' }],
    [
      'the attachments',
      { ...body, message: { type: 'text', text, attachments: [{ url: 'https://example.com/a' }] } },
    ],
    ['the name of the agent', { ...body, agent: { name: 'Mia' } }],
    ['the take-over', { ...body, should_take_over_session_from_ai: true }],
    ['the custom data', { ...body, custom_data: { plan: 'pro' } }],
    ['the contact of the message', { ...body, contact: { email: 'new@example.com' } }],
  ])('changes with %s', async (_, message) => {
    expect(await digestIn({}, message)).not.toBe(await digestIn({}));
  });

  it('changes with one attachment for another', async () => {
    const withFile = (url: string): SendMessageBody => ({
      ...body,
      message: { type: 'text', text, attachments: [{ url }] },
    });
    expect(await digestIn({}, withFile('https://example.com/a'))).not.toBe(
      await digestIn({}, withFile('https://example.com/b')),
    );
  });

  it('changes with a value that the message would replace, and with no other', async () => {
    const withData = (custom_data: object) => ({ session: { ...fullSession, custom_data } }) as World;
    const message = { ...body, custom_data: { plan: 'pro' } };
    const first = await digestIn(withData({ plan: 'free', seats: 1 }), message);
    expect(await digestIn(withData({ plan: 'basic', seats: 1 }), message)).not.toBe(first);
    expect(await digestIn(withData({ plan: 'free', seats: 2 }), message)).toBe(first);
    const { custom_data: _, ...without } = fullSession;
    const digestOf = (session: Session) => digestIn({ session }, message);
    expect(await digestOf(without)).toBe(await digestOf({ ...fullSession, custom_data: {} }));
  });

  it('changes with the session id', async () => {
    expect(await digestIn({}, body, '11111111-1111-4111-8111-111111111111')).not.toBe(await digestIn({}));
  });

  it.each<[string, World]>([
    ['the status', { session: { ...fullSession, status: 'closed_resolved' } }],
    ['the channel', { session: { ...fullSession, channel: { type: 'email' } } }],
    ['the identity of the contact', withContact({ id: '44444444-4444-4444-8444-444444444444' })],
    ['the name of the contact', withContact({ name: 'Joan Doe' })],
    ['the email of the contact', withContact({ email: 'joan@example.com' })],
    ['the phone number of the contact', withContact({ phone_number: '+15550101' })],
    ['the claimed name of the contact', withContact({ non_verified_name: 'K.' })],
    ['the claimed email of the contact', withContact({ non_verified_email: 'k@example.com' })],
    [
      'the absence of the contact',
      { session: { ...withoutHandoffAndContact, handoff: fullSession.handoff } },
    ],
    ['the handoff', { session: { ...fullSession, handoff: { summary: 'Wants to cancel.' } } }],
    ['the absence of the handoff', { session: { ...withoutHandoffAndContact, contact } }],
    ['the closure by the AI', { session: { ...fullSession, ai_closure_type: 'resolved' } }],
    ['the assignee', { session: { ...fullSession, assignee_id: '43' } }],
    ['the absence of the assignee', { session: { ...fullSession, assignee_id: null } }],
  ])('changes with %s', async (_, world) => {
    expect(await digestIn(world)).not.toBe(await digestIn({}));
  });

  it('changes with the time of the newest message of the customer', async () => {
    const first = await digestIn({ history: [entry(at)], lastRead: beforeIt });
    expect(await digestIn({ history: [entry(at), entry(afterIt)], lastRead: beforeIt })).not.toBe(first);
  });

  it('changes with that time also if everything was read', async () => {
    const first = await digestIn({ history: [entry(beforeIt)], lastRead: afterIt });
    expect(await digestIn({ history: [entry(at)], lastRead: afterIt })).not.toBe(first);
  });

  it('changes with the warning', async () => {
    const history = [entry(at)];
    expect(await digestIn({ history, lastRead: at })).not.toBe(await digestIn({ history }));
  });

  it.each<[string, World]>([
    ['the time at which the session was changed', { session: { ...fullSession, updated_at: at } }],
    ['the time at which the contact was changed', withContact({ updated_at: at })],
    ['the mood', { session: { ...fullSession, sentiment: 'angry' } }],
    ['the custom data of the session', { session: { ...fullSession, custom_data: {} } }],
    ['a message of an agent', { history: [entry(at, 'agent')] }],
  ])('does not change with %s', async (_, world) => {
    expect(await digestIn(world)).toBe(await digestIn({}));
  });

  it('does not change as time passes', async () => {
    const world = { history: [entry(at)], lastRead: beforeIt };
    const clock = fakeClock();
    const first = await digestIn(world, body, sessionId, { clock });
    await clock.sleep(3_600_000);
    const later = { clock, now: new Date(now.getTime() + 3_600_000) };
    expect(await digestIn(world, body, sessionId, later)).toBe(first);
  });

  it('does not change with how far more than the newest message was read', async () => {
    const history = [entry(at)];
    expect(await digestIn({ history, lastRead: afterIt })).toBe(await digestIn({ history, lastRead: at }));
  });
});

describe('the answer', () => {
  it('"accept" to the same question allows the message', async () => {
    const confirmation = { answer: 'accept', digest: await digestIn({}) } as const;
    expect(await confirmSend(sessionId, body, await contextIn({}, { confirmation }))).toBeUndefined();
  });

  it('"accept" to another question leads to the new question', async () => {
    const confirmation = { answer: 'accept', digest: await digestIn({}) } as const;
    const world = { history: [entry(at)] };
    const question = await ask(await contextIn(world, { confirmation }));
    expect(question.warning).toBe('not_read');
    expect(question.digest).toBe(await digestIn(world));
  });

  it('"accept" without a question leads to the question', async () => {
    const confirmation = { answer: 'accept', digest: '' } as const;
    await expect(ask(await contextIn({}, { confirmation }))).resolves.toMatchObject({ body });
  });

  it.each<[Answer, string, string]>([
    [
      'decline',
      'declined',
      'the person at the client declined this message. Ask what to change before trying again',
    ],
    [
      'cancel',
      'cancelled',
      'the person at the client closed the question without an answer. Ask before trying again',
    ],
    ['timeout', 'timed_out', 'the person at the client did not answer in time. Ask before trying again'],
    ['failed', 'not_asked', 'the client could not ask the person, or its answer could not be read'],
    [
      'unsupported',
      'not_asked',
      'this server asks a person before every message (--confirm-sends), and this client cannot ask (no elicitation). Ask the user to start the server with --confirm-sends=outbox, which works with every client',
    ],
  ])('"%s" is refused with its outcome and reason, without a request', async (answer, outcome, reason) => {
    const digest = await digestIn({});
    // A client without methods: any request fails.
    const context = contextOf({}, { confirmSends: true, confirmation: { answer, digest } });
    const refusal = await confirmSend(sessionId, body, context).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotAllowedError);
    expect(refusal).toMatchObject({ message: reason, outcome });
  });
});

describe('a message that does more than a person can be shown', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`key ${n}`, n]));
  const files = (count: number) => Array(count).fill({ url: `https://files.example/${'a'.repeat(1900)}` });

  it.each<[string, Partial<SendMessageBody>]>([
    ['changes of the session', { custom_data: many(3000) }],
    ['changes of the contact', { contact: { custom_data: { a: 'x'.repeat(33_000) } } }],
    ['files', { message: { type: 'text', text, attachments: files(17) } }],
    ['agent', { agent: { name: 'x'.repeat(33_000) } }],
  ])('is refused without a request: %s', async (_, more) => {
    const context = contextOf({}, { confirmSends: true });
    await expect(confirmSend(sessionId, { ...body, ...more }, context)).rejects.toThrow(
      /too many changes or files to be shown \(\d+ characters; at most 32000\)\. Send fewer/,
    );
  });

  it('is asked about if only its text or the content of a file is long', async () => {
    const attachments = [{ base64: 'QUJD'.repeat(10_000), mime_type: 'text/plain' }];
    const message = { type: 'text' as const, text: 'x'.repeat(90_000), attachments };
    await expect(ask(await contextIn({}), { ...body, message })).resolves.toBeDefined();
    await expect(ask(await contextIn({}), { ...body, custom_data: many(300) })).resolves.toBeDefined();
  });
});

describe('a send that needs a confirmation', () => {
  /** Runs a send, and records what it asks of the API and of the send log. */
  function recorded(claimed: Claim['state'], outcome: SendOutcome = { outcome: 'sent', messageId: 'm1' }) {
    const calls: string[] = [];
    const record = <T>(name: string, result: T) => {
      calls.push(name);
      return result;
    };
    const attempt: OpenAttempt = {
      identity: '1',
      began: now,
      serverBegan: 0,
      seenUpTo: undefined,
      sent: async (id) => record(`sent ${id}`, undefined),
      found: async () => undefined,
      unclaimed: async () => [],
      unknown: async () => record('unknown', undefined),
      rejected: async () => record('rejected', undefined),
      absent: async () => false,
      quietMs: () => 0,
    };
    const claims: Record<Claim['state'], Claim> = {
      free: { state: 'free', attempt },
      sent: { state: 'sent', left: now, elapsedMs: 0, id: 'm0', otherEffects: [] },
      unknown: { state: 'unknown', attempt, underWay: false, otherEffects: [] },
    };
    const earlier = claims[claimed];
    const sendLog: SendLog = {
      find: async () => record('find', earlier.state === 'free' ? undefined : earlier),
      fateOf: async () => undefined,
      claim: async () => record('claim', earlier),
      singleFlight: (_key, _signal, work) => work(),
    };
    const client: Partial<SessionsClient> = {
      getSession: async () => record('read session', smallestSession),
      historyPages: () => record('read history', pagesOf<HistoryItem>([], 50).pages),
      sendMessage: async () => record('POST', outcome),
      clockOffset: () => 0,
    };
    const run = (allowDuplicate = false, confirmation?: Context['confirmation']) => {
      calls.length = 0;
      const context = contextOf(client, { sendLog, confirmSends: true, confirmation });
      return sendOnce(sessionId, body, allowDuplicate, context);
    };
    return { calls, run };
  }
  const read = ['read session', 'read history'];

  /** The confirmation of the question that a run ends with. */
  async function accept(run: () => Promise<unknown>) {
    const result = await run();
    if (!(result instanceof InputRequired)) throw new Error('nothing was asked');
    return { answer: 'accept', digest: result.question.digest } as const;
  }

  it('claims and sends nothing before the answer', async () => {
    const { calls, run } = recorded('free');
    expect(await run()).toBeInstanceOf(InputRequired);
    expect(calls).toEqual(['find', ...read]);
  });

  it('is confirmed, then claimed, then sent', async () => {
    const { calls, run } = recorded('free');
    const confirmation = await accept(run);
    expect(await run(false, confirmation)).toEqual({ outcome: 'sent', messageId: 'm1' });
    expect(calls).toEqual(['find', ...read, 'claim', 'POST', 'sent m1']);
  });

  it('claims nothing when it is declined', async () => {
    const { calls, run } = recorded('free');
    const { digest } = await accept(run);
    await expect(run(false, { answer: 'decline', digest })).rejects.toThrow(NotAllowedError);
    expect(calls).toEqual(['find']);
  });

  it('is not asked about if the message was sent before', async () => {
    const { calls, run } = recorded('sent');
    await expect(run()).rejects.toThrow(AlreadySentError);
    expect(calls).toEqual(['find']);
  });

  it('is not asked about if the outcome of the same message is unknown', async () => {
    const { calls, run } = recorded('unknown');
    await expect(run()).rejects.toThrow(DeliveryUnknownError);
    expect(calls.slice(0, 3)).toEqual(['find', 'read history', 'find']);
    expect(calls).not.toContain('claim');
  });

  it('is asked about if it is meant as a duplicate, whatever the log says', async () => {
    const { calls, run } = recorded('sent');
    expect(await run(true)).toBeInstanceOf(InputRequired);
    expect(calls).toEqual(read);
  });

  it('is confirmed before it is claimed if it is meant as a duplicate', async () => {
    const { calls, run } = recorded('free');
    const confirmation = await accept(() => run(true));
    await run(true, confirmation);
    expect(calls).toEqual([...read, 'claim', 'POST', 'sent m1']);
  });

  it('has an answer of its own beside an equal send at the same time', async () => {
    const sendMessage = async () => ({ outcome: 'sent' as const, messageId: 'm1' });
    const client = { ...clientOf({}), sendMessage };
    const sendLog = recordedSendLog(memoryStore(), { account: 'a' });
    const digest = await digestIn({});
    const answers = (['decline', 'accept'] as const).map((answer) =>
      sendOnce(
        sessionId,
        body,
        false,
        contextOf(client, { sendLog, confirmSends: true, confirmation: { answer, digest } }),
      ),
    );
    expect(await Promise.allSettled(answers)).toMatchObject([
      { reason: { outcome: 'declined' } },
      { value: { outcome: 'sent' } },
    ]);
  });

  it('is recorded as unknown before it is looked for', async () => {
    const error = new ConnectionError('Gone.', { mayHaveArrived: true });
    const { calls, run } = recorded('free', { outcome: 'unknown', error });
    const confirmation = await accept(run);
    await expect(run(false, confirmation)).rejects.toThrow(DeliveryUnknownError);
    expect(calls.slice(0, 7)).toEqual(['find', ...read, 'claim', 'POST', 'unknown', 'read history']);
  });
});
