import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListSessionsQuery, SessionsClient } from '../../src/client/client.ts';
import type { Session } from '../../src/contract/entities.ts';
import type { SessionCountsView } from '../../src/presenters/analysis/session-counts-view.ts';
import type { SessionListView } from '../../src/presenters/session-list.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { plainDoor } from '../support/doors/plain-door.ts';
import { contextOf, session } from '../support/fakes/fakes.ts';
import { clientOf } from '../support/sandbox/in-process.ts';

/** A desk with so many sessions, for the tests of one block. */
function useDesk(size: number) {
  let sandbox: Sandbox;
  const desk = {
    all: [] as Session[],
    client: undefined as unknown as SessionsClient,

    async walk(query: ListSessionsQuery): Promise<Session[]> {
      const sessions: Session[] = [];
      for await (const { items } of desk.client.sessionPages(query)) sessions.push(...items);
      return sessions;
    },

    /** A door to the tools, and the requests that went out for lists. */
    setUp(more: Partial<SessionsClient> = {}) {
      const { client } = desk;
      const requests: ListSessionsQuery[] = [];
      const counting: SessionsClient = {
        ...client,
        async listSessions(query = {}, options) {
          requests.push(query);
          return (more.listSessions ?? client.listSessions)(query, options);
        },
        async *sessionPages(query = {}, options) {
          for await (const page of client.sessionPages(query, options)) {
            requests.push(query);
            yield page;
          }
        },
        ...(more.requestsPerMinute === undefined ? {} : { requestsPerMinute: more.requestsPerMinute }),
      };
      const door = plainDoor({
        client: counting,
        sendLog: contextOf({}).sendLog,
        allowVerified: false,
        confirmSends: false,
        logger: { info: () => {}, error: () => {} },
      });
      const count = async (given: object) => {
        const outcome = await door('count_sessions', given);
        if (outcome.kind !== 'answer') throw new Error(outcome.text);
        return { view: outcome.view as SessionCountsView, text: outcome.text };
      };
      return { count, door, requests };
    },
  };
  beforeAll(async () => {
    sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: size });
    desk.client = clientOf(sandbox);
    desk.all = await desk.walk({});
  });
  afterAll(async () => {
    await desk.client.close();
    await sandbox.close();
  });
  return desk;
}

/** Groups by hand: `key` or `key|second`, to the count. */
function grouped(sessions: readonly Session[], keyOf: (session: Session) => string): Record<string, number> {
  const groups: Record<string, number> = {};
  for (const session of sessions) groups[keyOf(session)] = (groups[keyOf(session)] ?? 0) + 1;
  return groups;
}

const inBerlin = ({ created_at }: Session) => new Date(Date.parse(created_at) + 7_200_000).toISOString();

describe('a count of 260 sessions', () => {
  const desk = useDesk(260);

  it.each<[readonly string[], (session: Session) => string]>([
    [['status', 'channel'], ({ status, channel }) => `${status}|${channel.type}`],
    [['channel_type'], ({ channel }) => channel.type],
    [['handed_off', 'ai_closure_type'], (s) => `${Boolean(s.handoff)}|${s.ai_closure_type ?? '(none)'}`],
    [['sentiment', 'team'], ({ sentiment, team }) => `${sentiment ?? '(none)'}|${team?.name ?? '(none)'}`],
    [['assignee', 'language'], (s) => `${s.assignee_id ?? '(none)'}|${s.language ?? '(none)'}`],
    [['day'], (session) => inBerlin(session).slice(0, 10)],
    [['hour'], (session) => `${inBerlin(session).slice(11, 13)}:00`],
    [['custom_data.order_id'], (s) => String(s.custom_data?.['order_id'] ?? '(none)')],
  ])('by %j equals a count by hand', async (groupBy, keyOf) => {
    const { count, requests } = desk.setUp();
    const { view, text } = await count({ group_by: groupBy, utc_offset: '+02:00' });
    const byHand = grouped(desk.all, keyOf);
    const { groups = [], others, total, coverage } = view;
    expect(total).toBe(desk.all.length);
    for (const { key, second_key, count: n, examples = [] } of groups) {
      const name = [key, second_key].filter(Boolean).join('|');
      expect([name, n]).toEqual([name, byHand[name]]);
      expect(examples.length).toBe(Math.min(3, n));
      for (const number of examples) {
        expect(keyOf(desk.all.find((one) => one.ticket_number === number) as Session)).toBe(name);
      }
    }
    expect(groups.length).toBe(Math.min(30, Object.keys(byHand).length));
    expect(groups.reduce((sum, group) => sum + group.count, others?.count ?? 0)).toBe(total);
    expect(others?.groups ?? 0).toBe(Object.keys(byHand).length - groups.length);
    expect(coverage).toMatchObject({ sessions_read: desk.all.length, complete: true });
    expect(requests).toHaveLength(Math.ceil(desk.all.length / 25));
    expect(text).toMatch(/^Complete: read 260 of 260 sessions\./);
  });

  it('takes the filters of list_sessions', async () => {
    const { count, requests } = desk.setUp();
    const query = { status: 'open', channel_type: 'email' } as const;
    const wanted = await desk.walk(query);
    expect((await count(query)).view.total).toBe(wanted.length);
    expect(requests).toHaveLength(Math.max(1, Math.ceil(wanted.length / 25)));
  });

  it('compares with the same stretch before, in one walk', async () => {
    const times = desk.all.map(({ created_at }) => Date.parse(created_at)).sort((a, b) => b - a);
    const to = (times[0] ?? 0) + 1;
    const from = times[100] ?? 0;
    const { count, requests } = desk.setUp();
    const { view } = await count({
      created_after: new Date(from).toISOString(),
      created_before: new Date(to).toISOString(),
      group_by: ['channel'],
      compare_previous: true,
    });
    const before = times.filter((time) => time <= from && time > from - (to - from)).length;
    expect(view.total).toBe(times.filter((time) => time > from).length);
    expect(view.previous?.total).toBe(before);
    expect(view.groups?.reduce((sum, { previous = 0 }) => sum + previous, 0)).toBe(before);
    expect(requests).toHaveLength(Math.ceil((view.total + before) / 25));
  });

  it.each([
    [{ compare_previous: true }, 'pass created_after'],
    [{ compare_previous: true, created_after: '7d', updated_after: '1d' }, 'without updated_after'],
    [{ group_by: ['colour'] }, 'must be one of status, channel'],
    [{ group_by: ['status', 'channel', 'day'] }, '`group_by`'],
    [{ utc_offset: 'CET' }, 'such as +02:00'],
    [{ cursor: 's3?#0' }, 'not a cursor of count_sessions'],
    [{ cursor: 'count-0123456789ab' }, 'not kept any more'],
  ])('refuses %j', async (given, problem) => {
    await expect(desk.setUp().count(given)).rejects.toThrow(problem);
  });

  it('is not complete if a session cannot be read', async () => {
    const { count } = desk.setUp({
      listSessions: async () => ({ items: desk.all.slice(0, 3), next: null, unreadable: 2 }),
    });
    const { view, text } = await count({});
    expect(view).toMatchObject({ total: 3, coverage: { complete: false, sessions_matching: 5 } });
    expect(text).toMatch(/^INCOMPLETE/);
  });

  it('is given in part when a later page fails', async () => {
    let calls = 0;
    const broken: Partial<SessionsClient> = {
      async listSessions(query, options) {
        calls += 1;
        if (calls === 3) return desk.client.listSessions({ ...query, cursor: 'broken' }, options);
        return desk.client.listSessions(query, options);
      },
    };
    const { count } = desk.setUp(broken);
    const { view } = await count({});
    expect(view).toMatchObject({ total: 50, coverage: { complete: false } });
    expect(view.note).toContain('did not deliver a further page');
    const rest = await count({ cursor: view.next_cursor });
    expect(rest.view.coverage.complete).toBe(true);
    expect(rest.view.total).toBeGreaterThanOrEqual(260);
  });
});

describe('a count while sessions come in', () => {
  const desk = useDesk(260);

  it('is given in part when the budget of requests ends, and continued exactly once', async () => {
    const { count, requests } = desk.setUp({ requestsPerMinute: 10 });
    let { view, text } = await count({ group_by: ['hour'], utc_offset: '+02:00' });
    expect(requests).toHaveLength(8);
    expect(view).toMatchObject({ total: 200, coverage: { complete: false, sessions_read: 200 } });
    expect(view.coverage.sessions_matching).toBeUndefined();
    expect(text).toMatch(/^INCOMPLETE: read 200 sessions so far; .*cursor count-/);
    expect(text).toContain('Total so far: 200.');
    // Sessions that come in meanwhile are newer than where it goes on.
    await desk.client.createSession({});
    const cursor = view.next_cursor;
    ({ view, text } = await count({ cursor }));
    expect(view).toMatchObject({ total: 260, coverage: { complete: true, sessions_matching: 260 } });
    expect(grouped(desk.all, (one) => `${inBerlin(one).slice(11, 13)}:00`)).toEqual(
      Object.fromEntries((view.groups ?? []).map(({ key, count: n }) => [key, n])),
    );
    expect(requests).toHaveLength(11);
    // The answer may have been lost: the same cursor counts the same again.
    expect((await count({ cursor })).view.total).toBe(260);
    await expect(count({ cursor, status: 'open' })).rejects.toThrow('status differs');
  });
});

describe('the sessions of one person', () => {
  const desk = useDesk(100);

  it('are found over pages, verified and claimed told apart', async () => {
    const contact = {
      name: 'Zoë Quillfeather',
      email: 'zoe.q@example.com',
      phone_number: '+44 20 7946 0123',
    };
    const verified = await desk.client.createSession({ contact, verified: true });
    const claimed = await desk.client.createSession({ contact });
    const { door, count } = desk.setUp();
    for (const wanted of ['zoe quillfeather', 'ZOE.Q@example.com']) {
      const outcome = await door('list_sessions', { contact: wanted });
      const view = (outcome as { view: unknown }).view as SessionListView;
      expect(view.sessions.map(({ id, match }) => [id, match])).toEqual([
        [claimed.id, 'claimed'],
        [verified.id, 'verified'],
      ]);
      expect(view.coverage?.complete).toBe(true);
      expect(outcome.text).toMatch(/^Complete: read \d+ of \d+ sessions\./);
      expect(outcome.text).toContain('(match: claimed)');
    }
    const { contact: stored } = await desk.client.getSession(verified.id);
    for (const [wanted, total, unproven, line] of [
      [
        'zoe quillfeather',
        2,
        1,
        'Of these, 1 match only by a claim, or by a phone number (verification unknown).',
      ],
      // The API does not say whether a number was verified.
      [
        '+442079460123',
        2,
        2,
        'Of these, 2 match only by a claim, or by a phone number (verification unknown).',
      ],
      [stored?.id, 1, 0, 'All of these belong to contacts with verified data.'],
    ] as const) {
      const { view, text } = await count({ contact: wanted });
      expect(view).toMatchObject({ total, unproven });
      expect(text.split('\n')).toContain(line);
    }
    expect((await count({ contact: 'nobody at all' })).text).not.toMatch(/of these/i);
  });

  it('are handed out once each with a small limit, and the list ends', async () => {
    const wanted = desk.all.find(({ contact }) => contact?.name)?.contact?.name ?? '';
    const { door, requests } = desk.setUp();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const outcome = await door('list_sessions', cursor ? { cursor } : { contact: wanted, limit: 1 });
      expect(outcome, outcome.text).toMatchObject({ kind: 'answer' });
      const view = (outcome as { view: unknown }).view as SessionListView;
      seen.push(...view.sessions.map(({ id }) => id));
      cursor = view.next_cursor;
      expect(outcome.text).not.toContain('INCOMPLETE');
      if (cursor) expect(outcome.text).toMatch(/^Read \d+ sessions? so far; the next page reads on\./);
    } while (cursor);
    const byHand = desk.all.filter(({ contact }) => contact?.name === wanted).map(({ id }) => id);
    expect(byHand.length).toBeGreaterThan(1);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(byHand));
    // Each answer reads at most one page again.
    const pages = Math.ceil(desk.all.length / 25);
    expect(requests.length).toBeGreaterThanOrEqual(pages);
    expect(requests.length).toBeLessThanOrEqual(pages + seen.length);
  });
});

describe('a ticket number', () => {
  const desk = useDesk(30);

  it('names a session in every tool that takes one', async () => {
    const { door } = desk.setUp();
    const { id } = await desk.client.createSession({ channel: { type: 'web' } });
    const { ticket_number } = await desk.client.getSession(id);
    const calls = {
      get_session: {},
      get_session_history: {},
      send_message: { sender: 'agent', text: 'Hello' },
      update_session: { status: 'closed_resolved' },
    };
    for (const [tool, given] of Object.entries(calls)) {
      for (const session_id of tool === 'get_session'
        ? [`#${ticket_number}`, ticket_number]
        : [`ticket ${ticket_number}`]) {
        const outcome = await door(tool, { session_id, ...given });
        expect(outcome, outcome.text).toMatchObject({ kind: 'answer' });
        expect(outcome.text).toContain(`#${ticket_number} is session ${id}.`);
        expect(JSON.stringify((outcome as { view: unknown }).view)).toContain(id);
      }
    }
    expect((await desk.client.getSession(id)).status).toBe('closed_resolved');
  });

  it('that several sessions have changes nothing and names them', async () => {
    const items = ['s1', 's2'].map((id) => session(id, { ticket_number: 7 }));
    const { door } = desk.setUp({ listSessions: async () => ({ items, next: null }) });
    const outcome = await door('update_session', { session_id: '#7', status: 'open' });
    expect(outcome).toMatchObject({ kind: 'failure', isInput: true });
    expect(outcome.text).toMatch(/^Not unique: .* #7: s1 .*, s2 .*\nNothing was changed\./);
  });

  it('that does not exist changes nothing and names the nearest', async () => {
    const outcome = await desk.setUp().door('update_session', { session_id: '#999999', status: 'open' });
    expect(outcome).toMatchObject({ kind: 'failure', isInput: true });
    expect(outcome.text).toMatch(/^Not found: there is no session #999999\. Closest number seen: #\d+\./);
  });
});
