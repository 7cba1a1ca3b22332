import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/pipeline/arguments.ts';
import { tools } from '../../src/tools/index.ts';
import { sendMessage } from '../../src/tools/send-message.ts';

const id = '3c90c3cc-0d44-4b50-8888-8dd25736052a';

function parse(name: string, given: unknown) {
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`no tool ${name}`);
  return parseArguments(tool.input, given);
}

function problem(name: string, given: unknown): string {
  const result = parse(name, given);
  if (result.ok) throw new Error('it was accepted');
  return result.problem;
}

function value(name: string, given: unknown): unknown {
  const result = parse(name, given);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

describe('parseArguments accepts', () => {
  it('a number as text', () => {
    expect(value('list_sessions', { limit: '30' })).toMatchObject({ limit: 30 });
    expect(value('list_sessions', { limit: ' 30.00 ' })).toMatchObject({ limit: 30 });
    expect(value('get_session', { session_id: id, history_limit: '5' })).toMatchObject({ history_limit: 5 });
  });

  it('a text of digits as a number', () => {
    expect(value('search_sessions', { query: 4521 })).toEqual({ query: '4521' });
  });

  it('one text for a list of texts', () => {
    expect(value('count_sessions', { group_by: 'status' })).toMatchObject({ group_by: ['status'] });
  });

  it('a boolean as text', () => {
    expect(value('list_sessions', { handed_off: 'true' })).toMatchObject({ handed_off: true });
    expect(value('list_sessions', { handed_off: 'False' })).toMatchObject({ handed_off: false });
  });

  it('an object or a list as JSON text, including values as text inside it', () => {
    const given = {
      session_id: id,
      sender: 'agent',
      text: 'Hello',
      custom_data: '{"order_id":"ord_1","paid":true}',
      agent: '{"id":"7","name":null}',
      attachments: '[{"name":"a.txt","base64":"aGk=","mime_type":"text/plain","url":null}]',
    };
    expect(value('send_message', given)).toMatchObject({
      custom_data: { order_id: 'ord_1', paid: true },
      agent: { id: 7 },
      attachments: [{ name: 'a.txt', base64: 'aGk=', mime_type: 'text/plain' }],
    });
  });

  it('null for an absent argument, even inside an object', () => {
    const given = { channel_type: null, contact: { name: 'Ada', email: null }, verified: null };
    expect(value('create_session', given)).toMatchObject({ channel_type: 'api', contact: { name: 'Ada' } });
  });

  it('empty text for an absent optional argument, even inside an object', () => {
    const given = { channel_type: '', contact: { name: 'Ada', email: '' }, verified: '', contact_id: '' };
    expect(value('create_session', given)).toEqual({
      channel_type: 'api',
      contact: { name: 'Ada' },
      allow_duplicate: false,
    });
    expect(value('list_sessions', { status: '', cursor: '', limit: '' })).toEqual({});
  });

  it('empty text as a value of custom data', () => {
    const given = { custom_data: { note: '' } };
    expect(value('create_session', given)).toMatchObject(given);
  });

  it.each([
    'action',
    'chatInput',
    'sessionId',
    'tool',
    'toolCallId',
    'tool_call_description',
    '_meta',
    '_as_extra',
  ])('%s, which agent frameworks add, and ignores it', (name) => {
    const result = parse('get_session', { session_id: id, [name]: 'x' });
    expect(result).toEqual({ ok: true, value: { session_id: id, history_limit: 0 }, ignored: [name] });
  });

  it('what a framework adds to a tool without required arguments', () => {
    const given = { status: 'open', toolCallId: 'c1', sessionId: 'a', tool: { name: 'list_sessions' } };
    const result = parse('list_sessions', given);
    expect(result).toMatchObject({ ok: true, ignored: ['toolCallId', 'sessionId', 'tool'] });
    expect(value('list_sessions', given)).toEqual({ status: 'open' });
  });

  it('no arguments at all if none are required', () => {
    expect(value('list_sessions', undefined)).toEqual({});
  });

  it('text that looks like a number, as text', () => {
    expect(value('search_sessions', { query: '4521' })).toEqual({ query: '4521' });
    const sent = value('send_message', { session_id: id, sender: 'agent', text: '{"not":"parsed"}' });
    expect(sent).toMatchObject({ text: '{"not":"parsed"}' });
  });

  it('custom data that looks like a number or a boolean, as text', () => {
    expect(value('create_session', { custom_data: { zip: '01234', flag: 'true' } })).toMatchObject({
      custom_data: { zip: '01234', flag: 'true' },
    });
  });
});

describe('parseArguments refuses', () => {
  it.each([
    ['list_sessions', { limit: 0 }, '`limit`: must be a whole number from 1 to 100. (Default 20;'],
    ['list_sessions', { limit: 101 }, '`limit`: must be a whole number from 1 to 100'],
    ['list_sessions', { limit: 2.5 }, '`limit`: must be a whole number from 1 to 100'],
    ['list_sessions', { limit: '2.5' }, '`limit`: must be a whole number from 1 to 100'],
    ['list_sessions', { limit: '2.00000000000000001' }, '`limit`: must be a whole number from 1 to 100'],
    ['list_sessions', { limit: 'many' }, '`limit`: must be a whole number from 1 to 100'],
    [
      'get_attachment',
      { session_id: id, attachment: 'a', offset: 0.5 },
      '`offset`: must be a whole number, 0 or more',
    ],
    ['list_sessions', { status: 'closed' }, '`status`: must be one of open, closed_resolved, '],
    ['list_sessions', { status: 'undefined' }, '`status`: must be one of open, closed_resolved, '],
    ['list_sessions', { handed_off: 'untrue' }, '`handed_off`'],
    ['list_sessions', { handed_off: 'true?' }, '`handed_off`'],
    ['count_sessions', { group_by: ' ' }, '`group_by`: must be an array, not a string.'],
    ['send_message', { attachments: 'a.txt' }, '`attachments`: must be an array, not a string.'],
    ['send_message', { attachments: {} }, '`attachments`: must be an array, not an object.'],
    ['send_message', { attachments: [null] }, '`attachments.0`: must be an object, not null.'],
    ['list_sessions', { created_after: 'yesterday' }, '`created_after`: must be ISO 8601'],
    ['search_sessions', {}, '`query` is required'],
    ['search_sessions', { query: '   ' }, '`query`'],
    ['get_session', {}, '`session_id` is required'],
    ['get_session', { session_id: 7.5 }, '`session_id`'],
    ['get_session', { session_id: '#' }, 'a ticket number such as #4521'],
    ['get_session', { session_id: '../contacts' }, '`session_id`'],
    ['get_session', { session_id: id, history_limit: 51 }, '`history_limit`'],
    ['get_session_history', { session_id: id, limit: 201 }, '`limit`'],
    ['create_session', { custom_data: { address: { city: 'Oslo' } } }, '`custom_data.address`'],
    ['create_session', { custom_data: { tags: ['a'] } }, '`custom_data.tags`'],
    ['create_session', { custom_data: { gone: null } }, '`custom_data.gone`'],
    ['create_session', { contact: { custom_data: { age: 7 } } }, '`contact.custom_data.age`'],
    ['create_session', { contact: { email: 'nobody' } }, '`contact.email`'],
    ['create_session', { contact_id: '4521' }, '`contact_id`'],
    ['create_session', { contact: 'Ada' }, '`contact`: must be an object, not a string.'],
    ['create_session', { contact: '7' }, '`contact`: must be an object, not a string.'],
    ['create_session', { contact: '{"name":' }, '`contact`: must be an object, not a string.'],
    ['create_session', { contact: 7 }, '`contact`: must be an object, not a number.'],
    ['create_session', { contact: ['Ada'] }, '`contact`: must be an object, not an array.'],
    ['get_session', { session_id: id, verbosity: null }, '`verbosity` is not an argument'],
    ['send_message', { session_id: id, sender: 'ai', text: 'x' }, '`sender`'],
    ['send_message', { session_id: id, sender: 'agent', text: '  ' }, '`text`'],
    [
      'send_message',
      { session_id: id, sender: 'agent', text: 'x', attachments: [{ name: 'a' }] },
      '`attachments.0`',
    ],
    [
      'send_message',
      { session_id: id, sender: 'agent', text: 'x', attachments: [{ base64: '??' }] },
      '`attachments.0.base64`',
    ],
    ['update_session', { session_id: id, status: 'done' }, '`status`'],
  ])('%s %j', (name, given, expected) => {
    expect(problem(name, given)).toContain(expected);
  });

  it('an unknown argument and suggests the closest known one', () => {
    expect(problem('get_session', { sesion_id: id })).toContain(
      '`sesion_id` is not an argument; did you mean `session_id`?',
    );
    expect(problem('get_session', { session_id: id, verbosity: 1 })).toContain(
      'accepted: session_id, history_limit',
    );
    expect(problem('create_session', { contact: { mail: 'a@example.com' } })).toContain(
      '`contact.mail` is not an argument; did you mean `email`?',
    );
  });

  it('a value with a message that says what is accepted, once', () => {
    expect(problem('list_sessions', { created_after: 'yesterday' })).toMatch(/2w\)\.$/);
    expect(problem('list_sessions', { status: 'closed' })).toMatch(/ \(Open, or how it was closed\.\)$/);
  });

  it('sessionId in the place of session_id', () => {
    expect(problem('get_session', { sessionId: id })).toContain('did you mean `session_id`?');
  });

  it('a call that has only what a framework adds', () => {
    expect(problem('get_session', { toolCallId: 'x' })).toBe('`session_id` is required.');
  });

  it('arguments of frameworks inside another argument', () => {
    expect(problem('create_session', { contact: { toolCallId: 'x' } })).toContain('`contact.toolCallId`');
  });

  it.each([
    ['a number', { custom_data: { order: 2 ** 70 } }],
    ['a number in JSON text', { custom_data: '{"order":12345678901234567890}' }],
    ['a negative number', { custom_data: { order: -(2 ** 53) } }],
  ])('an integer that would lose digits: %s', (_, given) => {
    expect(problem('create_session', given)).toBe(
      '`custom_data.order`: integers beyond 9007199254740991 lose digits as JSON numbers. Pass it as text.',
    );
  });

  it('no integer that keeps its digits', () => {
    const custom_data = { order: '12345678901234567890', most: 9007199254740991, part: 0.5 };
    expect(value('create_session', { custom_data })).toMatchObject({ custom_data });
  });

  it('empty text for a required argument', () => {
    expect(problem('send_message', { session_id: id, sender: 'agent', text: '' })).toContain('`text`');
  });

  it('arguments that are not an object', () => {
    expect(problem('get_session', 'text')).toContain('must be an object');
    expect(problem('get_session', [id])).toContain('must be an object');
  });

  it('names from the object prototype like any other unknown argument', () => {
    expect(problem('get_session', { session_id: id, constructor: 1 })).toContain('`constructor`');
    expect(problem('get_session', JSON.parse(`{"session_id":"${id}","__proto__":{"a":1}}`))).toContain(
      '`__proto__`',
    );
  });

  it.each([
    ['empty attachments', { attachments: Array.from({ length: 1_000_000 }, () => ({})) }],
    ['attachments as JSON text', { attachments: `[${'{},'.repeat(20_000)}{}]` }],
    ['bad values', { custom_data: Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [n, []])) }],
    ['levels', { custom_data: { a: JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) } }],
    ['long names', { ['x'.repeat(1_000_000)]: 1, contact: { custom_data: { ['y'.repeat(1_000_000)]: 1 } } }],
    ['long words', { sender: 'x'.repeat(1_000_000) }],
    ['many problems', { attachments: Array.from({ length: 5000 }, () => ({ a: 1 })) }],
    ['many unknown names', Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`n${n}`, 1]))],
  ])('a million of anything in few words: %s', (_, more) => {
    const text = problem('send_message', { session_id: id, sender: 'agent', text: 'x', ...more });
    expect(text.length).toBeLessThan(8000);
  });

  it('too many values, also in JSON text', () => {
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [n, 1]));
    for (const more of [{ custom_data: many }, { custom_data: JSON.stringify(many) }, { _meta: many }]) {
      const given = { session_id: id, sender: 'agent', text: 'x', ...more };
      expect(problem('send_message', given)).toContain('more than 10000 values');
    }
  });

  it.each([
    ['contact.name', (text: string) => ({ contact: { name: text } })],
    ['contact.phone_number', (text: string) => ({ contact: { phone_number: text } })],
    ['contact.custom_data.plan', (text: string) => ({ contact: { custom_data: { plan: text } } })],
    ['custom_data.plan', (text: string) => ({ custom_data: JSON.stringify({ plan: text }) })],
    [`custom_data.${'x'.repeat(100)}…`, (text: string) => ({ custom_data: { [text]: 1 } })],
    ['agent.name', (text: string) => ({ agent: { id: 7, name: text } })],
    ['sender', (text: string) => ({ sender: text })],
    ['elsewhere', (text: string) => ({ elsewhere: text })],
  ])('a text that nobody would write: %s', (place, more) => {
    const told = (length: number) => {
      const given = { session_id: id, sender: 'agent', text: 'x', ...more('x'.repeat(length)) };
      const result = parseArguments(sendMessage.input, given);
      return result.ok ? '' : result.problem;
    };
    expect(told(100_000)).not.toContain('longer than');
    expect(told(100_001)).toBe(`\`${place}\`: is longer than 100000 characters.`);
  });

  it('JSON text that is too much work to read', () => {
    const lists = `[${'{},'.repeat(400_000)}{}]`;
    expect(problem('send_message', { attachments: lists })).toContain('`attachments`: must be an array');
    const members = `{${'"a":0,'.repeat(200_000)}"b":0}`;
    expect(problem('create_session', { custom_data: members })).toContain('`custom_data`: must be an object');
  });

  it('and repeats nothing of the caller that is invisible', () => {
    expect(problem('get_session', { session_id: id, 'a\u2028b\ud800\u202e': 1 })).not.toMatch(
      /[\u2028\ud800\u202e]/,
    );
  });
});
