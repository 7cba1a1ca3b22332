import { describe, expect, it } from 'vitest';
import type { CreateSessionBody, SendMessageBody } from '../../../src/client/client.ts';
import { foldAddress, messageKey, sessionKey } from '../../../src/conversations/sending/idempotency-key.ts';

const id = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
const folded = id.replaceAll('-', '');
const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: 'Hi' } };

describe('the key of a message', () => {
  it('of a message that does nothing else has nothing else', () => {
    expect(messageKey('s1', body)).toEqual({
      kind: 'message',
      sessionId: 's1',
      content: ['agent', 'Hi', []],
      effects: {},
    });
    expect(
      messageKey('s1', {
        ...body,
        ...{ contact: {}, custom_data: {}, agent: {}, should_take_over_session_from_ai: false },
      }).effects,
    ).toEqual({});
  });

  it('has everything that it does, however it is written', () => {
    const more: Partial<SendMessageBody> = {
      contact: {
        name: ' Ada ',
        email: ' Ada@Example.com ',
        phone_number: '+1 (555) 01-00',
        avatar_url: 'https://a.example/%7eada#top',
        custom_data: { b: '1', a: '2', c: undefined as never },
      },
      custom_data: { z: 'x', y: 'w' },
      agent: { id: 7, name: 'Mia ', avatar_url: 'HTTPS://A.example/mia' },
      should_take_over_session_from_ai: true,
    };
    expect(messageKey(id, { ...body, ...more }).effects).toEqual({
      contact: {
        name: 'Ada',
        email: 'ada@example.com',
        phone_number: '+15550100',
        avatar_url: 'https://a.example/~ada',
        custom_data: [
          ['a', '2'],
          ['b', '1'],
        ],
      },
      custom_data: [
        ['y', 'w'],
        ['z', 'x'],
      ],
      agent: { id: 7, name: 'Mia', avatar_url: 'https://a.example/mia' },
      should_take_over_session_from_ai: true,
    });
  });

  it.each([
    [id.toUpperCase(), folded],
    [`URN:UUID:${id}`, folded],
    [`x-urn:uuid:${id}`, `x-urn:uuid:${id}`],
    [`${id}0`, `${id}0`],
    [`0${id}`, `0${id}`],
    ['S1', 'S1'],
  ])('names the session %s as %s', (sessionId, name) => {
    expect(messageKey(sessionId, body).sessionId).toBe(name);
  });

  it('does not depend on the order of files', () => {
    const [one, other] = [{ url: 'https://a.example/1' }, { base64: 'eA==' }];
    const key = (...attachments: object[]) =>
      messageKey('s1', { ...body, message: { ...body.message, attachments } as never }).content;
    expect(key(one, other)).toEqual(key(other, one));
    expect(key(one)).toEqual(['agent', 'Hi', ['address https://a.example/1']]);
    expect(key({})).toEqual(['agent', 'Hi', ['address ']]);
  });
});

it.each([
  ['https://a.example/%7Eada%2f', 'https://a.example/~ada%2F'],
  ['https://a.example/#top', 'https://a.example/'],
  [' not an address ', 'not an address'],
])('the address %j is %j', (address, normal) => {
  expect(foldAddress(address)).toBe(normal);
});

describe('the key of a new session', () => {
  it.each<[CreateSessionBody, content: unknown[]]>([
    [{}, ['api', null, null, false, null]],
    [{ channel: { type: 'email' } } as never, ['email', null, null, false, null]],
    [{ contact_id: id.toUpperCase() }, ['api', folded, null, false, null]],
    [{ contact: { email: 'A@b.c' } }, ['api', null, { email: 'a@b.c' }, false, null]],
    [{ contact: {}, custom_data: {} }, ['api', null, null, false, null]],
    [{ verified: true }, ['api', null, null, true, null]],
    [{ verified: false }, ['api', null, null, false, null]],
    [
      { custom_data: { b: 1, a: 2 } },
      [
        'api',
        null,
        null,
        false,
        [
          ['a', 2],
          ['b', 1],
        ],
      ],
    ],
  ])('of %j is %j', (given, content) => {
    expect(sessionKey(given)).toEqual({ kind: 'session', sessionId: '', content, effects: {} });
  });
});
