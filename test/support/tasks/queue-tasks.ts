import type { Plain } from './desk.ts';
import { isMessage, listed, type Row, type Task } from './task.ts';

const ticket = ({ ticket_number }: Row) => `#${ticket_number}`;
/** The same order whatever the order of the answers. */
const inOrder = (texts: string[]) => texts.toSorted().join(', ');
/** How often each text occurs, the most frequent first. */
function frequencies(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .map(([text, count]) => `${text} ${count}`)
    .join(', ');
}
const groups = (rows: Row[]) =>
  rows
    .toSorted((a, b) => b.count - a.count || a.key.localeCompare(b.key))
    .map(({ key, count }) => `${key} ${count}`)
    .join(', ');

/** Every message and event since a time, each with its session. */
async function entriesSince(api: Plain, since: string): Promise<{ row: Row; item: Row }[]> {
  const entries = [];
  for (const row of await listed(api, `updated_after=${since}`)) {
    for (const item of await api.history(row.id)) if (item.created_at > since) entries.push({ row, item });
  }
  return entries;
}
const yesterday = '2026-02-28T12:00:00.000Z';

/** Questions over many conversations. */
export const queueTasks: readonly Task[] = [
  {
    question: 'Which files did customers send since Thursday?',
    answer: 'app.log, gloves.png, notice.pdf, statement.csv, storm.jpg, two-boxes.jpg',
    solve: async (agent) => {
      const given = { since: '2026-02-26', from: 'contact', has_attachment: true };
      const { messages } = await agent.call('find_messages', given);
      return inOrder(messages.flatMap(({ attachments }: Row) => attachments.map(({ name }: Row) => name)));
    },
    plain: async (api) => {
      const entries = await entriesSince(api, '2026-02-26T00:00:00.000Z');
      return inOrder(
        entries
          .filter(({ item }) => isMessage(item) && item.event.sender.type === 'contact')
          .flatMap(({ item }) => (item.event.attachments ?? []).map(({ name }: Row) => name)),
      );
    },
  },
  {
    question: 'How many sessions came in within a week, on which channels?',
    answer:
      'web 16, email 10, whatsapp 6, messenger 5, phone_voice 5, instagram 4, sms 4, api 3, slack 3, web_voice 3',
    solve: async (agent) =>
      groups((await agent.call('count_sessions', { created_after: '7d', group_by: ['channel'] })).groups),
    plain: async (api) => {
      const rows = await listed(api, 'created_after=2026-02-22T12:00:00.000Z');
      return frequencies(rows.map(({ channel }) => channel.type));
    },
  },
  {
    question: 'How many is that, and how many were there the week before?',
    answer: '59 and 5',
    solve: async (agent) => {
      const given = { created_after: '7d', compare_previous: true };
      const { total, previous } = await agent.call('count_sessions', given);
      return `${total} and ${previous.total ?? previous}`;
    },
    plain: async (api) => {
      const rows = await listed(api, 'created_after=2026-02-15T12:00:00.000Z');
      const recent = rows.filter(({ created_at }) => created_at > '2026-02-22T12:00:00.000Z');
      return `${recent.length} and ${rows.length - recent.length}`;
    },
  },
  {
    question: 'How many open sessions does each team have?',
    answer: '(none) 14, Payments 6, Deliveries 5, Devices 4, Accounts 2',
    solve: async (agent) =>
      groups((await agent.call('count_sessions', { status: 'open', group_by: ['team'] })).groups),
    plain: async (api) =>
      frequencies((await listed(api, 'status=open')).map(({ team }) => team?.name ?? '(none)')),
  },
  {
    question: 'Which order is ticket #4553 about?',
    answer: 'ord_10482',
    solve: async (agent) => (await agent.call('get_session', { session_id: '#4553' })).custom_data.order_id,
    plain: async (api) =>
      (await listed(api, '')).find(({ ticket_number }) => ticket_number === 4553).custom_data.order_id,
  },
  {
    question: 'Which sessions does amelia.hart@example.com have?',
    answer: '#4553',
    solve: async (agent) => {
      const given = { contact: 'amelia.hart@example.com' };
      return inOrder((await agent.call('list_sessions', given)).sessions.map(ticket));
    },
    plain: async (api) => {
      const rows = await listed(api, '');
      const emails = ({ contact }: Row) => [contact?.email, contact?.non_verified_email];
      return inOrder(rows.filter((row) => emails(row).includes('amelia.hart@example.com')).map(ticket));
    },
  },
  {
    question: 'Which customers wrote about a refund since yesterday?',
    answer: '#4546, #4553, #4560',
    solve: async (agent) => {
      const given = { since: '24h', from: 'contact', contains: 'refund' };
      const { messages } = await agent.call('find_messages', given);
      return inOrder([...new Set<string>(messages.map(ticket))]);
    },
    plain: async (api) => {
      const found = (await entriesSince(api, yesterday)).filter(
        ({ item: { event } }) =>
          event.type === 'message' &&
          event.sender.type === 'contact' &&
          /refund/i.test(event.content?.text ?? ''),
      );
      return inOrder([...new Set(found.map(({ row }) => ticket(row)))]);
    },
  },
  {
    question: 'Which colleagues wrote to customers since yesterday, and how often?',
    answer: 'Maud Lindqvist 3, Piotr Halden 3, Idris Moreau 2, Nora Whitfield 2',
    solve: async (agent) => {
      const { messages } = await agent.call('find_messages', { since: '24h', from: 'agent', limit: 200 });
      return frequencies(messages.map(({ name }: Row) => name));
    },
    plain: async (api) =>
      frequencies(
        (await entriesSince(api, yesterday))
          .filter(({ item: { event } }) => event.type === 'message' && event.sender.type === 'agent')
          .map(({ item }) => item.event.sender.name),
      ),
  },
  {
    question: 'Which sessions were handed to a human within two hours?',
    answer: '#4546, #4555, #4558, #4559, #4560, #4561',
    solve: async (agent) => {
      const given = { since: '2h', from: 'system', include_events: true, contains: 'handoff', limit: 200 };
      const { messages } = await agent.call('find_messages', given);
      return inOrder(messages.filter(({ event }: Row) => event === 'handoff').map(ticket));
    },
    plain: async (api) => {
      const entries = await entriesSince(api, '2026-03-01T10:00:00.000Z');
      return inOrder(
        entries.filter(({ item }) => item.event.type === 'handoff').map(({ row }) => ticket(row)),
      );
    },
  },
  {
    question: 'Who of those handed to a human is waiting longest?',
    answer: '#4526',
    solve: async (agent) => {
      const given = { status: 'open', handed_off: true, include_last_message: true, limit: 50 };
      const { sessions, next } = await agent.call('list_sessions', given);
      return ticket(sessions.find(({ id }: Row) => id === next[0].arguments.session_id));
    },
    plain: async (api) => {
      const waits = [];
      for (const row of await listed(api, 'status=open&handed_off=true')) {
        const last = (await api.history(row.id)).findLast(
          (item) => isMessage(item) && item.event.sender.type !== 'system',
        );
        if (last?.event.sender.type === 'contact') waits.push({ row, at: last.created_at });
      }
      return ticket(waits.toSorted((a, b) => a.at.localeCompare(b.at))[0]?.row);
    },
  },
  {
    question: 'How many sessions did the AI close alone within a week?',
    answer: '18',
    solve: async (agent) => {
      const given = { created_after: '7d', group_by: ['ai_closure_type'] };
      const { groups } = await agent.call('count_sessions', given);
      const byAi = groups.filter(({ key }: Row) => ['resolved', 'assumed_resolved'].includes(key));
      return String(byAi.reduce((sum: number, { count }: Row) => sum + count, 0));
    },
    plain: async (api) => {
      const rows = await listed(api, 'created_after=2026-02-22T12:00:00.000Z');
      const byAi = ['resolved', 'assumed_resolved'];
      return String(rows.filter(({ ai_closure_type }) => byAi.includes(ai_closure_type)).length);
    },
  },
  {
    question: 'In which sessions did customers write on WhatsApp since yesterday?',
    answer: '#4535, #4538, #4539, #4552, #4560',
    solve: async (agent) => {
      const given = { since: '24h', from: 'contact', channel_type: 'whatsapp', limit: 200 };
      const { messages } = await agent.call('find_messages', given);
      return inOrder([...new Set<string>(messages.map(ticket))]);
    },
    plain: async (api) => {
      const found = (await entriesSince(api, yesterday)).filter(
        ({ row, item }) =>
          row.channel.type === 'whatsapp' && isMessage(item) && item.event.sender.type === 'contact',
      );
      return inOrder([...new Set(found.map(({ row }) => ticket(row)))]);
    },
  },
];
