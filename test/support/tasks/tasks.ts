import type { Agent, Plain } from './desk.ts';
import { queueTasks } from './queue-tasks.ts';
import { isMessage, lastMessage, listed, nameOf, names, type Row, sessions, type Task } from './task.ts';

/** The id of the first session that matches. */
async function found(agent: Agent, query: string): Promise<string> {
  const { sessions } = await agent.call('search_sessions', { query });
  return sessions[0].id;
}
async function foundPlain(api: Plain, query: string): Promise<string> {
  const { messages } = await api.request('GET', `${sessions}/search?q=${encodeURIComponent(query)}`);
  return messages[0].session_id;
}

const reads: readonly Task[] = [
  {
    question: 'Who is waiting longest on WhatsApp?',
    answer: 'Yara Costa',
    solve: async (agent) => {
      const given = { status: 'open', channel_type: 'whatsapp', include_last_message: true };
      const { sessions, next } = await agent.call('list_sessions', given);
      return names(sessions.filter(({ id }: Row) => id === next[0].arguments.session_id));
    },
    plain: async (api) => {
      const rows = await listed(api, 'status=open&channel_type=whatsapp');
      const waits = [];
      for (const row of rows) {
        const last = lastMessage(await api.history(row.id));
        if (last.event.sender.type === 'contact') waits.push({ row, at: last.created_at });
      }
      return nameOf(waits.sort((a, b) => a.at.localeCompare(b.at))[0]?.row);
    },
  },
  {
    question: 'What did amelia.hart@example.com say last about her refund?',
    answer: 'Can you confirm today that the £189.00 goes back to my card',
    solve: async (agent) => {
      const session_id = await found(agent, 'Amelia Hart refund');
      const { messages } = await agent.call('get_session', { session_id, history_limit: 3 });
      return messages.at(-1).text.split(',')[0];
    },
    plain: async (api) => {
      const items = await api.history(await foundPlain(api, 'Amelia Hart refund'));
      return lastMessage(items).event.content.text.split(',')[0];
    },
  },
  {
    question: 'Is the email address of the customer of ticket #4554 verified?',
    answer: 'only claimed: daniel.okafor@example.com',
    solve: async (agent) => {
      const { sessions } = await agent.call('list_sessions', { status: 'open', channel_type: 'messenger' });
      const { contact } = sessions.find((row: Row) => row.ticket_number === 4554);
      return `${contact.claimed ? 'only claimed' : 'verified'}: ${contact.email}`;
    },
    plain: async (api) => {
      const rows = await listed(api, 'status=open&channel_type=messenger');
      const { contact } = rows.find((row) => row.ticket_number === 4554);
      return contact.email === null
        ? `only claimed: ${contact.non_verified_email}`
        : `verified: ${contact.email}`;
    },
  },
  {
    question: 'How many open sessions were handed to a human?',
    answer: '17',
    solve: async (agent) => {
      const { shown, more } = await agent.call('list_sessions', {
        status: 'open',
        handed_off: true,
        limit: 50,
      });
      return more ? `at least ${shown}` : String(shown);
    },
    plain: async (api) => String((await listed(api, 'status=open&handed_off=true')).length),
  },
  {
    question: 'Which open customers are angry?',
    answer: 'Jonas Reiter, Lucia Ferro, Amelia Hart, nobody, Tomasz Wielki, Yara Costa',
    solve: async (agent) => {
      const { sessions } = await agent.call('list_sessions', { status: 'open', limit: 100 });
      return names(sessions.filter(({ sentiment }: Row) => sentiment === 'angry'));
    },
    plain: async (api) => {
      const rows = await listed(api, 'status=open');
      return rows
        .filter(({ sentiment }) => sentiment === 'angry')
        .map(nameOf)
        .join(', ');
    },
  },
  {
    question: 'Which sessions came in during the last hour?',
    answer: '#4561, #4562, #4563, #4564, #4565, #4566, #4567',
    solve: async (agent) => {
      const { sessions } = await agent.call('list_sessions', { created_after: '1h' });
      return sessions
        .map((row: Row) => `#${row.ticket_number}`)
        .toSorted()
        .join(', ');
    },
    plain: async (api) => {
      const rows = await listed(api, 'created_after=2026-03-01T11:00:00Z');
      return rows
        .map((row) => `#${row.ticket_number}`)
        .toSorted()
        .join(', ');
    },
  },
  {
    question: 'Who wrote on Instagram since yesterday?',
    answer: 'Ana Ribeirinho, Zoe Lantern, Lars Fennick',
    solve: async (agent) =>
      names(
        (await agent.call('list_sessions', { channel_type: 'instagram', updated_after: '24h' })).sessions,
      ),
    plain: async (api) => {
      const rows = await listed(api, 'channel_type=instagram&updated_after=2026-02-28T12:00:00Z');
      return rows.map(nameOf).join(', ');
    },
  },
  {
    question: 'What does order ord_10482 cost, and did the return arrive?',
    answer: '189 GBP, arrived',
    solve: async (agent) => {
      const session_id = await found(agent, 'ord_10482');
      const { custom_data: data } = await agent.call('get_session', { session_id });
      return `${data.order_total} ${data.currency}, ${data.return_received ? 'arrived' : 'not arrived'}`;
    },
    plain: async (api) => {
      const id = await foundPlain(api, 'ord_10482');
      const { custom_data: data } = await api.request('GET', `${sessions}/${id}`);
      return `${data.order_total} ${data.currency}, ${data.return_received ? 'arrived' : 'not arrived'}`;
    },
  },
  {
    question: 'Which colleague looks after Amelia Hart?',
    answer: 'Nora Whitfield',
    solve: async (agent) => {
      const session_id = await found(agent, 'Amelia Hart refund');
      const { messages } = await agent.call('get_session', { session_id, history_limit: 10 });
      return messages.find(({ from }: Row) => from === 'agent').name;
    },
    plain: async (api) => {
      const items = await api.history(await foundPlain(api, 'Amelia Hart refund'));
      return items.find((item) => isMessage(item) && item.event.sender.type === 'agent').event.sender.name;
    },
  },
  {
    question: 'What did the system find out about the return of ord_10482?',
    answer: 'ret_2291',
    solve: async (agent) => {
      const session_id = await found(agent, 'ord_10482');
      const { messages } = await agent.call('get_session_history', { session_id, include_events: true });
      return (
        /ret_\d+/.exec(messages.find(({ text = '' }: Row) => text.includes('get_return')).text)?.[0] ?? ''
      );
    },
    plain: async (api) => {
      const items = await api.history(await foundPlain(api, 'ord_10482'));
      return items.find(({ event }) => event.context?.action === 'get_return').event.context.result.return_id;
    },
  },
  {
    question: 'Why was the conversation with Bruno Castell handed off?',
    answer: 'Bruno wants a refund for a stove bought 14 months ago',
    solve: async (agent) => {
      const session_id = await found(agent, 'Ember stove money back');
      const { handoff } = await agent.call('get_session', { session_id });
      return handoff.summary.split(' and ')[0];
    },
    plain: async (api) => {
      const id = await foundPlain(api, 'Ember stove money back');
      return (await api.request('GET', `${sessions}/${id}`)).handoff.summary.split(' and ')[0];
    },
  },
  {
    question: 'Which plan is Fatima Zahran on, and is that verified?',
    answer: 'club, verified',
    solve: async (agent) => {
      const session_id = await found(agent, 'Fatima Zahran');
      const { contact } = await agent.call('get_session', { session_id });
      return `${contact.verified.custom_data.plan}, verified`;
    },
    plain: async (api) => {
      const { contact } = await api.request('GET', `${sessions}/${await foundPlain(api, 'Fatima Zahran')}`);
      return `${contact.custom_data.plan}, verified`;
    },
  },
  {
    question: 'What is the phone number of the caller who asked about the shop in Leeds?',
    answer: '+1 555 0142',
    solve: async (agent) => {
      const session_id = await found(agent, 'Leeds cards');
      return (await agent.call('get_session', { session_id })).contact.phone_number;
    },
    plain: async (api) => {
      const id = await foundPlain(api, 'Leeds cards');
      return (await api.request('GET', `${sessions}/${id}`)).contact.phone_number;
    },
  },
  {
    question: 'Which file did Yara Costa send about the import duty?',
    answer: 'notice.pdf',
    solve: async (agent) => {
      const session_id = await found(agent, 'courier wants 38 euros');
      const { messages } = await agent.call('get_session_history', { session_id });
      return messages.flatMap(({ attachments = [] }: Row) => attachments)[0].name;
    },
    plain: async (api) => {
      const items = await api.history(await foundPlain(api, 'courier wants 38 euros'));
      return items.flatMap(({ event }) => event.attachments ?? [])[0].name;
    },
  },
  {
    question: 'What is the Zendesk number of the return of ord_10155?',
    answer: '88214',
    solve: async (agent) => {
      const session_id = await found(agent, 'ord_10155');
      return (await agent.call('get_session', { session_id })).ticketing_system.external_id;
    },
    plain: async (api) => {
      const id = await foundPlain(api, 'ord_10155');
      return (await api.request('GET', `${sessions}/${id}`)).ticketing_system.external_id;
    },
  },
  {
    question: 'What is the last message in the long conversation about pairing the locks?',
    answer: 'contact: Great. Should I send the wet one back?',
    solve: async (agent) => {
      const session_id = await found(agent, 'bunk room');
      const { messages } = await agent.call('get_session', { session_id, history_limit: 1 });
      return `${messages[0].from}: ${messages[0].text}`;
    },
    plain: async (api) => {
      const { event } = lastMessage(await api.history(await foundPlain(api, 'bunk room')));
      return `${event.sender.type}: ${event.content.text}`;
    },
  },
];

const writes: readonly Task[] = [
  {
    question: 'Tell Priya Raman that the link is on its way, and take the session over from the AI.',
    answer: 'sent',
    solve: async (agent) => {
      const session_id = await found(agent, 'waiting for the link');
      const given = { session_id, sender: 'agent', text: 'Hello Priya, the link is on its way.' };
      return (await agent.call('send_message', { ...given, should_take_over_session_from_ai: true })).outcome;
    },
    plain: async (api) => {
      const id = await foundPlain(api, 'waiting for the link');
      const message = { type: 'text', text: 'Hello Priya, the link is on its way.' };
      const body = { sender: 'agent', message, should_take_over_session_from_ai: true };
      return (await api.request('POST', `${sessions}/${id}/send`, body)).success ? 'sent' : 'not sent';
    },
  },
  {
    question: 'Mark the session of ord_10482 as escalated and tell the customer.',
    answer: 'true',
    solve: async (agent) => {
      const session_id = await found(agent, 'ord_10482');
      const given = {
        session_id,
        sender: 'agent',
        text: 'I have escalated this.',
        custom_data: { escalated: true },
      };
      await agent.call('send_message', given);
      return String((await agent.call('get_session', { session_id })).custom_data.escalated);
    },
    plain: async (api) => {
      const id = await foundPlain(api, 'ord_10482');
      const message = { type: 'text', text: 'I have escalated this.' };
      await api.request('POST', `${sessions}/${id}/send`, {
        sender: 'agent',
        message,
        custom_data: { escalated: true },
      });
      return String((await api.request('GET', `${sessions}/${id}`)).custom_data.escalated);
    },
  },
  {
    question: 'Close the session about the shop in Leeds as resolved.',
    answer: 'closed_resolved',
    solve: async (agent) => {
      const session_id = await found(agent, 'Leeds cards');
      return (await agent.call('update_session', { session_id, status: 'closed_resolved' })).status;
    },
    plain: async (api) => {
      const id = await foundPlain(api, 'Leeds cards');
      await api.request('PATCH', `${sessions}/${id}`, { status: 'closed_resolved' });
      return (await api.request('GET', `${sessions}/${id}`)).status;
    },
  },
  {
    question: 'Create a session for a walk-in customer and add their question.',
    answer: 'sent',
    solve: async (agent) => {
      const contact = { name: 'Walk-in customer', email: 'walk.in@example.com' };
      const { id: session_id } = await agent.call('create_session', { contact });
      const given = { session_id, sender: 'contact', text: 'Do you repair zips?' };
      return (await agent.call('send_message', given)).outcome;
    },
    plain: async (api) => {
      const contact = { name: 'Walk-in customer', email: 'walk.in@example.com' };
      const { id } = await api.request('POST', sessions, { contact });
      const message = { type: 'text', text: 'Do you repair zips?' };
      const { success } = await api.request('POST', `${sessions}/${id}/send`, { sender: 'contact', message });
      return success ? 'sent' : 'not sent';
    },
  },
];

/** Those that change data come last. */
export const tasks: readonly Task[] = [...reads, ...queueTasks, ...writes];
