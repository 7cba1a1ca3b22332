import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../../src/sandbox/index.ts';
import { openStore } from '../../../../src/sandbox/store/store.ts';
import {
  atEnd,
  call,
  create,
  get,
  open,
  sandboxForAll,
  send,
  sharedDatabase,
} from '../../../support/sandbox/harness.ts';

const text = (text: string) => ({ message: { type: 'text', text } });

const search = async (sandbox: Sandbox, q: string) => {
  const answer = await call(sandbox, 'GET', `/chat/sessions/search?q=${encodeURIComponent(q)}`);
  expect([q.slice(0, 50), answer.status]).toEqual([q.slice(0, 50), 200]);
  return answer.body;
};

describe('a search in the demo data', () => {
  const sandbox = sandboxForAll({ seed: true });

  const amelia = {
    id: expect.any(String),
    name: 'Amelia Hart',
    email: 'amelia.hart@example.com',
    phone: '+44 20 7946 0018',
  };

  test.each([
    'Amelia Hart',
    'amelia',
    'AMEL',
    'hart amelia',
    'amelia@',
    'amelia.hart@example.com',
    'amelia.hart@exa',
    '+44 20 7946 0018',
    '+44 20 7946 001',
    '+442079460018',
    '442079460018',
    '+44 2079 4600-18',
    '7946 0018',
  ])('for %s finds the contact', async (q) => {
    expect((await search(sandbox(), q)).contacts).toEqual([amelia]);
  });

  test('for +44 20 finds all numbers with that prefix', async () => {
    const { contacts } = await search(sandbox(), '+44 20');
    expect(contacts.length).toBeGreaterThan(5);
    for (const { phone } of contacts) expect(phone).toMatch(/^\+44 20 /);
  });

  test.each([
    ['refund', 10],
    ['refunds', 10],
    ['reimbursement OR refund', 0],
    ['order ord_10482', 1],
    ['"Ridgeline 2"', 1],
    ['返送', 1],
    ['テントのポール', 1],
    ['подарунок', 1],
    ['größer', 1],
    ['grosser', 0],
    ['grösser', 0],
    ['grÖßer', 1],
    ['reembolso', 1],
    ['blockquote', 0],
    ['tennis balls', 2],
    ['re', 10],
    ['r', 0],
  ])('for %s finds at least %i messages', async (q, least) => {
    const { messages } = await search(sandbox(), q);
    if (least === 0) expect(messages).toEqual([]);
    else expect(messages.length).toBeGreaterThanOrEqual(least);
  });

  test('returns the session, text and type of a message', async () => {
    const { messages } = await search(sandbox(), 'ord_10482');
    const session = await get(sandbox(), messages[0].session_id);
    expect(session.contact.email).toBe('amelia.hart@example.com');
    expect(messages[0]).toMatchObject({ type: 'message', message: expect.stringContaining('ord_10482') });
  });

  test.each([
    '"',
    '""',
    '"""',
    "'",
    '*',
    '-',
    '^',
    ':',
    '()',
    '(((',
    '{}',
    '+',
    '?!',
    '😀',
    '🏳️‍🌈',
    '\u0301',
    '\u200b',
    '\0',
    ' ',
    '%',
    '\\',
    ';--',
  ])('for %j alone finds nothing', async (q) => {
    expect(await search(sandbox(), q)).toEqual({ contacts: [], messages: [] });
  });

  test.each([
    'AND',
    'OR',
    'NOT',
    'NEAR(a b)',
    'refund AND',
    'refund AND (',
    'NOT refund',
    'refund -tent',
    'text:refund',
    '{text sender}:refund',
    '^refund',
    'ref*nd',
    '"refund',
    'refund"',
    'a"b"c',
    '"; drop table sessions; --',
    'ที่นี่',
    'हिन्दी',
    'ａｂｃ',
    '\u{1d4b3}',
    '\u{e000}',
    '½ Ⅷ ٠',
    'x'.repeat(20_000),
    'w '.repeat(5000),
    '返'.repeat(3000),
  ])('treats %j as words, not as syntax', async (q) => {
    await search(sandbox(), q);
  });

  test('uses the first 64 words', async () => {
    const q = 'Ridgeline '.repeat(63);
    expect((await search(sandbox(), `${q} nowhere`)).messages).toEqual([]);
    expect((await search(sandbox(), `${q} tent nowhere`)).messages.length).toBeGreaterThan(0);
  });

  test('limits both lists', async () => {
    const found = await search(sandbox(), 'example');
    expect(found.contacts).toHaveLength(20);
    expect((await search(sandbox(), 'is')).messages).toHaveLength(50);
  });
});

test('returns the best match first, and matches in the text before matches in the name', async () => {
  const sandbox = await open();
  const named = await create(sandbox, { contact: { name: 'Lantern Smith' } });
  await send(sandbox, named, text('Where is my parcel with all the other things?'));
  const other = await create(sandbox);
  await send(
    sandbox,
    other,
    text('A long message that has the word lantern once among many others, and goes on.'),
  );
  await send(sandbox, other, text('lantern lantern'));
  const { messages } = await search(sandbox, 'lantern');
  expect(messages.map((hit: { message: string }) => hit.message.slice(0, 8))).toEqual([
    'lantern ',
    'A long m',
    'Where is',
  ]);
});

test('ranks only the newest matches', async () => {
  const database = await sharedDatabase();
  const sandbox = await open({ database });
  const store = await openStore(database);
  atEnd(() => store.close());
  const bounds = { limit: 2, depth: 3 };
  const texts = [
    'lantern lantern',
    'a lantern',
    'one lantern in a long message',
    'the lantern',
    'my lantern',
  ];
  for (const [index, message] of texts.entries()) {
    await send(sandbox, await create(sandbox, { contact: { name: `Kit ${index}` } }), text(message));
  }
  const messages = await store.engine.fullText.searchMessages(store.read, 'lantern', bounds);
  expect(messages.map(({ body }) => JSON.parse(body).content.text)).toEqual(['my lantern', 'the lantern']);
  const contacts = await store.engine.fullText.searchContacts(store.read, 'kit', bounds);
  expect(contacts.map((contact) => contact.non_verified_name)).toEqual(['Kit 2', 'Kit 3']);
});

test('finds a contact by claimed values, but returns only verified ones', async () => {
  const sandbox = await open();
  const contact = { name: 'Daniel Okafor', email: 'daniel@example.com' };
  const claimed = await get(sandbox, await create(sandbox, { contact }));
  for (const q of ['okafor', 'daniel@example.com']) {
    expect((await search(sandbox, q)).contacts).toEqual([
      { id: claimed.contact.id, name: null, email: null, phone: null },
    ]);
  }
});

test('finds a changed contact by its new name only', async () => {
  const sandbox = await open();
  const id = await create(sandbox, { verified: true, contact: { name: 'Old Name' } });
  await send(sandbox, id, { contact: { name: 'Fresh Name' } });
  expect((await search(sandbox, 'old')).contacts).toEqual([]);
  expect((await search(sandbox, 'fresh')).contacts).toMatchObject([{ name: 'Fresh Name' }]);
});

test.each(['', '?q=', '?q=a&q=b', '?query=a'])('rejects the query %j', async (query) => {
  const sandbox = await open();
  const answer = await call(sandbox, 'GET', `/chat/sessions/search${query}`);
  expect([answer.status, answer.body.message.split(':')[0]]).toEqual([400, 'q']);
});
