import { beforeAll, expect, test } from 'vitest';
import { Email, SessionChannel } from '../../../src/contract/primitives.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { call, events, everything, open, pages, sandboxForAll } from '../../support/sandbox/harness.ts';

const now = () => new Date('2026-03-04T10:00:00Z');
const demo = sandboxForAll({ now, seed: true });
let sandbox: Sandbox;
// biome-ignore lint/suspicious/noExplicitAny: parsed responses
let sessions: any[];
// biome-ignore lint/suspicious/noExplicitAny: as above
let histories: Map<string, any[]>;

beforeAll(async () => {
  sandbox = demo();
  sessions = (await pages(sandbox, '/chat/sessions')).flat();
  histories = new Map();
  for (const { id } of sessions) histories.set(id, await events(sandbox, id));
});

const messages = () =>
  [...histories.values()].flat().flatMap(({ event }) => (event.type === 'message' ? [event] : []));

test('the demo data covers all channels and states', () => {
  expect(sessions.length).toBeGreaterThanOrEqual(60);
  for (const type of SessionChannel.options) {
    expect(sessions.filter((session) => session.channel.type === type).length, type).toBeGreaterThanOrEqual(
      3,
    );
  }
  const some = (what: string, least: number, test: (session: (typeof sessions)[number]) => unknown) =>
    expect(sessions.filter(test).length, what).toBeGreaterThanOrEqual(least);
  some('open', 20, (session) => session.status === 'open');
  some('closed, resolved', 10, (session) => session.status === 'closed_resolved');
  some('closed, unresolved', 5, (session) => session.status === 'closed_unresolved');
  some('waiting for a person', 5, (session) => session.status === 'open' && session.handoff);
  some('handoff with a mood', 3, (session) => session.handoff?.sentiment);
  some('verified', 20, (session) => session.contact?.email);
  some('claimed only', 8, (session) => session.contact && !session.contact.email);
  some('nobody', 3, (session) => !session.contact);
  some('custom data', 20, (session) => session.custom_data);
  some('contact custom data', 10, (session) => session.contact?.custom_data);
  some('claimed custom data', 3, (session) => session.contact?.non_verified_custom_data);
  some('team', 10, (session) => session.team);
  some('assignee', 3, (session) => session.assignee_id);
  some('ticketing system', 4, (session) => session.ticketing_system);
  some('assist mode', 2, (session) => session.assist_mode);
  for (const mood of ['angry', 'happy', 'neutral']) some(mood, 3, (session) => session.sentiment === mood);
  for (const closure of ['assumed_resolved', 'resolved', 'handed_off'])
    some(closure, 3, (session) => session.ai_closure_type === closure);
  expect(new Set(sessions.map((session) => session.language).filter(Boolean)).size).toBeGreaterThanOrEqual(8);
});

test('the demo refund case is waiting for an answer', () => {
  const session = sessions.find((one) => one.contact?.name === 'Amelia Hart');
  expect(session).toMatchObject({
    status: 'open',
    channel: { type: 'web' },
    ai_closure_type: 'handed_off',
    contact: { email: 'amelia.hart@example.com', non_verified_email: null },
    custom_data: { order_id: 'ord_10482' },
    handoff: { summary: expect.stringContaining('ord_10482') },
  });
  const history = histories.get(session.id) ?? [];
  expect(history.at(-1).event).toMatchObject({
    type: 'message',
    sender: { type: 'contact', name: 'Amelia Hart' },
  });
  const others = sessions.filter(
    ({ id }) => id !== session.id && JSON.stringify(histories.get(id)).includes('refund'),
  );
  expect(others.length).toBeGreaterThanOrEqual(2);
});

test('the demo histories have all kinds of events and attachments', async () => {
  const all = [...histories.values()].flat();
  const types = new Set(all.map((item) => item.event.type));
  for (const type of ['message', 'handoff', 'action_called', 'agent_comment', 'agent_joined'])
    expect(types).toContain(type);
  expect(
    all.filter((item) => item.event.type === 'action_called').every((item) => item.event.context.result),
  ).toBe(true);
  expect(Math.max(...[...histories.values()].map((items) => items.length))).toBeGreaterThan(120);
  expect(messages().filter((event) => /<blockquote/.test(event.content.text)).length).toBeGreaterThanOrEqual(
    2,
  );
  const attachments = messages().flatMap((event) => event.attachments ?? []);
  expect(attachments.length).toBeGreaterThanOrEqual(8);
  const kept = attachments.filter((file) => file.url.startsWith('http://sandbox.test/files/'));
  expect(kept.length).toBeGreaterThanOrEqual(2);
  for (const { url, size } of kept) {
    const response = await sandbox.fetch(new Request(url));
    expect((await response.arrayBuffer()).byteLength).toBe(size);
  }
});

test('the demo data contains no real addresses or phone numbers', () => {
  const everyText = JSON.stringify([sessions, [...histories.values()]]);
  for (const address of everyText.match(/[\w.+-]+@[\w.-]+\w/g) ?? []) {
    expect(address).toMatch(/@([\w-]+\.)*example\.(com|org|net)$/);
    expect(Email.safeParse(address).success).toBe(true);
  }
  for (const url of everyText.match(/https?:\/\/[\w.-]+/g) ?? [])
    expect(url).toMatch(/\.example\.(com|org|net)$|^http:\/\/sandbox\.test$/);
  for (const { contact } of sessions)
    if (contact?.phone_number) expect(contact.phone_number).toMatch(/^(\+1 555 01\d\d|\+44 20 7946 0\d{3})$/);
});

test('times rise in every history and lie in the past', () => {
  for (const session of sessions) {
    const times = (histories.get(session.id) ?? []).map((item) => item.created_at);
    expect(times).toEqual([...times].sort());
    expect(times[0] >= session.created_at).toBe(true);
    expect(times.at(-1)).toBe(session.updated_at);
    expect(session.updated_at < now().toISOString()).toBe(true);
    expect(session.contact === undefined || session.contact.created_at < session.created_at).toBe(true);
  }
  const numbers = sessions.map((session) => session.ticket_number);
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  expect(sessions.filter((session) => session.created_at > '2026-03-04T07:00:00Z').length).toBeGreaterThan(
    10,
  );
});

test('the demo data is reproducible', async () => {
  const again = await open({ now, seed: true });
  expect(await everything(again)).toEqual(await everything(sandbox));
});

test('seed: false leaves the sandbox empty', async () => {
  const empty = await open({ seed: false });
  expect((await call(empty, 'GET', '/chat/sessions')).body).toEqual({ items: [], next: null });
});

// More than are inserted at once.
test.each([0, 5, 67, 250])('demo data of %i sessions has that size and is reproducible', async (seed) => {
  const [one, two] = [await open({ seed, now }), await open({ seed, now })];
  const sessions = (await pages(one, '/chat/sessions')).flat();
  expect(sessions).toHaveLength(seed);
  expect(sessions.map((session) => session.ticket_number)).toEqual(
    Array.from({ length: seed }, (_, index) => 4500 + seed - index),
  );
  if (seed <= 67) expect(await everything(one)).toEqual(await everything(two));
  else expect((await pages(two, '/chat/sessions')).flat()).toEqual(sessions);
  // Written stories are used first; generated ones are older than all of them.
  if (seed > 0) expect(sessions.some((session) => session.contact?.name === 'Amelia Hart')).toBe(true);
  expect(sessions.filter((session) => session.created_at > '2026-02-06T10:00:00Z')).toHaveLength(
    Math.min(seed, 67),
  );
});
