import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { Redaction } from '../../../src/pipeline/redaction.ts';
import { personalDataKinds } from '../../../src/text/personal-data/kinds.ts';
import type { RedactionRules } from '../../../src/text/personal-data/redactor.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { contextOf, pagesOf, session } from '../../support/fakes/fakes.ts';

const text = 'Ada Quist, ada@quist.example';
const rules: RedactionRules = { kinds: personalDataKinds, key: new Uint8Array(32).fill(1) };

const ofAda = session('s1', {
  contact: {
    id: 'c1',
    name: 'Ada Quist',
    email: 'c d',
    non_verified_name: 'Adele Moss',
    non_verified_email: 'e f',
    phone_number: '34',
  } as never,
});
const found = { id: 'c1', name: 'Ada Quist', email: 'a b', phone: '12' };
const sentBy = (type: string): HistoryItem => ({
  created_at: '2026-01-31T08:00:00Z',
  event: { type: 'message', sender: { type, name: 'Ada Quist' } },
});

const api: Partial<SessionsClient> = {
  getSession: async () => ofAda,
  listSessions: async () => ({ items: [ofAda], next: null }),
  sessionPages: () => pagesOf([ofAda], 1).pages,
  searchSessions: async () => ({ contacts: [found], messages: [] }),
  listHistory: async () => ({ items: [sentBy('contact')], next: null }),
  historyPages: () => pagesOf([sentBy('contact')], 1).pages,
};

async function readWith(work: (client: SessionsClient) => Promise<unknown>, client = api) {
  const redaction = new Redaction(rules);
  await work(redaction.noting(contextOf(client).client));
  return redaction;
}

describe('a person', () => {
  it('is not known before anything was read', async () => {
    const redaction = await readWith(async () => {});
    expect(redaction.text(text)).toMatch(/^Ada Quist, \[email \w{6}\]$/);
    expect(redaction.message(text)).toMatch(/^Ada Quist, \[email \w{6}\]$/);
  });

  it.each<[string, (client: SessionsClient) => Promise<unknown>]>([
    ['a session', (client) => client.getSession('s1')],
    ['a list of sessions', (client) => client.listSessions()],
    ['the pages of a list of sessions', (client) => client.sessionPages().next()],
    ['a search', (client) => client.searchSessions({ q: 'ada' })],
    ['a history', (client) => client.listHistory('s1')],
    ['the pages of a history', (client) => client.historyPages('s1').next()],
  ])('is known from %s', async (_, work) => {
    const redaction = await readWith(work);
    expect(redaction.text(text)).toMatch(/^\[name \w{6}\], \[email \w{6}\]$/);
  });

  it('is known by everything that a session says', async () => {
    const redaction = await readWith((client) => client.getSession('s1'));
    expect(redaction.text('Adele Moss')).toMatch(/^\[name \w{6}\]$/);
    for (const email of ['c d', 'e f']) expect(redaction.text(email)).toMatch(/^\[email \w{6}\]$/);
    expect(redaction.text('34')).toMatch(/^\[phone \w{6}\]$/);
  });

  it('is known from a history that was read before', () => {
    const redaction = new Redaction(rules);
    const forgotten: string[] = [];
    const read = () => ({ known: { pages: [{ items: [sentBy('contact')] }] } }) as never;
    const histories = redaction.remembering({ read, forget: (id) => void forgotten.push(id) });
    expect(histories.read('s1')).toEqual(read());
    expect(redaction.text(text)).toMatch(/^\[name \w{6}\], /);
    histories.forget('s1');
    expect(forgotten).toEqual(['s1']);
    const empty = redaction.remembering({ read: () => ({}) as never, forget() {} });
    expect(empty.read('s1')).toEqual({});
  });

  it('is known by everything that a search found', async () => {
    const redaction = await readWith((client) => client.searchSessions({ q: 'ada' }));
    expect(redaction.text('a b')).toMatch(/^\[email \w{6}\]$/);
    expect(redaction.text('12')).toMatch(/^\[phone \w{6}\]$/);
  });

  it('who works for the support is named', async () => {
    const items = [sentBy('agent'), { created_at: '2026-01-31T08:00:00Z', event: { type: 'message' } }];
    const redaction = await readWith((client) => client.listHistory('s1'), {
      listHistory: async () => ({ items, next: null }),
    });
    expect(redaction.text('Ada Quist')).toBe('Ada Quist');
  });
});

describe('the contact of a session', () => {
  const read = { effect: { write: false } } as AnyTool;
  const write = { effect: { write: true } } as AnyTool;
  const named = { session_id: 's1' };

  it.each<[string, AnyTool, Record<string, unknown>, RedactionRules['kinds']]>([
    ['a tool that writes reads it itself', write, named, personalDataKinds],
    ['a call names no session', read, {}, personalDataKinds],
    ['names are not replaced', read, named, ['email']],
  ])('is not read if %s', async (_, tool, input, kinds) => {
    const context = contextOf({});
    const redaction = new Redaction({ ...rules, kinds });
    expect(await redaction.withContact(tool, { input, context })).toBe(context);
  });

  it('is read before the messages, once', async () => {
    const context = contextOf(api);
    const redaction = new Redaction(rules);
    const resolved = await redaction.withContact(read, { input: named, context });
    expect(resolved).toEqual({ ...context, fetched: ofAda });
    expect(redaction.text('Adele Moss')).not.toBe('Adele Moss');
    const again = new Redaction(rules);
    const fetched = { ...contextOf({}), fetched: ofAda };
    expect(await again.withContact(read, { input: named, context: fetched })).toEqual(fetched);
    expect(again.text('Adele Moss')).not.toBe('Adele Moss');
  });
});

describe('a stand-in in the arguments', () => {
  const problem = (given: object) => new Redaction(rules).standInProblem(given);

  it('is refused wherever it is, but for the name of a file', () => {
    expect(problem({ a: undefined, b: 1, text: '[name abcdef]' })).toMatch(/^`text` has a stand-in/);
    expect(problem({ list: [{ x: 'to [email abcdef]' }] })).toMatch(/^`list` has a stand-in/);
    expect(problem({ attachment: '[name abcdef].txt', text: '[nome abcdef]' })).toBeUndefined();
  });
});

describe('an answer', () => {
  it('is made of parts that may be any value', () => {
    const { view, text: redact } = new Redaction(rules).forPresenting;
    expect(view('ada@quist.example')).toMatch(/^\[email \w{6}\]$/);
    expect(redact('ada@quist.example')).toMatch(/^\[email \w{6}\]$/);
    expect(view(null)).toBeNull();
    expect(view(undefined)).toBeUndefined();
  });

  const images = [{ type: 'image', data: 'aGk=', mimeType: 'image/png' } as const];

  it('without personal data has only its own text', () => {
    const redaction = new Redaction(rules);
    const view = redaction.forPresenting.view({ text: 'Hello' });
    expect(redaction.finish({ view, text: 'Hello' })).toEqual({
      text: 'Hello',
      images: undefined,
      counts: {},
    });
  });

  it('says what was replaced, and that its picture is not shown', () => {
    const redaction = new Redaction(rules);
    const view = redaction.forPresenting.view({ text: 'ada@quist.example, DE89 3704 0044 0532 0130 00' });
    expect(redaction.finish({ view, text: 'x', images })).toEqual({
      text: 'The picture is not shown: personal data in it cannot be replaced.\nRedacted: email 1, IBAN 1. Other personal data may be left.\nx',
      images: undefined,
      counts: { redacted: { email: 1, iban: 1 } },
    });
  });

  it('that was not redacted is refused', () => {
    const view = { text: 'Hello' };
    expect(() => new Redaction(rules).finish({ view, text: 'x' })).toThrow('was not made by presented()');
  });
});

describe('a failure', () => {
  it('has no personal data, and no name in what the API said', async () => {
    const redaction = await readWith((client) => client.getSession('s1'));
    const failure = { what: `1 ${text}`, changed: `2 ${text}`, next: `3 ${text}`, apiMessage: text };
    const told = redaction.failure(failure);
    expect(told).toEqual({
      what: expect.stringMatching(/^1 Ada Quist, \[email \w{6}\]$/),
      changed: expect.stringMatching(/^2 Ada Quist, \[email \w{6}\]$/),
      next: expect.stringMatching(/^3 Ada Quist, \[email \w{6}\]$/),
      apiMessage: expect.stringMatching(/^\[name \w{6}\], \[email \w{6}\]$/),
    });
    const { apiMessage: _, ...others } = failure;
    expect(redaction.failure(others)).not.toHaveProperty('apiMessage');
  });
});
