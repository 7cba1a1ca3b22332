import { describe, expect, it } from 'vitest';
import type { SearchResults } from '../../../src/contract/entities.ts';
import type { Search } from '../../../src/conversations/reading/search-conversations.ts';
import { presentSearch } from '../../../src/presenters/search/search-hits.ts';
import { readHits, worthShowing } from '../../../src/presenters/search/search-matches.ts';
import { session } from '../../support/fakes/fakes.ts';

const context = { now: new Date('2026-03-01T12:00:00Z'), nonce: 'n0' };
type Contact = SearchResults['contacts'][number];
const contact = (id: string, more: Partial<Contact> = {}) =>
  ({ id, name: null, email: null, phone: null, ...more }) as Contact;
const hit = (session_id: string, message: string, type?: string) => ({ id: 'm', session_id, message, type });
const present = (results: Partial<SearchResults>, more: Partial<Search> = {}) =>
  presentSearch(
    {
      ...{ byNumber: [], contacts: new Map(), sessions: new Map(), ...more },
      results: { contacts: [], messages: [], ...results },
    },
    'tea',
    context,
  );

const maybeClaimed = 'Names and emails of contacts may be only claimed: get_session tells.';

describe('the note of a search', () => {
  it('counts hits of both kinds that were not even looked at', async () => {
    const contacts = Array.from({ length: 201 }, (_, n) => contact(`c${n}`, { name: 'x' }));
    const messages = Array.from({ length: 203 }, (_, n) => hit(`s${n}`, 'tea'));
    const { view } = await present({ contacts, messages });
    const shown = view.contacts.length + view.sessions.length;
    expect(view.left_out).toBe(404 - shown);
    const few = await present({ contacts: contacts.slice(0, 10), messages: messages.slice(0, 10) });
    expect(few.view).not.toHaveProperty('left_out');
    const alone = await present({ messages });
    expect(alone.view.left_out).toBe(203 - alone.view.sessions.length);
  });

  it('names the two hundred and first match of one session as left out', async () => {
    const messages = Array.from({ length: 201 }, () => hit('s1', 'tea'));
    const { view } = await present({ messages });
    expect(view.sessions[0]?.matches).toHaveLength(200);
    expect(view.left_out).toBe(1);
  });

  it('says of contacts that they may be claimed, and only of contacts', async () => {
    const messages = [hit('s1', 'tea')];
    expect((await present({ messages })).view).not.toHaveProperty('note');
    expect((await present({ messages, contacts: [contact('c1')] })).view.note).toBe(maybeClaimed);
    const byNumber = [session('s2')];
    const numbered = await present({ messages, contacts: [contact('c1')] }, { byNumber });
    expect(numbered.view.note).toBe(maybeClaimed);
    const alone = await present({ contacts: [contact('c1')] }, { byNumber });
    expect(alone.view.note).toBe(maybeClaimed);
  });

  it('says whether nothing was found or nothing could be read', async () => {
    expect((await present({})).text).toMatch(/^Nothing found\. The API searches/);
    expect((await present({ unreadable: 1 })).text).toMatch(/^Nothing found that could be read\. 1 entry/);
  });
});

describe('a hit', () => {
  it.each([{ name: 'Ada' }, { email: 'ada@example.com' }])(
    'of a contact with %j is not claimed',
    async (more) => {
      expect((await present({ contacts: [contact('c1', more)] })).view.contacts).toEqual([
        { id: 'c1', ...more },
      ]);
    },
  );

  it('of a session that was also looked for by its number stands there once', async () => {
    const { view } = await present({ messages: [hit('s1', 'tea')] }, { byNumber: [session('s1')] });
    expect(view.sessions.map(({ id }) => id)).toEqual(['s1']);
    expect(view.next).toHaveLength(1);
  });

  it('is quoted as long as it may be, with its type', async () => {
    const long = `${'a '.repeat(400)}tea${' b'.repeat(400)}`;
    const { view, text } = await present({ messages: [hit('s1', long, 'note by "x"'), hit('s2', 'tea')] });
    const [match] = view.sessions[0]?.matches ?? [];
    expect(match?.text.length).toBeGreaterThan(298);
    expect(text).toContain(`|   "note by \\"x\\"" ${JSON.stringify(match?.text)}\n`);
    expect(text).toContain('| session s2\n|   "tea"\n');
  });

  it('in markup that cannot be read safely says so', async () => {
    const html = '<p>tea</p>';
    const [one] = await readHits([hit('s1', html)], 'tea', AbortSignal.abort());
    expect(one?.match).toEqual({ text: '', unsafe_chars: html.length });
    const plain = await readHits([hit('s1', ' tea '), hit('s1', html)], 'tea', undefined);
    expect(plain.map(({ match }) => match)).toEqual([{ text: 'tea' }, { text: 'tea' }]);
  });

  it('in quoted mail is shown only if its session has no other, and then once', () => {
    const [one, other] = [true, false].map((quotes) => ({
      ...{ session_id: 's1', message_id: 'm', quotes },
      match: { text: 'tea' },
    }));
    if (one === undefined || other === undefined) return;
    expect(worthShowing([one, other])).toEqual([other]);
    expect(worthShowing([one, { ...one }])).toEqual([one]);
    expect(worthShowing([])).toEqual([]);
  });
});
