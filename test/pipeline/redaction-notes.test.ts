import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../src/client/client.ts';
import type { HistoryItem } from '../../src/contract/entities.ts';
import { Redaction } from '../../src/pipeline/redaction.ts';
import { personalDataKinds } from '../../src/text/personal-data/kinds.ts';
import { contextOf, pagesOf, session } from '../support/fakes/fakes.ts';

const text = 'Ada Quist, ada@quist.example';
const rules = { kinds: personalDataKinds, key: new Uint8Array(32).fill(1) };

const ofAda = session('s1', {
  contact: { id: 'c1', name: 'Ada Quist', email: null, phone_number: '+49' } as never,
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

  it('is known by everything that a search found', async () => {
    const redaction = await readWith((client) => client.searchSessions({ q: 'ada' }));
    expect(redaction.text('a b')).toMatch(/^\[email \w{6}\]$/);
    expect(redaction.text('12')).toMatch(/^\[phone \w{6}\]$/);
  });

  it('who works for the support is named', async () => {
    const items = [sentBy('agent')];
    const redaction = await readWith((client) => client.listHistory('s1'), {
      listHistory: async () => ({ items, next: null }),
    });
    expect(redaction.text('Ada Quist')).toBe('Ada Quist');
  });
});

describe('an answer', () => {
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
