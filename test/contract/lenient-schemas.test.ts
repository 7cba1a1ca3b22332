import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Session as ReadSession } from '../../src/contract/entities.ts';
import { HistoryPage } from '../../src/contract/history.ts';
import { type Lenient, lenientReader, UnreadableError } from '../../src/contract/lenient-schemas.ts';
import { SearchResults } from '../../src/contract/search.ts';
import { Session, SessionPage } from '../../src/contract/session.ts';
import { z } from '../../src/contract/zod.ts';
import { fullSession, smallestSession } from '../support/fakes/examples.ts';

const read = lenientReader(Session);

describe('lenientReader(Session)', () => {
  it('returns a documented session unchanged', () => {
    expect(read(fullSession)).toEqual(fullSession);
    expect(read(smallestSession)).toEqual(smallestSession);
  });

  it('keeps undocumented keys at every depth', () => {
    const undocumented = {
      ...fullSession,
      summary: 'new',
      channel: { type: 'web', label: 'new' },
      contact: { ...fullSession.contact, tags: ['new'] },
    };
    expect(Session.safeParse(undocumented).success).toBe(false);
    expect(read(undocumented)).toEqual(undocumented);
  });

  it('accepts undocumented enum values', () => {
    const undocumented = {
      ...fullSession,
      status: 'snoozed',
      sentiment: 'confused',
      ai_closure_type: 'timed_out',
      channel: { type: 'telegram' },
      ticketing_system: { name: 'jira', external_id: '1', id_type: 'issue_id' },
    };
    expect(read(undocumented)).toEqual(undocumented);
  });

  it('accepts null for optional members and nullable members that are absent', () => {
    const { ai_closure_type, sentiment, ...rest } = smallestSession;
    expect(read(rest)).toEqual(rest);
    const nulls = {
      ...smallestSession,
      contact: null,
      language: null,
      team: null,
      handoff: null,
      custom_data: null,
    };
    expect(read(nulls)).toEqual(nulls);
    const { email, non_verified_custom_data, ...contact } = fullSession.contact;
    expect(read({ ...fullSession, contact })).toEqual({ ...fullSession, contact });
  });

  it.each([
    ['c1', 'c1'],
    [5, '5'],
    [{ id: 5 }, '{"id":5}'],
    [true, 'true'],
    [false, null],
    [null, null],
    ['', ''],
    [undefined, undefined],
  ])('keeps the cursor %j of the next page as text', (next, expected) => {
    expect(lenientReader(SessionPage)({ items: [], next }).next).toBe(expected);
  });

  it('does not check formats', () => {
    const odd = { ...smallestSession, id: 'ses_1', created_at: '2026-01-31 08:00:00', updated_at: '' };
    expect(read(odd)).toEqual(odd);
  });

  it('treats a member of another type as missing and keeps the rest', () => {
    const odd = {
      ...fullSession,
      created_at: null,
      ticket_number: '7',
      assist_mode: undefined,
      channel: 'web',
      team: { name: 7 },
      language: ['en'],
      ticketing_system: { name: 'zendesk', external_id: 9 },
    };
    expect(read(odd)).toMatchObject({
      id: fullSession.id,
      status: fullSession.status,
      created_at: 'unknown',
      ticket_number: undefined,
      assist_mode: false,
      channel: { type: 'unknown' },
      team: undefined,
      language: undefined,
      ticketing_system: { name: 'zendesk', external_id: 'unknown' },
    });
  });

  it('keeps a handoff without a summary', () => {
    expect(read({ ...smallestSession, handoff: {} })).toMatchObject({
      handoff: { summary: 'unknown' },
    });
  });

  it('converts every custom data value to a scalar', () => {
    const custom_data = { n: 3, none: null, list: [1, 'a'], deep: { a: 1 } };
    const contact = { ...fullSession.contact, custom_data };
    expect(read({ ...fullSession, custom_data, contact })).toMatchObject({
      custom_data: { n: 3, none: 'null', list: '[1,"a"]', deep: '{"a":1}' },
      contact: { custom_data: { n: 3, none: 'null' } },
    });
    expect(read({ ...fullSession, custom_data: [{ a: 1 }, 'b'] })).toMatchObject({
      custom_data: { 0: '{"a":1}', 1: 'b' },
    });
  });

  it('rejects values that are not a session', () => {
    const { id, ...rest } = smallestSession;
    for (const odd of [{ ...smallestSession, id: 7 }, rest, null, [smallestSession]]) {
      expect(() => read(odd)).toThrow(UnreadableError);
    }
  });
});

describe('lenientReader(HistoryPage)', () => {
  const page = lenientReader(HistoryPage);
  const read = (event: unknown) =>
    page({ items: [{ created_at: '2026-01-31T08:00:00Z', event }] }).items[0]?.event;

  it('reads string content, a sender without a type and incomplete attachments', () => {
    expect(read({ type: 'human_agent_comment', content: 'Called back.', human_agent_id: 7 })).toMatchObject({
      type: 'human_agent_comment',
      content: { text: 'Called back.' },
      human_agent_id: 7,
    });
    expect(read({ type: 'message', sender: {}, content: { text: null } })).toMatchObject({
      sender: { type: 'unknown' },
      content: { text: '' },
    });
    expect(
      read({ type: 'message', sender: 'ai', context: [], attachments: [{ name: 'a', size: '7' }] }),
    ).toMatchObject({
      sender: undefined,
      context: undefined,
      attachments: [{ name: 'a', size: undefined, url: 'unknown' }],
    });
  });
});

describe('lenientReader', () => {
  it('is lenient inside arrays, nullable members and defaults', () => {
    const schema = z.object({
      list: z.array(z.object({ word: z.enum(['a']) }).strict()),
      maybe: z.enum(['a']).nullable().optional(),
      preset: z.object({ word: z.enum(['a']) }).default({ word: 'a' }),
    });
    const undocumented = {
      list: [{ word: 'b', more: 1 }],
      maybe: 'd',
      preset: { word: 'e', more: 3 },
    };
    expect(schema.safeParse(undocumented).success).toBe(false);
    expect(lenientReader(schema)(undocumented)).toEqual(undocumented);
    expect(lenientReader(schema)({ ...undocumented, maybe: null, preset: null })).toMatchObject({
      maybe: null,
    });
  });

  it('reads a page without next but rejects one without items', () => {
    const page = lenientReader(SessionPage);
    expect(page({ items: [smallestSession] })).toEqual({ items: [smallestSession] });
    expect(page({ items: [], next: null, total: 0 })).toEqual({ items: [], next: null, total: 0 });
    expect(() => page({ next: null })).toThrow('expected a list');
  });

  it.each([null, 7, 'text', [], {}, { id: null }, { id: 7 }, { ...smallestSession, id: undefined }])(
    'leaves out and counts a session %j',
    (odd) => {
      const page = lenientReader(SessionPage)({ items: [odd, smallestSession, odd], next: null });
      expect(page).toEqual({ items: [smallestSession], next: null, unreadable: 2 });
    },
  );

  it('leaves out and counts contacts and hits without what identifies them', () => {
    const [contact, hit] = [{ id: 'c' }, { id: 'm', session_id: 's', message: 'x' }];
    const results = {
      contacts: [{ id: null }, contact],
      messages: [hit, { ...hit, session_id: null }, null],
    };
    expect(lenientReader(SearchResults)(results)).toEqual({
      contacts: [contact],
      messages: [hit],
      unreadable: 3,
    });
  });

  it('reports the path of an unreadable value and drops __proto__ keys', () => {
    const page = lenientReader(SessionPage);
    const malformed = JSON.parse(`{"items":[{"id":"1","__proto__":{"status":"open"}},{"id":7}]}`);
    expect(() => page({ items: 7 })).toThrow(expect.objectContaining({ path: ['items'] }));
    expect(() => read({ id: 7 })).toThrow(expect.objectContaining({ path: ['id'] }));
    const [first] = page({ items: [malformed.items[0]] }).items;
    expect(Object.getPrototypeOf(first)).toBe(Object.prototype);
    expect(Object.keys(first ?? {})).not.toContain('__proto__');
    expect(first?.status).toBe('unknown');
  });
});

describe('Lenient', () => {
  it('widens enums and makes optional members nullable and nullable members optional', () => {
    type Read = Lenient<{ word: 'a' | 'b'; n: number; gone: string | null; list: { word?: 'c' }[] }>;
    expectTypeOf<Read['word']>().toEqualTypeOf<string>();
    expectTypeOf<Read['n']>().toEqualTypeOf<number>();
    expectTypeOf<Read['gone']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Read['list'][number]['word']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<{ word: string; n: number; list: [] }>().toExtend<Read>();
    expectTypeOf<ReadSession['status']>().toEqualTypeOf<string>();
    expectTypeOf<ReadSession['channel']['type']>().toEqualTypeOf<string>();
    expectTypeOf<undefined>().toExtend<ReadSession['sentiment']>();
  });
});
