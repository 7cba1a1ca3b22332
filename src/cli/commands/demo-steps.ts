/** The members of tool results that the steps check. A missing one makes its step fail. */
interface View {
  id?: string;
  status?: string;
  outcome?: string;
  contacts?: { name?: string }[];
  sessions?: { id: string; contact?: { name?: string } }[];
  messages?: { from: string; event?: string; text?: string }[];
  replies?: { from: string; text?: string }[];
  custom_data?: Record<string, unknown>;
  contact?: { verified?: { name?: string }; unverified?: { name?: string } };
}

export interface Step {
  title: string;
  tool: string;
  arguments(): Record<string, unknown>;
  /** Returns a problem, or undefined if the result is as expected. Remembers ids for later steps. */
  check(view: View): string | undefined;
}

const person = 'Amelia Hart';
const reply =
  'Good morning Amelia, I am sorry for the wait. Your refund is approved and goes out today; your bank shows it within three working days.';

let waiting: readonly string[] = [];
let found = '';
let created = '';

export const steps: readonly Step[] = [
  {
    title: 'Which open sessions are waiting for a human?',
    tool: 'list_sessions',
    arguments: () => ({ status: 'open', handed_off: true, limit: 10 }),
    check({ sessions = [] }) {
      waiting = sessions.map(({ id }) => id);
      return sessions.some(({ contact }) => contact?.name === person)
        ? undefined
        : `${person} is not in the list`;
    },
  },
  {
    title: 'Who wrote about a refund?',
    tool: 'search_sessions',
    arguments: () => ({ query: 'refund' }),
    check: ({ sessions = [] }) => (sessions.length > 0 ? undefined : 'nobody was found'),
  },
  {
    title: `What about ${person}?`,
    tool: 'search_sessions',
    arguments: () => ({ query: person }),
    check({ contacts = [], sessions = [] }) {
      found = sessions.find(({ id }) => waiting.includes(id))?.id ?? '';
      if (!contacts.some(({ name }) => name === person)) return 'her contact was not found';
      return found ? undefined : 'none of her sessions is waiting';
    },
  },
  {
    title: 'Open her session with the latest messages.',
    tool: 'get_session',
    arguments: () => ({ session_id: found, history_limit: 2 }),
    check: ({ contact, messages = [] }) =>
      contact?.verified?.name === person && messages.at(-1)?.from === 'contact'
        ? undefined
        : 'she is not verified, or her message is not the last one',
  },
  {
    title: 'Read the whole conversation, including AI replies and system events.',
    tool: 'get_session_history',
    arguments: () => ({ session_id: found, limit: 30, include_events: true }),
    check: ({ messages = [] }) =>
      messages.some(({ from }) => from === 'ai') ? undefined : 'there is no message from the AI',
  },
  {
    title: 'Reply to her and record the outcome on the session.',
    tool: 'send_message',
    arguments: () => ({
      session_id: found,
      sender: 'agent',
      text: reply,
      agent: { id: 7, name: 'Robin' },
      custom_data: { refund_status: 'approved', refund_days: 3 },
    }),
    check: ({ outcome }) => (outcome === 'sent' ? undefined : `the outcome is ${outcome}`),
  },
  {
    title: 'Check that both were saved.',
    tool: 'get_session',
    arguments: () => ({ session_id: found, history_limit: 1 }),
    check: ({ messages = [], custom_data = {} }) =>
      messages.at(-1)?.text === reply &&
      custom_data['refund_status'] === 'approved' &&
      'order_id' in custom_data
        ? undefined
        : 'the message or the merged custom data is missing',
  },
  {
    title: 'Close the session as resolved.',
    tool: 'update_session',
    arguments: () => ({ session_id: found, status: 'closed_resolved' }),
    check: ({ status }) => (status === 'closed_resolved' ? undefined : `the status is ${status}`),
  },
  {
    title: 'Create a session for a caller who gave a name and an email address.',
    tool: 'create_session',
    arguments: () => ({
      channel_type: 'phone_voice',
      contact: { name: 'Tomas Lind', email: 'tomas.lind@example.com' },
      custom_data: { topic: 'delivery', callback: true },
    }),
    check({ id }) {
      created = id ?? '';
      return created ? undefined : 'no id was returned';
    },
  },
  {
    title: 'His identity is not verified, and is marked as such.',
    tool: 'get_session',
    arguments: () => ({ session_id: created }),
    check: ({ contact }) =>
      contact?.unverified?.name === 'Tomas Lind' && contact.verified === undefined
        ? undefined
        : 'the identity is not marked as unverified',
  },
  {
    title: 'He asks a question, and the sandbox AI replies.',
    tool: 'send_message',
    arguments: () => ({
      session_id: created,
      sender: 'contact',
      text: 'Where is my parcel? The order is ord_10612.',
      wait_for_reply_seconds: 15,
    }),
    check: ({ replies = [] }) =>
      replies.some(({ from, text = '' }) => from === 'ai' && text.includes('ord_10612'))
        ? undefined
        : 'the AI did not mention his order',
  },
  {
    title: 'He says thank you.',
    tool: 'send_message',
    arguments: () => ({
      session_id: created,
      sender: 'contact',
      text: 'Perfect, thank you!',
      wait_for_reply_seconds: 15,
    }),
    check: ({ replies = [] }) => (replies.length > 0 ? undefined : 'the AI did not reply'),
  },
  {
    title: 'See what the AI did: an action, its decision and a summary.',
    tool: 'get_session_history',
    arguments: () => ({ session_id: created, include_events: true }),
    check({ messages = [] }) {
      const events = messages.map(({ event }) => event);
      const wanted = ['action_called', 'ai_decided_to_resolve_the_issue', 'summary_generated'];
      return wanted.every((event) => events.includes(event)) ? undefined : 'an event is missing';
    },
  },
];
